package db

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"tandem/billing"
	"tandem/geo"
	"tandem/internal/money"
)

// AttemptPlace is where a page of attempts begins: behind the one that it names.
type AttemptPlace struct {
	At time.Time `json:"at"`
	ID string    `json:"id"` // of the call
	N  int       `json:"n"`
}

// AttemptLine is an attempt in a list.
type AttemptLine struct {
	CallID     string              `json:"call_id"`
	N          int                 `json:"n"`
	Route      string              `json:"route"`
	ProviderID int64               `json:"provider_id,omitempty"`
	Provider   string              `json:"provider,omitempty"`
	Tier       string              `json:"tier,omitempty"`
	GateID     int64               `json:"gate_id,omitempty"`
	AddressID  int64               `json:"address_id,omitempty"`
	StartedAt  time.Time           `json:"started_at"`
	Result     billing.Disposition `json:"result"`
	DialStatus string              `json:"dial_status,omitempty" doc:"Asterisk's own word"`
	SIPStatus  int                 `json:"sip_status,omitempty"`
	Cause      int                 `json:"cause,omitempty" doc:"Q.850"`
	Rang       bool                `json:"rang"`
	Progress   bool                `json:"progress"`
	PDDMS      int64               `json:"pdd_ms"`
	ElapsedMS  int64               `json:"elapsed_ms"`
	TalkMS     int64               `json:"talk_ms"`
	Blame      string              `json:"blame,omitempty"`
	BNumber    string              `json:"b_number,omitempty" doc:"Of the call"`
	BPlace     geo.Brief           `json:"b_place,omitzero" doc:"Where the B-number is from"`
	Cost       *money.Amount       `json:"cost,omitempty" doc:"What the provider charges"`
	Currency   string              `json:"currency,omitempty"`
	Media      *MediaLine          `json:"media,omitempty" doc:"The provider's RTP stream, if media passed Asterisk"`

	currencyID int64
}

// Place is where a page begins that goes on behind this attempt.
func (a *AttemptLine) Place() AttemptPlace { return AttemptPlace{a.StartedAt, a.CallID, a.N} }

// ListAttempts lists attempts that a filter picks, the newest first or the oldest,
// a page of them.
func (d *DB) ListAttempts(ctx context.Context, f AttemptFilter, after AttemptPlace, oldestFirst bool, limit int, names *Names) ([]AttemptLine, error) {
	from, how, c, err := f.from(ctx, d, after, oldestFirst)
	if err != nil {
		return nil, listing("list attempts", err)
	}
	order := ` ORDER BY started_at DESC, call_id DESC, n DESC LIMIT ?`
	if oldestFirst {
		order = ` ORDER BY started_at, call_id, n LIMIT ?`
	}
	rows, err := d.calls.QueryContext(ctx, fmt.Sprintf(`SET STATEMENT max_statement_time=%d`+how+` FOR `, listSeconds)+
		`SELECT call_id, `+attemptColumns+`, `+mediaColumns+`, cost, COALESCE(cost_currency_id, 0) FROM `+from+c.text()+order, append(c.args, limit)...)
	if err != nil {
		return nil, listing("list attempts", err)
	}
	list := make([]AttemptLine, 0, min(limit, maxPageRows))
	var want NameIDs
	if err := eachRow(rows, func(rows *sql.Rows) error {
		l, err := scanAttemptLine(rows)
		list = append(list, l)
		want.Providers, want.Currencies = append(want.Providers, l.ProviderID), append(want.Currencies, l.currencyID)
		return err
	}); err != nil {
		return nil, listing("list attempts", err)
	}
	if err := names.Load(ctx, want); err != nil {
		return nil, err
	}
	for i := range list {
		list[i].Provider, list[i].Currency = names.Provider(list[i].ProviderID), names.Currency(list[i].currencyID)
	}
	return list, d.placeAttempts(ctx, list)
}

func scanAttemptLine(rows *sql.Rows) (AttemptLine, error) {
	var l AttemptLine
	var cost sql.Null[money.Amount]
	a, err := scanHeard(func(dest ...any) error {
		return rows.Scan(append(append([]any{&l.CallID}, dest...), &cost, &l.currencyID)...)
	})
	l.N, l.Route, l.ProviderID, l.Tier, l.GateID, l.AddressID, l.StartedAt = a.N, a.Key, a.ProviderID, a.Tier, a.GateID, a.AddressID, a.StartedAt
	l.Result, l.DialStatus, l.SIPStatus, l.Cause, l.Rang, l.Progress = a.Result, a.DialStatus, a.SIPStatus, int(a.Cause), a.Rang, a.Progress
	l.PDDMS, l.ElapsedMS, l.TalkMS, l.Blame = a.PDD.Milliseconds(), a.Elapsed.Milliseconds(), a.Talk.Milliseconds(), string(a.Blame)
	l.Cost, l.Media = pointer(cost), mediaLine(&a.Media)
	return l, err
}
