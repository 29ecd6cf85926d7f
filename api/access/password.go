package access

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"tandem/db"
)

// Bounds of a password. Long ones are safe without rules about their characters.
const (
	minPassword = 12
	maxPassword = 256
)

// ErrBusy is told when too many people sign in at once; it is worth another try.
var ErrBusy = errors.New("too many sign in at once; try again")

// hashWithin is how long somebody waits for their turn.
const hashWithin = 5 * time.Second

// params make a hash cost 19 MiB and some 30 ms.
func params() *argon2id.Params {
	return &argon2id.Params{Memory: 19 << 10, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}
}

// HashPassword is what the database keeps of a password.
func HashPassword(password string) (string, error) {
	hash, err := argon2id.CreateHash(password, params())
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return hash, nil
}

// CheckPassword says what is wrong with a password that somebody wants to have.
func CheckPassword(login, password string) error {
	distinct := map[rune]bool{}
	for _, r := range password {
		distinct[r] = true
	}
	switch {
	case !utf8.ValidString(password) || len(password) > maxPassword:
		return &db.FieldError{Field: "password", Text: fmt.Sprintf("want at most %d bytes of text", maxPassword)}
	case utf8.RuneCountInString(password) < minPassword:
		return &db.FieldError{Field: "password", Text: fmt.Sprintf("want %d characters or more; four words in a row are easy to keep in mind", minPassword)}
	case len(distinct) < 5:
		return &db.FieldError{Field: "password", Text: "this is easily guessed: want more different characters"}
	case len(login) > 3 && strings.Contains(strings.ToLower(password), strings.ToLower(login)):
		return &db.FieldError{Field: "password", Text: "this is easily guessed: the login is in it"}
	}
	return nil
}

// NewPassword makes one up.
func NewPassword() string {
	text := strings.ToLower(rand.Text())
	return text[:5] + "-" + text[5:10] + "-" + text[10:15] + "-" + text[15:20]
}

// hashes bounds how many passwords are hashed at once: each takes 19 MiB.
type hashes struct {
	turns chan struct{}
}

func newHashes() *hashes {
	return &hashes{turns: make(chan struct{}, max(2, runtime.GOMAXPROCS(0)))}
}

func (h *hashes) turn(ctx context.Context) (done func(), err error) {
	timer := time.NewTimer(hashWithin)
	defer timer.Stop()
	select {
	case h.turns <- struct{}{}:
		return func() { <-h.turns }, nil
	case <-timer.C:
		return nil, ErrBusy
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// make hashes a password.
func (h *hashes) make(ctx context.Context, password string) (string, error) {
	done, err := h.turn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	return HashPassword(password)
}

// match says whether a password is the one of a hash. Without a hash it takes as
// long, and is not.
func (h *hashes) match(ctx context.Context, password, hash string) (bool, error) {
	done, err := h.turn(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	if hash == "" || len(password) > maxPassword {
		_, err := HashPassword("")
		return false, err
	}
	same, err := argon2id.ComparePasswordAndHash(password, hash)
	if err != nil {
		return false, fmt.Errorf("compare password: %w", err)
	}
	return same, nil
}

// HashPassword hashes a password when it is its turn.
func (g *Guard) HashPassword(ctx context.Context, password string) (string, error) {
	return g.hashes.make(ctx, password)
}
