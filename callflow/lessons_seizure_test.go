package callflow_test

import (
	"testing"
	"time"

	"tandem/callflow"
	"tandem/quality"
	"tandem/routing"
)

// A route that answers at once, with no ringing before it, lets nobody wait while
// they talk.
func TestTalkIsNoWaiting(t *testing.T) {
	t.Parallel()
	for _, a := range []attempt{answered, straight, fake} {
		x := newPupil(t)
		x.cheap(30, func(int64) attempt { return a })
		if w := x.known(1).Wait; w < 1900 || w > 2200 {
			t.Errorf("%s: %d ms of waiting expected, want 2000", a, w)
		}
	}
}

// A floor on the ASR goes by what was taken up: by live calls, and by what was
// counted before the start.
func TestFloorOfCalls(t *testing.T) {
	t.Parallel()
	floor := quality.Floor{Least: quality.Whole / 2, Over: 10}
	one := func(x *pupil) routing.Floor {
		x.Lessons.Tick(x.at.Add(time.Hour))
		return x.known(1).Floor
	}
	carry := func(failed attempt) routing.Floor {
		x, n := newPupil(t, floor), 0
		for range 40 { // one call in four is answered, and none trips a breaker
			x.at = x.at.Add(time.Minute)
			x.call(func(int64) attempt {
				if n++; n%4 == 0 {
					return answered
				}
				return failed
			})
		}
		return one(x)
	}
	if f := carry(unheard); f.Of < 10 || f.Share < 150_000 || f.Share > 350_000 || f.ABR {
		t.Errorf("rings into nothing three times of four: floor %+v", f)
	}
	if f := carry(refused); f != (routing.Floor{}) {
		t.Errorf("refuses three times of four, answers what it takes: floor %+v", f)
	}
	for seizures, want := range map[int64]uint32{24: 24, 6: 0} {
		x := newPupil(t, floor)
		x.Lessons.Prime(x.Snapshot(), &callflow.Past{
			At: x.at, ProviderID: 1, Tier: routing.TierCLI, Prefix: "7343000", Measures: quality.Measures{Bids: 30, Seizures: seizures, Answers: 6},
		})
		if f := one(x); f.Of != want {
			t.Errorf("30 bids, %d seizures, 6 answers, primed: floor %+v", seizures, f)
		}
	}
}
