package capacity_test

import (
	"fmt"
	"testing"

	"tandem/internal/q850"
	"tandem/routing"
	"tandem/routing/capacity"
)

// What each end of an attempt says about the way; the dial status is the one
// that Asterisk gives with the answer.
func TestWeigh(t *testing.T) {
	t.Parallel()
	const healthy, failed, unknown = capacity.Healthy, capacity.Failed, capacity.Unknown
	for _, v := range []struct {
		result       routing.Result
		status       int
		cause        q850.Cause
		silent, rang capacity.Evidence // without 180, and with
	}{
		{routing.ResultAnswer, 200, 0, healthy, healthy},
		{routing.ResultBusy, 486, q850.UserBusy, healthy, healthy},
		{routing.ResultBusy, 600, q850.UserBusy, healthy, healthy},
		{routing.ResultCongestion, 503, q850.NoCircuit, failed, failed},
		{routing.ResultUnavailable, 500, q850.NetworkOutOfOrder, failed, failed},
		{routing.ResultUnavailable, 502, q850.OutOfOrder, failed, failed},
		{routing.ResultUnavailable, 504, q850.RecoveryOnTimer, failed, failed},
		{routing.ResultUnavailable, 408, q850.NoUserResponding, failed, healthy},
		{routing.ResultUnavailable, 401, q850.CallRejected, failed, healthy},
		{routing.ResultUnavailable, 402, q850.CallRejected, failed, healthy},
		{routing.ResultUnavailable, 403, q850.CallRejected, failed, healthy},
		{routing.ResultUnavailable, 407, q850.CallRejected, failed, healthy},
		{routing.ResultUnavailable, 302, 23, healthy, healthy},
		{routing.ResultUnavailable, 404, q850.UnallocatedNumber, healthy, healthy},
		{routing.ResultUnavailable, 410, q850.NumberChanged, healthy, healthy},
		{routing.ResultNoAnswer, 480, q850.NoAnswer, healthy, healthy},
		{routing.ResultUnavailable, 484, q850.InvalidNumberFormat, healthy, healthy},
		{routing.ResultUnavailable, 487, q850.Interworking, healthy, healthy},
		{routing.ResultUnavailable, 488, q850.BearerNotAvailable, healthy, healthy},
		{routing.ResultUnavailable, 603, q850.CallRejected, healthy, healthy},
		// No final answer: our timers.
		{routing.ResultUnavailable, 0, 0, failed, healthy},
		{routing.ResultUnavailable, 100, 0, failed, healthy},
		{routing.ResultNoAnswer, 0, 0, failed, healthy},
		{routing.ResultNoAnswer, 100, 0, failed, healthy},
		{routing.ResultNoAnswer, 183, 0, healthy, healthy},
		{routing.ResultCongestion, 0, 0, failed, healthy},
		// No leg: Asterisk knows no such endpoint, or its contact is not there.
		{routing.ResultUnavailable, 0, q850.NoRouteToDestination, failed, healthy},
		{routing.ResultUnavailable, 0, q850.SubscriberAbsent, failed, healthy},
		// Over IAX2 the cause is the answer.
		{routing.ResultUnavailable, 0, q850.UnallocatedNumber, healthy, healthy},
		{routing.ResultUnavailable, 0, q850.InvalidNumberFormat, healthy, healthy},
		{routing.ResultCongestion, 0, q850.SwitchCongestion, failed, healthy},
		// The caller left.
		{routing.ResultCancel, 0, 0, unknown, healthy},
		{routing.ResultCancel, 100, 0, unknown, healthy},
		{routing.ResultCancel, 183, 0, healthy, healthy},
		// Our own mistakes.
		{"INVALIDARGS", 0, 0, unknown, healthy},
		{"", 0, 0, unknown, healthy},
	} {
		for rang, want := range map[bool]capacity.Evidence{false: v.silent, true: v.rang} {
			o := routing.Outcome{Result: v.result, SIPStatus: v.status, Cause: v.cause, Rang: rang}
			if got := capacity.Weigh(o); got != want {
				t.Errorf("%s: %s, want %s", fmt.Sprintf("%s %d cause %s rang %v", v.result, v.status, v.cause, rang), got, want)
			}
		}
	}
}
