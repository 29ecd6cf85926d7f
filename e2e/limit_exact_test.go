//go:build e2e

package e2e_test

import (
	"slices"
	"testing"
	"time"

	"tandem/ari"
	"tandem/internal/e164"
	"tandem/play/sip"
)

// Not a millisecond more is talked than is paid for, nor much less, although
// Asterisk has more to do at the moment: a started second is charged. On a
// machine whose cores are all taken a few calls end later; what is held for them
// bounds what they cost.
func TestTalkEndsWithWhatIsPaid(t *testing.T) {
	t.Parallel()
	const paid, count = 3 * time.Second, 60
	x := own(t, shortTalk(paid))
	phone, busy := x.phone(t, moscow), x.phone(t, other)
	numbers := make([]e164.Number, count)
	for i := range numbers {
		numbers[i] = x.number("0000")
	}
	noise := make(chan error, 1)
	go func() {
		_, err := busy.Load(soon(t), sip.LoadSpec{Call: sip.CallSpec{To: national(x.number("0000"))}, CPS: 10, Duration: 6 * time.Second})
		noise <- err
	}()
	result, err := phone.Load(soon(t), sip.LoadSpec{
		Number: func(n int) string { return national(numbers[n]) }, CPS: 15, Count: count, Hold: 10 * time.Second,
	})
	if err != nil || result.Answered != count || result.Dropped != count {
		t.Fatalf("%+v, %v", result, err)
	}
	if err := <-noise; err != nil {
		t.Fatal(err)
	}
	var recorded, heard []time.Duration
	for _, b := range numbers {
		got, leg := x.record(t, national(b)), x.ended(t, "WestCall", string(b))
		recorded = append(recorded, got.Talk-paid)
		heard = append(heard, leg.Talk()-paid)
		if (got.Talk - paid).Abs() > slack/4 {
			t.Errorf("talked %v of %v", got.Talk, paid)
		}
	}
	slices.Sort(recorded)
	if median := recorded[count/2]; median > 0 || median < -2*ari.LimitMargin {
		t.Errorf("half of the calls talked %v beyond %v", median, paid)
	}
	for what, list := range map[string][]time.Duration{"record": recorded, "called party": heard} {
		slices.Sort(list)
		t.Logf("%s: talk beyond the paid %v: least %v, p50 %v, p90 %v, max %v", what, paid, list[0], list[count/2], list[count*9/10], list[count-1])
	}
}
