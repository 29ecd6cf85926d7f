package callflow_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tandem/billing"
	"tandem/callflow"
	"tandem/internal/e164"
	"tandem/quality"
	"tandem/routing"
)

// pupil is a switch that learns: anna calls Yekaterinburg, one call a second.
type pupil struct {
	*callflow.Flow
	t        *testing.T
	evidence *quality.Evidence
	at       time.Time
	calls    int
	explored int
}

func newPupil(t *testing.T, floors ...quality.Floor) *pupil {
	t.Helper()
	f, _, _ := flow(t, &notebook{}, agents{})
	c := quality.Defaults()
	c.MaxCells, c.Floors = 1024, floors
	e, err := quality.New(c)
	if err != nil {
		t.Fatal(err)
	}
	x := &pupil{Flow: f, t: t, evidence: e, at: noon}
	f.Quality, f.Lessons, f.Now = e, callflow.NewLessons(e, c, f.Limits), func() time.Time { return x.at }
	return x
}

// attempt is what becomes of a bid, as the dialplan writes it: status, cause, SIP
// status, ringing, progress, elapsed (talk included), talk.
type attempt string

const (
	answered  attempt = "ANSWER::200:2000::39000:30000"
	straight  attempt = "ANSWER::200:::32000:30000" // with neither 180 nor 183, after two seconds
	fake      attempt = "ANSWER::200:2000::10000:1000"
	unheard   attempt = "NOANSWER::180:2000::30000:"
	refused   attempt = "CONGESTION::503:::80:"
	unknown   attempt = "CHANUNAVAIL::404:::80:"
	noChannel attempt = "CHANUNAVAIL:44::::1:"
)

// call makes one call, each attempt as carriers says, and gives back who was
// asked, in order.
func (x *pupil) call(carriers func(provider int64) attempt) (asked []int64) {
	x.t.Helper()
	x.calls++
	x.at = x.at.Add(time.Second)
	x.Lessons.Tick(x.at)
	in := seizure()
	in.CallID, in.Dialled, in.At = fmt.Sprintf("alpha-1.%d", x.calls), fmt.Sprintf("8343%07d", x.calls), x.at
	d, err := x.Outgoing(x.t.Context(), in)
	if err != nil || d.Action != callflow.Dial {
		x.t.Fatalf("%s: %s, %v", in.CallID, d.Action, err)
	}
	x.Seized(d)
	x.note(d)
	var log []string
	end := in.At
	for n := 1; n <= len(d.Offers); n++ {
		key := d.Offers[n-1].Key
		asked = append(asked, key.ProviderID)
		is := carriers(key.ProviderID)
		log = append(log, fmt.Sprintf("%d:%s:%d:%s", n, key, end.UnixMilli(), is))
		if is == answered || is == straight || is == fake {
			break
		}
		h := callflow.Hunt{CallID: in.CallID, Server: "alpha", StartedAt: in.At, At: end, Log: strings.Join(log, "/"), Place: n}
		for _, o := range d.Offers[n:] {
			h.KeysLeft = append(h.KeysLeft, o.Key.String())
		}
		step, err := x.Next(x.t.Context(), h)
		if err != nil {
			x.t.Fatal(err)
		}
		x.Tried(step)
		if step.Next == 0 {
			break
		}
	}
	r := callflow.Report{Seizure: in, Direction: billing.Outgoing, EndedAt: end.Add(time.Second), Action: callflow.Dial, Log: strings.Join(log, "/"), HungUp: billing.SideCaller}
	if err := x.End(x.t.Context(), r); err != nil {
		x.t.Fatal(err)
	}
	return asked
}

// note counts calls that were kept as tests, and holds the words to the figures.
func (x *pupil) note(d callflow.Decision) {
	x.t.Helper()
	told, err := callflow.Tell(x.Snapshot(), d.Record.Reasons)
	if err != nil || told.PolicyKind != "quality" {
		x.t.Fatalf("told %+v, %v", told, err)
	}
	for i, p := range told.Plan {
		w := p.Weighed
		if w == nil || w.Low <= 0 || w.Low >= 1_000_000 || !strings.Contains(p.Reason, "worth "+w.Worth.String()) {
			x.t.Fatalf("place %d: %+v, %q", i+1, w, p.Reason)
		}
		if f := w.Figures; f == nil || f.Ended <= 0 || f.Borrowed <= 0 || f.Expected < w.Low || f.Delay < 0 || f.BorrowedFrom == "" || !strings.Contains(p.Reason, "borrowed from ") {
			x.t.Fatalf("place %d: figures %+v, %q", i+1, f, p.Reason)
		}
		if told.Destination == nil || told.Destination.Prefix != string(d.Record.BNumber[:7]) || told.Destination.Answered <= 0 {
			x.t.Fatalf("destination %+v", told.Destination)
		}
		if w.Exploring != strings.Contains(p.Reason, "first to be tested") || w.Exploring && i > 0 {
			x.t.Fatalf("place %d: exploring %t, %q", i+1, w.Exploring, p.Reason)
		}
		if w.Exploring {
			x.explored++
		}
	}
}

