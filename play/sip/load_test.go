package sip_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/play/sip"
)

func TestLoad(t *testing.T) {
	t.Parallel()
	carrier := startCarrier(t, sip.CarrierConfig{})
	carrier.SetOutcomeFor("7", sip.AnswerAtOnce())
	carrier.SetOutcomeFor("8", sip.Fail(503))
	carrier.SetOutcomeFor("9", sip.AnswerFor(time.Millisecond))
	phone := startPhone(t, carrier.Addr())

	got, err := phone.Load(soon(t), sip.LoadSpec{
		CPS: 500, Count: 200, Hold: time.Second,
		Number: func(n int) string { return fmt.Sprintf("7495000000%d", 7+n%3) },
	})
	must(t, err)
	equal(t, "offered", got.Offered, 200)
	equal(t, "answered", got.Answered, 133)
	equal(t, "failed", got.Failed, 67)
	if got.Dropped == 0 || got.Dropped > 66 { // a BYE may be late on a busy machine
		t.Errorf("dropped = %d, want about 66", got.Dropped)
	}
	equal(t, "lost BYE", got.LostBye, 0)
	equal(t, "503", got.ByStatus["503"], 67)
	equal(t, "200", got.ByStatus["200"], 133)
	equal(t, "PDD of", got.PDD.N, 133)
	equal(t, "refusal of", got.Refusal.N, 67)
	text, err := json.Marshal(got)
	must(t, err)
	for _, field := range []string{`"cps":`, `"pdd_ms":{"n":133`, `"by_status":{"200":133`} {
		if !strings.Contains(string(text), field) {
			t.Errorf("%s not in %s", field, text)
		}
	}
}

// TestLoadLimits: what is too much is skipped, what rings too long given up.
func TestLoadLimits(t *testing.T) {
	t.Parallel()
	carrier := startCarrier(t, sip.CarrierConfig{})
	carrier.SetOutcome(sip.RingOnly())
	phone := startPhone(t, carrier.Addr())
	got, err := phone.Load(soon(t), sip.LoadSpec{
		Call: sip.CallSpec{To: "74950000001"},
		CPS:  1000, Duration: 20 * time.Millisecond, MaxActive: 5, SetupLimit: 100 * time.Millisecond,
	})
	must(t, err)
	equal(t, "offered", got.Offered, 20)
	equal(t, "skipped or given up", got.Skipped+got.ByStatus["given up"], 20)
	equal(t, "active at most", got.MaxActive, 5)
}

// TestLoadStopped: the end of the context ends the load and its calls.
func TestLoadStopped(t *testing.T) {
	t.Parallel()
	carrier := startCarrier(t, sip.CarrierConfig{})
	carrier.SetOutcomeFor("1", sip.AnswerAtOnce())
	carrier.SetOutcomeFor("2", sip.RingOnly())
	ctx, cancel := context.WithCancel(soon(t))
	defer cancel()
	done := make(chan sip.LoadResult, 1)
	phone := startPhone(t, carrier.Addr())
	go func() {
		got, err := phone.Load(ctx, sip.LoadSpec{
			CPS: 100, Duration: time.Hour, Hold: time.Hour,
			Number: func(n int) string { return strconv.Itoa(1 + n%2) },
		})
		if err != nil {
			t.Error(err)
		}
		done <- got
	}()
	_, err := carrier.WaitCall(soon(t), func(r sip.CallRecord) bool { return r.Called == "2" && !r.RangAt.IsZero() })
	must(t, err)
	cancel()
	got := <-done
	equal(t, "all accounted for", got.Answered+got.Failed, got.Offered)
	if _, err := phone.Load(soon(t), sip.LoadSpec{}); err == nil {
		t.Error("a load without rate")
	}
}
