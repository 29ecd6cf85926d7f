package billing

import (
	"time"

	"github.com/rs/zerolog"
)

// MarshalZerologObject makes the record one wide log event: whatever a record
// holds, the log of the call holds, because it is written from the same value.
func (e End) MarshalZerologObject(l *zerolog.Event) {
	s := e.Start
	l.Str("call_id", s.CallID).Str("origin", s.Origin).Str("server", s.Server).Str("direction", string(s.Direction)).
		Str("endpoint", s.Endpoint).Str("source", s.Source).
		Int64("account_id", s.AccountID).Int64("subscriber_id", s.SubscriberID).
		Int64("provider_id", s.ProviderID).Int64("number_id", s.NumberID).
		Str("dialled", s.Dialled).Str("a_number", string(s.ANumber)).Str("b_number", string(s.BNumber)).Str("cli", string(s.CLI)).
		Str("started_at", stamp(s.StartedAt)).Str("answered_at", stamp(e.AnsweredAt)).Str("ended_at", stamp(e.EndedAt)).
		Str("disposition", string(e.Disposition)).Int("cause", int(e.Cause)).Int("sip_status", e.SIPStatus).
		Str("hangup_by", string(e.HangupBy)).Int64("talk_ms", e.Talk.Milliseconds()).Int64("pdd_ms", e.PDD.Milliseconds()).
		Str("route", e.Route).Array("attempts", attempts(e.Attempts))
}

// stamp is a moment to the millisecond, as the tables keep it; empty for never.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

type attempts []Attempt

func (a attempts) MarshalZerologArray(l *zerolog.Array) {
	for _, v := range a {
		l.Object(v)
	}
}

// MarshalZerologObject is the attempt's part of the call's event.
func (a Attempt) MarshalZerologObject(l *zerolog.Event) {
	l.Int("n", a.N).Str("route", a.Key).Str("result", string(a.Result)).Str("dial_status", a.DialStatus).
		Int("sip_status", a.SIPStatus).Int("cause", int(a.Cause)).Int64("pdd_ms", a.PDD.Milliseconds()).
		Int64("elapsed_ms", a.Elapsed.Milliseconds()).Int64("talk_ms", a.Talk.Milliseconds()).Str("blame", string(a.Blame))
}
