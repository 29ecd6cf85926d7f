package access

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/db"
)

// keyPrefix begins every key, so that people and scanners of code recognise one.
const keyPrefix = "tdm_"

// errBadKey is told for every key that is not taken, whatever the cause.
var errBadKey = errors.New("the key is not good: it is unknown, too old, or not taken from this address")

// Bounds of the life of a key.
const (
	DefaultKeyLife = 365 * 24 * time.Hour
	maxKeyLife     = 10 * 365 * 24 * time.Hour
)

// NewKey makes a key for who asks, and knows their password: a key outlives the
// session that made it. key is shown once; the database has a hash.
func (g *Guard) NewKey(ctx context.Context, password string, s db.APIKeySettings, expires time.Time) (made db.APIKey, key string, err error) {
	p := From(ctx)
	life := DefaultKeyLife
	if !expires.IsZero() {
		life = time.Until(expires)
	}
	switch {
	case life < time.Second || life > maxKeyLife:
		return db.APIKey{}, "", &db.FieldError{Field: "expires_at", Text: "want a time to come, within ten years"}
	case !p.Role.covers(Role(s.Role)):
		return db.APIKey{}, "", &db.FieldError{Field: "role", Text: "a key may not do more than its owner, who is " + string(p.Role)}
	}
	if err := checkKey(&s); err != nil {
		return db.APIKey{}, "", err
	}
	if _, err := g.prove(ctx, password); err != nil {
		return db.APIKey{}, "", err
	}
	secret := newToken()
	made, err = g.DB.CreateAPIKey(ctx, p.UserID, s, hashOf(secret), life)
	return made, fmt.Sprintf("%s%d.%s", keyPrefix, made.ID, secret), err
}

// checkKey names what is wrong with the settings of a key.
func checkKey(s *db.APIKeySettings) error {
	if s.Name == "" || len([]rune(s.Name)) > 64 || strings.TrimSpace(s.Name) != s.Name {
		return &db.FieldError{Field: "name", Text: "want 1 to 64 characters, without blanks at the ends"}
	}
	for i, scope := range s.Scopes {
		if !slices.Contains(Scopes(), scope) {
			return &db.FieldError{Field: fmt.Sprintf("scopes[%d]", i), Text: "want one of " + strings.Join(Scopes(), ", ")}
		}
	}
	if len(s.Scopes) == 0 {
		return &db.FieldError{Field: "scopes", Text: "want at least one of " + strings.Join(Scopes(), ", ")}
	}
	for i, text := range s.Networks {
		network, err := parseNetwork(text)
		if err != nil {
			return &db.FieldError{Field: fmt.Sprintf("networks[%d]", i), Text: "want an address or a network such as 192.0.2.0/24"}
		}
		s.Networks[i] = network.String()
	}
	return nil
}

// Scopes are all that a key can have.
func Scopes() []string {
	list := []string{"*"}
	for _, a := range []Area{Routing, Money, Calls, System, Own} {
		list = append(list, string(a)+":read", string(a)+":write")
	}
	return list
}

func parseNetwork(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()), nil
	}
	network, err := netip.ParsePrefix(text)
	return network.Masked(), err
}

// byKey finds who asks with a key.
func (g *Guard) byKey(ctx context.Context, v *visitor) (Principal, error) {
	rest, ours := strings.CutPrefix(v.key, keyPrefix)
	number, secret, parted := strings.Cut(rest, ".")
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil || !ours || !parted {
		return Principal{}, errBadKey
	}
	k, err := g.DB.APIKeyInUse(ctx, id)
	if errors.Is(err, db.ErrNotFound) {
		return Principal{}, errBadKey
	}
	if err != nil {
		return Principal{}, err
	}
	hash := hashOf(secret)
	if subtle.ConstantTimeCompare(hash[:], k.Secret) != 1 || !takenFrom(k.Networks, v.address) {
		return Principal{}, errBadKey
	}
	if k.Stale && !v.peek {
		if err := g.DB.TouchAPIKey(ctx, id, v.address.String()); err != nil {
			return Principal{}, err
		}
	}
	p := principalOf(k.User)
	p.KeyID, p.Scopes = k.ID, k.Scopes
	switch key := Role(k.Role); {
	case p.Role.covers(key):
		p.Role = key
	case key.covers(p.Role): // its owner has lost theirs since: no more than the owner
	default: // a customer's key does not grow with the customer
		return Principal{}, errBadKey
	}
	return p, nil
}

// takenFrom: none are named, or the address is in one.
func takenFrom(networks []string, a netip.Addr) bool {
	for _, text := range networks {
		if n, err := netip.ParsePrefix(text); err == nil && n.Contains(a) {
			return true
		}
	}
	return len(networks) == 0
}
