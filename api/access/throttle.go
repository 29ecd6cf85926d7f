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
// a login for themself; many strangers together shut it for other strangers; and who
// came in from an address before still does, whoever guesses there or elsewhere. A
// login's count at an address begins anew when its owner signs in there.
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

// attempt counts a try to sign in. The place comes first: who is throttled there
// uses up nobody's login, and no password is looked at.
func (g *Guard) attempt(ctx context.Context, login string) (attempt, error) {
	a, home, err := g.attemptOf(ctx, login)
	if err != nil {
		return attempt{}, err
	}
	if place := a.place(ctx); place != "" {
		err := a.count(ctx, placePrefix+place, maxByPlace)
		var throttled *ThrottledError
		spared := home && errors.As(err, &throttled)
		if err != nil && !spared {
			return attempt{}, err
		}
	}
	err = a.countLogin(ctx, login, home)
	return a, err
}

// attemptInside counts a try of who is signed in. The place does not count: who is
// inside does not shut it for the others there, nor they for them.
func (g *Guard) attemptInside(ctx context.Context, login string) (attempt, error) {
	a, home, err := g.attemptOf(ctx, login)
	if err != nil {
		return attempt{}, err
	}
	err = a.countLogin(ctx, login, home)
	return a, err
}

// attemptOf is a try that is not counted yet; home: the owner of the login has
// signed in from there before.
func (g *Guard) attemptOf(ctx context.Context, login string) (a attempt, home bool, err error) {
	a = attempt{guard: g}
	user, addresses, err := g.DB.SignedInFrom(ctx, login, homeFor)
	a.user = user
	return a, isHome(a.place(ctx), addresses), err
}

func (attempt) place(ctx context.Context) string { return placeOf(visitorOf(ctx).address) }

func (a *attempt) countLogin(ctx context.Context, login string, home bool) error {
	place, subject := a.place(ctx), "login "+strings.ToLower(login)
	if place == "" {
		return a.count(ctx, subject, maxByLogin)
	}
	// No login that somebody types begins so: none fills the count of another's desk.
	if err := a.count(ctx, "desk "+place+" "+subject, maxByLogin); err != nil || home {
		return err
	}
	return a.count(ctx, subject, maxAnywhere)
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

// placeOf names a network; empty: of no address.
func placeOf(a netip.Addr) string {
	switch network := Network(a); {
	case !network.IsValid():
		return ""
	case network.IsSingleIP():
		return a.String()
	default:
		return network.String()
	}
}
