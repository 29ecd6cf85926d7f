package callflow

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"tandem/billing"
	"tandem/quality"
	"tandem/routing"
)

// MediaReport is what Asterisk measured of the answered leg of a call, when that
// was not known yet as the call's end was reported.
type MediaReport struct {
	CallID  string
	Server  string
	N       int // the attempt
	Key     routing.Key
	BeganAt time.Time // of the attempt
	Media   billing.Media
}

// Heard records what was measured of a leg. It tells nothing else of the attempt,
// so it may come before its result or after.
func (f *Flow) Heard(r MediaReport) error {
	if err := r.validate(f.Now()); err != nil {
		return err
	}
	a := billing.Attempt{
		CallID: r.CallID, N: r.N, Key: r.Key.String(), ProviderID: r.Key.ProviderID, Tier: tierName(r.Key),
		GateID: r.Key.GateID, AddressID: r.Key.AddressID, StartedAt: r.BeganAt, Result: billing.InProgress, Media: r.Media,
	}
	if !f.Records.Queue(billing.Record{Attempt: &a}) {
		f.Metrics.RecordLost()
	}
	if r.Media != (billing.Media{}) {
		f.Metrics.Heard(&r.Media, f.providerName(r.Key.ProviderID))
	}
	return nil
}

// providerName is how a provider is called now; empty: there is none.
func (f *Flow) providerName(id int64) string {
	if p := f.Snapshot().Provider(id); p != nil {
		return p.Name
	}
	return ""
}

func (r MediaReport) validate(now time.Time) error {
	if err := validCallID(r.CallID); err != nil {
		return err
	}
	switch {
	case !strings.HasPrefix(r.CallID, r.Server+"-"):
		return fmt.Errorf("%w: call_id %q is not of server %q", ErrBadRequest, r.CallID, r.Server)
	case r.N < 1 || r.N > routing.MaxRoutes:
		return fmt.Errorf("%w: attempt %d: want 1 to %d", ErrBadRequest, r.N, routing.MaxRoutes)
	case r.BeganAt.Before(now.Add(-oldest)) || r.BeganAt.After(now.Add(clockSlack)):
		return fmt.Errorf("%w: began_ms %s, now %s", ErrBadRequest, r.BeganAt, now.UTC())
	}
	return nil
}

// What a stream can be. The figures come from what the far side sends, so they are
// bounded: a day of 10 ms packets, and delays that nobody talks over.
const (
	maxMediaText = 512
	maxPackets   = 100 * 24 * 3600
	maxDelay     = 10 * time.Second
)

// ParseMedia reads Asterisk's figures of an RTP stream, "key=value;…" (format:
// package dialplan). Empty text is no media. What is out of bounds is cut to them;
// text of another form is an error.
func ParseMedia(text string) (billing.Media, error) {
	var m billing.Media
	if text == "" {
		return m, nil
	}
	if len(text) > maxMediaText {
		return m, fmt.Errorf("%w: media of %d bytes: want at most %d", ErrBadRequest, len(text), maxMediaText)
	}
	for part := range strings.SplitSeq(text, ";") {
		if err := readMedia(&m, part); err != nil {
			return billing.Media{}, err
		}
	}
	if loss := (quality.Ratio{Part: m.Lost, Whole: m.Received + m.Lost}); m.Received > 0 && loss.Whole >= quality.ScoredFrom {
		m.MOS = quality.MOS(loss, m.Jitter, m.RTT)
	}
	return m, nil
}

func readMedia(m *billing.Media, part string) (err error) {
	key, value, _ := strings.Cut(part, "=")
	switch key {
	case "rxcount":
		m.Received, err = packets(value)
	case "lp":
		m.Lost, err = packets(value)
		if m.Lost == maxPackets {
			m.Lost = 0 // more came than was expected: duplicates make Asterisk's count wrap
		}
	case "txcount":
		m.Sent, err = packets(value)
	case "txjitter": // Asterisk's name for what it measured itself; rxjitter is what the far side says it hears
		m.Jitter, err = seconds(value)
	case "rtt":
		m.RTT, err = seconds(value)
	}
	if err != nil {
		return fmt.Errorf("%w: media: %s %q: want a number", ErrBadRequest, key, value)
	}
	return nil
}

func packets(text string) (int64, error) {
	v, err := strconv.ParseUint(text, 10, 32)
	return int64(min(v, maxPackets)), err
}

// seconds reads a time to the microsecond.
func seconds(text string) (time.Duration, error) {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(v) {
		return 0, strconv.ErrSyntax
	}
	micros := min(max(v*1e6, 0), float64(maxDelay/time.Microsecond))
	return time.Duration(math.Round(micros)) * time.Microsecond, nil
}
