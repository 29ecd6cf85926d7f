package db

import (
	"context"
	"slices"
	"strings"
	"time"

	"tandem/billing"
	"tandem/internal/q850"
)

// AttemptFilter picks attempts. Zero fields match any, lists any of their values;
// an empty text or 0 in a list is what is not known.
type AttemptFilter struct {
	From, To    time.Time // that began from then until before then
	CallID      string
	Providers   []int64
	Tiers       []string
	Gates       []int64
	Results     []billing.Disposition
	Blames      []q850.Blame
	SIPStatuses []int
	Causes      []int
	Finished    bool // only those that are over and went to a provider

	// Of the call:

	Servers   []string
	Accounts  []int64
	Countries []string // of the B-number, as the two that follow
	Prefixes  []string
	Networks  []string
	// ACountries are those of the A-number.
	ACountries []string
}

func (f AttemptFilter) conditions(after AttemptPlace, oldestFirst bool) where {
	var c where
	if f.CallID != "" {
		c.add("call_id = ? AND month = ?", f.CallID, callMonth(f.CallID))
	}
	c.during("started_at", f.From, f.To)
	pickAny(&c, "provider_id", f.Providers)
	pickAny(&c, "tier", f.Tiers)
	pickAny(&c, "gate_id", f.Gates)
	pickAny(&c, "result", f.Results)
	pickAny(&c, "blame", f.Blames)
	pickStatus(&c, f.SIPStatuses)
	pickAny(&c, "cause", f.Causes)
	if f.Finished {
		c.add("result <> 'in_progress' AND provider_id > 0")
	}
	if after != (AttemptPlace{}) {
		at := moment(after.At)
		if oldestFirst {
			c.add("started_at >= ? AND (started_at > ? OR call_id > ? OR call_id = ? AND n > ?)", at, at, after.ID, after.ID, after.N)
		} else {
			c.add("started_at <= ? AND (started_at < ? OR call_id < ? OR call_id = ? AND n < ?)", at, at, after.ID, after.ID, after.N)
		}
	}
	return c
}

// pickAny takes those that have one of some values; without values, all. An empty
// text and 0 stand for NULL, too.
func pickAny[T ~string | ~int | ~int64](c *where, column string, values []T) {
	if len(values) == 0 {
		return
	}
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	text := column + " IN (?" + strings.Repeat(", ?", len(values)-1) + ")"
	if slices.Contains(values, *new(T)) {
		text = "(" + text + " OR " + column + " IS NULL)"
	}
	c.add(text, args...)
}

// pickStatus takes a number that no status is for none, as reports do.
func pickStatus(c *where, values []int) {
	var w where
	pickAny(&w, "sip_status", values)
	if len(w.conditions) == 0 {
		return
	}
	text := w.joined()
	if slices.Contains(values, 0) {
		text = "(" + text + " OR sip_status NOT BETWEEN 100 AND 699)"
	}
	c.add(text, w.args...)
}

// ofCall are the conditions that the call c meets; none: any call does.
func (f AttemptFilter) ofCall() (c where) {
	pickAny(&c, "c.server", f.Servers)
	pickAny(&c, "c.account_id", f.Accounts)
	pickPlace(&c, "c.b_place_id", map[string][]string{"p.country": f.Countries, "p.prefix": f.Prefixes, "LEFT(p.network, 64) COLLATE utf8mb4_bin": f.Networks}) // as reports have it
	pickPlace(&c, "c.a_place_id", map[string][]string{"p.country": f.ACountries})
	return c
}

// pickPlace takes calls whose place has one of some values in each column. The place
// 0 is that of numbers that tell nothing.
func pickPlace(c *where, column string, want map[string][]string) {
	var p where
	placeless := true
	for _, name := range sortedKeys(want) {
		pickAny(&p, name, want[name])
		placeless = placeless && (len(want[name]) == 0 || slices.Contains(want[name], ""))
	}
	if len(p.conditions) == 0 {
		return
	}
	text := column + " IN (SELECT p.id FROM places p WHERE " + p.joined() + ")"
	if placeless {
		text = "(" + text + " OR " + column + " = 0)"
	}
	c.add(text, p.args...)
}

// from is where attempts are looked for. What is asked of their calls is looked up
// first when few calls meet it, else attempt by attempt in their order. how is more
// for SET STATEMENT.
func (f AttemptFilter) from(ctx context.Context, d *DB, after AttemptPlace, oldestFirst bool) (from, how string, c where, err error) {
	c = f.conditions(after, oldestFirst)
	call := f.ofCall()
	if len(call.conditions) == 0 {
		return "attempts", "", c, nil
	}
	near := f.near(call, after, oldestFirst)
	few, err := d.fewCalls(ctx, near)
	if err != nil {
		return "", "", c, err
	}
	if few {
		c.args = append(slices.Clone(near.args), c.args...)
		return "(SELECT c.call_id AS of_call, c.month AS of_month FROM calls c WHERE " + near.joined() + `) picked
			STRAIGHT_JOIN attempts ON attempts.call_id = picked.of_call AND attempts.month = picked.of_month`, "", c, nil
	}
	c.add("EXISTS (SELECT 1 FROM calls c WHERE c.call_id = attempts.call_id AND c.month = attempts.month AND "+call.joined()+")", call.args...)
	return "attempts", ", optimizer_switch='semijoin=off,materialization=off'", c, nil
}

// near bounds the time of calls as that of their attempts is.
func (f AttemptFilter) near(call where, after AttemptPlace, oldestFirst bool) where {
	from, to := f.From, f.To
	switch {
	case after == (AttemptPlace{}):
	case oldestFirst:
		from = after.At
	default:
		to = after.At
	}
	c := call.and(where{})
	if !from.IsZero() {
		c.add("c.started_at >= ?", moment(from.Add(-lastBid)))
	}
	if !to.IsZero() {
		c.add("c.started_at <= ?", moment(to))
	}
	return c
}

// fewCalls says whether so few calls are meant that it is sooner to begin with them.
// It looks no longer than a moment: who takes longer to count is not few.
func (d *DB) fewCalls(ctx context.Context, c where) (few bool, err error) {
	err = d.calls.QueryRowContext(ctx, `SET STATEMENT max_statement_time=1 FOR SELECT COUNT(*) < ? FROM (SELECT 1 FROM calls c WHERE `+c.joined()+` LIMIT ?) some`,
		append(append([]any{manyAttempts}, c.args...), manyAttempts)...).Scan(&few)
	if hasNumber(err, errStatementTimeout) {
		return false, nil
	}
	return few, err
}
