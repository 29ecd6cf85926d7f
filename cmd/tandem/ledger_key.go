package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"tandem/billing"
	"tandem/db"
)

// postingFlags are said of every posting that is made by hand.
type postingFlags struct {
	Note string `help:"Why; kept with the posting." placeholder:"TEXT"`
	Key  string `help:"Makes it once: said again with the same key it is not posted again. Default: one is made, and printed." placeholder:"KEY"`
	JSON bool   `help:"Print JSON."`
}

// Bounds of what the ledger keeps. The program adds something to some keys.
const (
	maxNote       = 255
	maxOwnKey     = 100
	callKeys      = "call:" // of postings that calls make
	exchangeHalf  = ":exchange"
	keyCharacters = "letters, digits and - _ . : / @ #"
)

// check tells what is wrong before anything is asked; key makes one where there
// is none.
func (f postingFlags) check() error {
	switch {
	case utf8.RuneCountInString(f.Note) > maxNote:
		return fmt.Errorf("--note: %d characters, and at most %d are kept; shorten it", utf8.RuneCountInString(f.Note), maxNote)
	case len(f.Key) > maxOwnKey:
		return fmt.Errorf("--key: %d bytes, and at most %d are taken; shorten it", len(f.Key), maxOwnKey)
	case strings.Trim(f.Key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:/@#") != "":
		return fmt.Errorf("--key %q: want %s", f.Key, keyCharacters)
	case strings.HasPrefix(f.Key, callKeys) || strings.HasSuffix(f.Key, exchangeHalf):
		return fmt.Errorf("--key %q: keys that begin with %s or end in %s are made by the program; choose another", f.Key, callKeys, exchangeHalf)
	}
	return nil
}

// key is the one that was said, or a new one.
func (f postingFlags) key() string {
	if f.Key != "" {
		return f.Key
	}
	return "cli:" + strings.ToLower(rand.Text())
}

// postingTold is the error of a posting: whether it was made is not known when
// MariaDB went away, and then the key says it safely again.
func postingTold(ctx context.Context, err error, key string) error {
	switch {
	case errors.Is(err, db.ErrUnavailable) || ctx.Err() != nil:
		return fmt.Errorf("%w; whether it was posted is not known: say the same again with --key %s, and it is posted once", err, key)
	case errors.Is(err, db.ErrPostingKey):
		return fmt.Errorf("--key %s: %w; another posting needs another key", key, err)
	case errors.Is(err, db.ErrNotFree):
		return fmt.Errorf("%w; --force pays it out all the same", err)
	}
	return fmt.Errorf("%w; nothing was changed", err)
}

// repeated says that postings were there already. at is the time that they would
// have been made at.
func repeated(posted []billing.Posting, at time.Time) bool {
	return len(posted) > 0 && !posted[0].At.Equal(at.Truncate(time.Millisecond))
}
