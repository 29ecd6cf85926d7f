package desk

import (
	"time"

	"tandem/internal/money"
	"tandem/routing"
	"tandem/routing/replay"
)

// ReplayResult is the report for programs: money as decimal text, talk in
// milliseconds, what is not known left out.
type ReplayResult struct {
	From     time.Time                           `json:"from"`
	To       time.Time                           `json:"to"`
	At       time.Time                           `json:"at"` // the calls are decided as if made in the week from then on
	Account  string                              `json:"account,omitempty"`
	Sample   int64                               `json:"sample"` // one call in so many
	Decks    []ReplayDeck                        `json:"decks,omitempty"`
	Policy   *ReplayPolicy                       `json:"policy,omitempty"`
	Currency string                              `json:"currency"`
	Calls    int64                               `json:"calls"` // those of the sample, skipped ones included
	Skipped  map[replay.Skip]int64               `json:"skipped,omitempty"`
	Total    ReplayRow                           `json:"total"`
	NoRoute  map[string]map[routing.Reason]int64 `json:"no_route,omitempty"` // by side: calls that a reason has a part in
	By       map[replay.Dimension][]ReplayRow    `json:"by"`
	Changes  []ReplayRow                         `json:"changes"` // destinations, the largest difference first
	Moves    []ReplayMove                        `json:"moves"`
	Examples []ReplayExample                     `json:"examples,omitempty"`
	Recorded ReplayRecorded                      `json:"as_recorded"`
}

// ReplayDeck is a deck of the after side.
type ReplayDeck struct {
	ID       int64  `json:"id"`
	Owner    string `json:"owner"` // provider and tier, or tariff
	Version  int    `json:"version"`
	Replaces int64  `json:"replaces,omitempty"` // none: there was none
}

// ReplayPolicy is the policy of the after side.
type ReplayPolicy struct {
	Name string             `json:"name"`
	Kind routing.PolicyKind `json:"kind"`
}

// ReplayRow is what became of some of the calls.
type ReplayRow struct {
	Name     string        `json:"name"`
	Calls    int64         `json:"calls"`
	Answered int64         `json:"answered"`
	TalkMS   int64         `json:"talk_ms"`
	Changed  int64         `json:"changed"`
	Lost     int64         `json:"lost"`
	Won      int64         `json:"won"`
	Gain     *money.Amount `json:"gain,omitempty"`
	Before   ReplaySide    `json:"before"`
	After    ReplaySide    `json:"after"`
}

// ReplaySide is those calls on one side.
type ReplaySide struct {
	Calls   int64         `json:"calls"`
	NoRoute int64         `json:"no_route"`
	TalkMS  int64         `json:"talk_ms"`
	Cost    money.Amount  `json:"cost"`
	Sold    int64         `json:"sold"`
	Sale    *money.Amount `json:"sale,omitempty"`
	Margin  *money.Amount `json:"margin,omitempty"`
}

// ReplayWay is a provider and tier.
type ReplayWay struct {
	ProviderID int64  `json:"provider_id"`
	Provider   string `json:"provider"`
	Tier       string `json:"tier"`
}

// ReplayMove is calls that go another way.
type ReplayMove struct {
	From   *ReplayWay   `json:"from"` // null: no route
	To     *ReplayWay   `json:"to"`
	Calls  int64        `json:"calls"`
	TalkMS int64        `json:"talk_ms"`
	Before money.Amount `json:"cost_before"`
	After  money.Amount `json:"cost_after"`
	Gain   money.Amount `json:"gain"`
}

// ReplayExample is one call.
type ReplayExample struct {
	CallID    string       `json:"call_id"`
	StartedAt time.Time    `json:"started_at"`
	BNumber   string       `json:"b_number"`
	TalkMS    int64        `json:"talk_ms"`
	From      string       `json:"from,omitempty"` // route keys
	To        string       `json:"to,omitempty"`
	Before    money.Amount `json:"cost_before"`
	After     money.Amount `json:"cost_after"`
	Gain      money.Amount `json:"gain"`
}

