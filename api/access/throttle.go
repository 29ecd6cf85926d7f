package access

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/rs/zerolog"
)

// How often somebody may be wrong within a quarter of an hour: thirty times an
// address, ten times a login from one address, and fifty times a login from
// addresses where its owner has not signed in for three months. So a stranger shuts
// a login for themself; many strangers together shut it for other strangers, and
// its owner comes in from where they came in before. A login's count begins anew
// when its owner signs in.
const (
	throttleFor = 15 * time.Minute
	maxByPlace  = 30
	maxByLogin  = 10
	maxAnywhere = 50
	homeFor     = 90 * 24 * time.Hour
)

// ThrottledError says that too many tried lately.
type ThrottledError struct{ Wait time.Duration }

func (e *ThrottledError) Error() string {
	return "too many attempts; try again in " + strconv.FormatInt(int64(e.Wait.Round(time.Second)/time.Second), 10) + " s"
}

// attempt is one try to prove who one is, counted before it is looked at: tries at
// the same time cannot slip through.
type attempt struct {
	guard    *Guard
	subjects []string
	user     int64 // whose login it is; 0: nobody's
}

// attempt counts a try. The place comes first: who is throttled there uses up
// nobody's login, and makes no work.
func (g *Guard) attempt(ctx context.Context, login string) (attempt, error) {
	a := attempt{guard: g}
	place, subject := placeOf(visitorOf(ctx).address), "login "+strings.ToLower(login)
	if place != "" {
		if err := a.count(ctx, placePrefix+place, maxByPlace); err != nil {
			return attempt{}, err
		}
	}
	user, addresses, err := g.DB.SignedInFrom(ctx, login, homeFor)
	if err != nil {
		return attempt{}, err
	}
	a.user = user
	if place == "" {
		return a, a.count(ctx, subject, maxByLogin)
	}
	// No login that somebody types begins so: none fills the count of another's desk.
	if err := a.count(ctx, "desk "+place+" "+subject, maxByLogin); err != nil {
		return attempt{}, err
	}
	if isHome(place, addresses) {
		return a, nil
	}
	return a, a.count(ctx, subject, maxAnywhere)
}

// placePrefix begins the subject of an address, which no success forgives.
const placePrefix = "address "

func (a *attempt) count(ctx context.Context, subject string, most int) error {
	tries, wait, err := a.guard.DB.Try(ctx, subject, throttleFor)
	if err != nil {
		return err
	}
	if tries > most {
		a.named(a.guard.Log.Warn()).Str("address", visitorOf(ctx).address.String()).Int("tries", tries).Msg("sign-in throttled")
		return &ThrottledError{Wait: wait}
	}
	a.subjects = append(a.subjects, subject)
	return nil
}

// named says whose login was tried. What is nobody's login is not written down:
// now and then it is a password.
func (a *attempt) named(e *zerolog.Event) *zerolog.Event {
	if a.user == 0 {
		return e.Bool("login_known", false)
	}
	return e.Int64("user_id", a.user)
}

// isHome says whether one of the addresses is in the place.
func isHome(place string, addresses []string) bool {
	return slices.ContainsFunc(addresses, func(text string) bool {
		a, err := netip.ParseAddr(text)
		return err == nil && placeOf(a) == place
	})
}

// was ends an attempt: good ones do not count, and forgive the login those before.
// undecided ones do not count, and forgive nothing.
func (a attempt) was(ctx context.Context, good, undecided bool) error {
	if !good && !undecided {
		return nil
	}
	var errs []error
	for _, subject := range a.subjects {
		forgive := good && !strings.HasPrefix(subject, placePrefix)
		errs = append(errs, a.guard.DB.TakeBack(ctx, subject, forgive))
	}
	return errors.Join(errs...)
}

// placeOf is an address, or what one subscriber has of IPv6.
func placeOf(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	if a.Is6() {
		if network, err := a.Prefix(64); err == nil {
			return network.String()
		}
	}
	return a.String()
}