// cheap makes calls and counts those that the cheaper provider was first asked for.
func (x *pupil) cheap(calls int, carriers func(int64) attempt) (n int) {
	x.t.Helper()
	for range calls {
		if x.call(carriers)[0] == 1 {
			n++
		}
	}
	return n
}

// known is what has been learnt of a provider there.
func (x *pupil) known(provider int64) routing.Weight {
	x.t.Helper()
	x.Lessons.Tick(x.at)
	key := routing.Key{ProviderID: provider, Tier: routing.TierCLI, AddressID: provider}
	return x.weight(key, "73430000000")
}

func (x *pupil) weight(key routing.Key, b e164.Number) routing.Weight {
	offers := []quality.Offer{{Key: key, Cost: 1}}
	x.evidence.Weigh(&quality.Call{B: b, At: x.at}, offers)
	return offers[0].Weight
}

// half is an answer every other time.
func half() func() attempt {
	n := 0
	return func() attempt {
		if n++; n%2 == 0 {
			return unheard
		}
		return answered
	}
}

// A carrier that rings into nothing is left after some tens of calls, is tested
// by a small share of them, and has its calls back when it has recovered, with
// nobody doing anything.
func TestFailingRouteIsLeftAndComesBack(t *testing.T) {
	t.Parallel()
	x := newPupil(t)
	well := half()
	good := func(int64) attempt { return well() }
	bad := func(provider int64) attempt {
		if provider == 1 {
			return unheard
		}
		return well()
	}
	if n := x.cheap(500, good); n < 450 {
		t.Fatalf("the cheaper of two equals was first %d times of 500", n)
	}
	x.cheap(200, bad)
	x.explored = 0
	if n := x.cheap(1000, bad); n > 100 || n == 0 {
		t.Errorf("the failing route was first %d times of 1000, want some tests", n)
	}
	if most := 100; x.explored == 0 || x.explored > most {
		t.Errorf("%d of 1000 calls were tests, want 1 to %d", x.explored, most)
	}
	if e := x.known(1); e.Demoted == 0 || e.Low > x.known(2).Low {
		t.Errorf("known of the failing route: %+v", e)
	}
	x.cheap(5000, good)
	if n := x.cheap(500, good); n < 400 {
		t.Errorf("the recovered route was first %d times of 500", n)
	}
}

// What is no evidence of a route is not counted.
func TestWhatIsLearntOfAnAttempt(t *testing.T) {
	t.Parallel()
	type want struct {
		first, second uint32 // calls that count
		answers, ends bool   // of the first route
	}
	for name, c := range map[string]struct {
		first, second attempt
		want          want
	}{
		"answer":                       {answered, "", want{first: 1, answers: true, ends: true}},
		"answer at once":               {straight, "", want{first: 1, answers: true, ends: true}},
		"false answer":                 {fake, "", want{first: 1, ends: true}},
		"rang, nobody":                 {unheard, "", want{first: 1, ends: true}},
		"refused, then answered":       {refused, answered, want{first: 1, second: 1}},
		"refused twice":                {refused, refused, want{first: 1, second: 1}},
		"no such number, then nothing": {unknown, refused, want{first: 1}}, // the next one's test is not fair
		"our own mistake":              {noChannel, answered, want{second: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newPupil(t)
			x.call(func(provider int64) attempt {
				if provider == 1 {
					return c.first
				}
				return c.second
			})
			one, two := x.known(1), x.known(2)
			if one.Samples != c.want.first || two.Samples != c.want.second {
				t.Errorf("%d and %d calls count, want %d and %d", one.Samples, two.Samples, c.want.first, c.want.second)
			}
			if one.Samples > 0 && ((one.Own > 0) != c.want.answers || (one.Ended > 900_000) != c.want.ends) {
				t.Errorf("answered %d, ended %d; want answered %t, ended %t", one.Own, one.Ended, c.want.answers, c.want.ends)
			}
		})
	}
}

// A call whose end nobody tells is over when nothing can ring any longer, and
// what another node let in is not ours to tell.
func TestLostEndsAreForgotten(t *testing.T) {
	t.Parallel()
	x := newPupil(t)
	in := seizure()
	in.Dialled = "83430000123"
	d, err := x.Outgoing(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	x.Seized(d)
	x.at = noon.Add(20 * time.Second)
	if e := x.known(1); e.Samples != 0 {
		t.Errorf("%d calls known while it may ring", e.Samples)
	}
	x.at = noon.Add(time.Hour)
	if e := x.known(1); e.Samples != 1 || e.Own == 0 {
		t.Errorf("%d calls known of one that is still going on", e.Samples)
	}
	step, err := x.Next(t.Context(), callflow.Hunt{
		CallID: "alpha-1.77", Server: "alpha", StartedAt: x.at, At: x.at, Place: 1, KeysLeft: []string{"2.c.a2"}, Log: fmt.Sprintf("1:1.c.a1:%d:%s", x.at.UnixMilli(), refused),
	})
	if err != nil || step.Next != 2 {
		t.Fatalf("next %d, %v", step.Next, err)
	}
	x.Tried(step)
	x.at = x.at.Add(10 * time.Minute)
	if one, two := x.known(1), x.known(2); one.Samples != 1 || two.Samples != 0 {
		t.Errorf("%d and %d calls known after a foreign one", one.Samples, two.Samples)
	}
}