// ReplayRecorded is how far the replay is from what happened.
type ReplayRecorded struct {
	Carried  int64        `json:"carried"`
	SameWay  int64        `json:"same_provider_and_tier"`
	SameKey  int64        `json:"same_route"`
	Retried  int64        `json:"not_at_first_attempt"`
	Priced   int64        `json:"priced"`
	Cost     money.Amount `json:"cost"`
	Replayed money.Amount `json:"cost_before"`
}

// ViewReplay shapes a report.
func ViewReplay(h *ReplayHead, r *replay.Report) ReplayResult {
	v := ReplayResult{
		From: h.From, To: h.To, At: h.At, Account: h.Account, Sample: h.Sample, Currency: r.Base, Calls: r.Calls,
		Total: viewRow(&r.Total, true), By: map[replay.Dimension][]ReplayRow{}, Changes: viewRows(r.Changes, true),
		Moves: make([]ReplayMove, 0, len(r.Moves)), Recorded: ReplayRecorded(r.Recorded),
	}
	v.Decks = append(v.Decks, h.Decks...)
	if h.Policy != nil {
		v.Policy = &ReplayPolicy{h.Policy.Name, h.Policy.Kind}
	}
	if len(r.Skipped) > 0 {
		v.Skipped = map[replay.Skip]int64{}
	}
	for _, s := range r.Skipped {
		v.Skipped[s.Reason] = s.Calls
	}
	v.NoRoute = viewNoRoute(r)
	for _, t := range r.Tables {
		v.By[t.By] = viewRows(t.Rows, t.By != replay.ByProvider)
	}
	for _, m := range r.Moves {
		v.Moves = append(v.Moves, ReplayMove{
			From: viewWay(m.From), To: viewWay(m.To), Calls: m.Calls, TalkMS: m.TalkMS, Before: m.Before, After: m.After, Gain: m.Gain,
		})
	}
	for _, x := range r.Examples {
		v.Examples = append(v.Examples, ReplayExample{
			CallID: x.CallID, StartedAt: x.StartedAt.UTC(), BNumber: string(x.BNumber), TalkMS: x.TalkMS, From: viewKey(x.From), To: viewKey(x.To),
			Before: x.Before, After: x.After, Gain: x.Gain,
		})
	}
	return v
}

func viewNoRoute(r *replay.Report) map[string]map[routing.Reason]int64 {
	v := map[string]map[routing.Reason]int64{}
	for side, list := range map[string][]replay.ReasonCount{"before": r.NoRoute.Before, "after": r.NoRoute.After} {
		for _, c := range list {
			if v[side] == nil {
				v[side] = map[routing.Reason]int64{}
			}
			v[side][c.Reason] = c.Calls
		}
	}
	return v
}

func viewRows(list []replay.Row, gain bool) []ReplayRow {
	rows := make([]ReplayRow, 0, len(list))
	for i := range list {
		rows = append(rows, viewRow(&list[i], gain))
	}
	return rows
}

func viewRow(r *replay.Row, gain bool) ReplayRow {
	v := ReplayRow{
		Name: r.Name, Calls: r.Calls, Answered: r.Answered, TalkMS: r.TalkMS, Changed: r.Changed, Lost: r.Lost, Won: r.Won,
		Before: viewSide(&r.Before), After: viewSide(&r.After),
	}
	if gain {
		v.Gain = &r.Gain
	}
	return v
}

func viewSide(s *replay.Side) ReplaySide {
	v := ReplaySide{Calls: s.Calls, NoRoute: s.NoRoute, TalkMS: s.TalkMS, Cost: s.Cost, Sold: s.Sold}
	if s.Sold > 0 {
		margin := s.Margin()
		v.Sale, v.Margin = &s.Sale, &margin
	}
	return v
}

func viewWay(w replay.Way) *ReplayWay {
	if w.ProviderID == 0 {
		return nil
	}
	return &ReplayWay{w.ProviderID, w.Provider, w.Tier.String()}
}

func viewKey(k routing.Key) string {
	if k == (routing.Key{}) {
		return ""
	}
	return k.String()
}
