//go:build e2e

package e2e_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"tandem/play/sip"
)

// The subscribers of the demo data, by login.
const (
	moscow = "moscow-101" // may show 74951815000 (default), 74951815001, 74957952301
	other  = "moscow-102" // may show 74951815001, 74951815002, 74957952399
	duty   = "duty-100"   // duty operator of the server
	london = "london-201" // shows 442038070121
	guest  = "transit-1"  // shows nothing
)

// dial calls a number as the subscriber would dial it.
func (x *exchange) dial(t *testing.T, login, to string) *sip.Call {
	t.Helper()
	return x.dialAs(t, login, sip.CallSpec{To: to})
}

func (x *exchange) dialAs(t *testing.T, login string, spec sip.CallSpec) *sip.Call {
	t.Helper()
	call, err := x.phone(t, login).Dial(soon(t), spec)
	if err != nil {
		t.Fatal(err)
	}
	return call
}

// answered waits for the answer.
func answered(t *testing.T, call *sip.Call) {
	t.Helper()
	if err := call.WaitAnswer(soon(t)); err != nil {
		t.Fatal(err)
	}
}

// heard waits until the caller has heard the other side after its answer.
func heard(t *testing.T, call *sip.Call) {
	t.Helper()
	answered(t, call)
	if err := call.WaitMedia(soon(t), call.EarlyMediaPackets()+10); err != nil {
		t.Fatal(err)
	}
}

// talked hangs up from the caller's side once both have been heard.
func talked(t *testing.T, call *sip.Call) {
	t.Helper()
	heard(t, call)
	if err := call.Hangup(soon(t)); err != nil {
		t.Fatal(err)
	}
}

// refused waits for the final answer, which must be this one.
func refused(t *testing.T, call *sip.Call, status int) {
	t.Helper()
	err := call.WaitAnswer(soon(t))
	var rejected *sip.RejectedError
	switch {
	case err == nil:
		t.Fatalf("answered, want %d", status)
	case !errors.As(err, &rejected):
		t.Fatal(err)
	case rejected.Status != status:
		t.Fatalf("refused with %d %s, want %d", rejected.Status, rejected.Reason, status)
	}
}

// offered waits until a carrier has been offered a call to a number that ends
// so; ended waits until that call is over.
func (x *exchange) offered(t *testing.T, carrier, ending string) sip.CallRecord {
	t.Helper()
	return x.seen(t, carrier, sip.Offered(ending))
}

func (x *exchange) ended(t *testing.T, carrier, ending string) sip.CallRecord {
	t.Helper()
	return x.seen(t, carrier, sip.Ended(ending))
}

func (x *exchange) seen(t *testing.T, carrier string, match func(sip.CallRecord) bool) sip.CallRecord {
	t.Helper()
	r, err := x.Carrier(carrier).WaitCall(soon(t), match)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// legs are all calls that any carrier was offered to a number that ends so, in
// their order.
func (x *exchange) legs(ending string) []sip.CallRecord {
	var list []sip.CallRecord
	for _, c := range x.Carriers {
		for _, r := range c.Calls() {
			if sip.Offered(ending)(r) {
				list = append(list, r)
			}
		}
	}
	slices.SortFunc(list, func(a, b sip.CallRecord) int { return a.At.Compare(b.At) })
	return list
}

// wantOffers compares the hunt as the carriers saw it, as "carrier number".
func (x *exchange) wantOffers(t *testing.T, ending string, want ...string) {
	t.Helper()
	var got []string
	for _, r := range x.legs(ending) {
		got = append(got, r.Agent+" "+r.Called)
	}
	if !slices.Equal(got, want) {
		t.Errorf("carriers were offered %v, want %v", got, want)
	}
}

// sameTalk compares how long three parties think that a call lasted.
func sameTalk(t *testing.T, recorded time.Duration, others ...time.Duration) {
	t.Helper()
	for _, d := range others {
		if diff := (recorded - d).Abs(); diff > slack {
			t.Errorf("the record says %v of talk, others %v", recorded, others)
		}
	}
}
