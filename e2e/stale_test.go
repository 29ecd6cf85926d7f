//go:build e2e

package e2e_test

import (
	"testing"

	"tandem/billing"
	"tandem/internal/e164"
	"tandem/internal/q850"
	"tandem/play/sip"
)

// Germany's first route is VoiceBuy, the second VoxBeam. VoiceBuy's 486 shall
// not stop the hunt; Asterisk's HANGUPCAUSE then still says 17 when the next
// attempt ends by our own timer.

func TestStaleBusyIsNotReadAfterSilence(t *testing.T) {
	t.Parallel()
	x := shared(t)
	x.busyIsVoiceBuysFault(t)
	b := x.abroad(t, "0001")
	x.Carrier("VoxBeam").SetOutcomeFor("0011101"+string(b), sip.Silent())
	x.Carrier("VoiceBuy").SetOutcomeFor("9993"+string(b), sip.Answer())
	talked(t, x.dial(t, moscow, "810"+string(b)))

	want := fromMoscow(b)
	want.Start.Dialled = "810" + string(b)
	check(t, x.record(t, "810"+string(b)),
		want.answered(billing.SideCaller, busy(voicebuy(1)), silent(voxbeam(2)), ok(voicebuyPremium(3))))
}

func TestStaleBusyIsNotReadAfterRinging(t *testing.T) {
	t.Parallel()
	x := shared(t)
	x.busyIsVoiceBuysFault(t)
	b := x.abroad(t, "0002")
	x.Carrier("VoxBeam").SetOutcomeFor("0011101"+string(b), sip.RingOnly())
	refused(t, x.dial(t, moscow, "810"+string(b)), 480)

	want := fromMoscow(b)
	want.Start.Dialled = "810" + string(b)
	check(t, x.record(t, "810"+string(b)),
		want.failed(billing.NoAnswer, q850.NoAnswer, 480, busy(voicebuy(1)), rungOut(voxbeam(2))))
}

// busyIsVoiceBuysFault makes the hunt go on after a 486 of VoiceBuy.
func (x *exchange) busyIsVoiceBuysFault(t *testing.T) {
	t.Helper()
	x.change(t, `INSERT INTO stop_rules (provider_id, sip_status, stop, comment) VALUES (11, 486, 0, 'e2e')`)
}

// abroad is a German number that is busy at VoiceBuy.
func (x *exchange) abroad(t *testing.T, ending string) e164.Number {
	t.Helper()
	b := e164.Number("4930" + string(x.number(ending)[4:]))
	x.Carrier("VoiceBuy").SetOutcomeFor("9992"+string(b), sip.Fail(486))
	return b
}
