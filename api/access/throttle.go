package access

import (
	"context"
	"errors"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// How often somebody may be wrong: ten times a login, thirty times an address,
// within a quarter of an hour. A login's count begins anew when its owner signs in.
// Where its owner is signed in, wrong passwords are counted apart: strangers cannot
// shut them out of their own desk.
const (
	throttleFor = 15 * time.Minute
	maxByLogin  = 10
	maxByPlace  = 30
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
}

func (g *Guard) attempt(ctx context.Context, login string) (attempt, error) {
	a := attempt{guard: g, subjects: []string{"login " + strings.ToLower(login)}}
	limits := []int{maxByLogin}
	if place := placeOf(visitorOf(ctx).address); place != "" {
		at := visitorOf(ctx).address.String()
		home, err := g.DB.SignedInFrom(ctx, login, at)
		if err != nil {
			return attempt{}, err
		}
		if home {
			a.subjects[0] = "desk " + at + " " + a.subjects[0] // no login that somebody types begins so
		}
		// The place comes first: who is throttled there cannot use up somebody's login.
		a.subjects, limits = append([]string{"address " + place}, a.subjects...), []int{maxByPlace, maxByLogin}
	}
	for i, subject := range a.subjects {
		tries, wait, err := g.DB.Try(ctx, subject, throttleFor)
		if err != nil {
			return attempt{}, err
		}
		if tries > limits[i] {
			g.Log.Warn().Str("login", login).Str("address", visitorOf(ctx).address.String()).Int("tries", tries).Msg("sign-in throttled")
			return attempt{}, &ThrottledError{Wait: wait}
		}
	}
	return a, nil
}

// was ends an attempt: good ones do not count, and forgive the login those before.
// undecided ones do not count, and forgive nothing.
func (a attempt) was(ctx context.Context, good, undecided bool) error {
	if !good && !undecided {
		return nil
	}
	var errs []error
	for _, subject := range a.subjects {
		forgive := good && !strings.HasPrefix(subject, "address ")
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
