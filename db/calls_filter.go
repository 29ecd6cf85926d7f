package db

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tandem/billing"
)

// CallFilter picks calls. Zero fields match any.
type CallFilter struct {
	CallID       string
	From, To     time.Time // that began from then until before then
	AccountID    int64
	SubscriberID int64
	ProviderID   int64  // that it brought, or that were offered to it
	Number       string // A- or B-number: digits; with a * at the end all that begin so
	Disposition  billing.Disposition
	Direction    billing.Direction
	Server       string
	MinTalk      time.Duration
}

// CallPlace is where a page of calls begins: behind the call that it names. The
// zero value is the beginning.
type CallPlace struct {
	At time.Time `json:"at"`
	ID string    `json:"id"`
}

// query is one SELECT, or a UNION of several where a filter may be met by more
// than one column: each then has its own index, in the order that is wanted.
func (f CallFilter) query(after CallPlace, oldestFirst bool, limit int, busyProvider bool) (query string, args []any) {
	common, commonArgs := f.common(after, oldestFirst)
	order := ` ORDER BY started_at DESC, call_id DESC LIMIT ?`
	if oldestFirst {
		order = ` ORDER BY started_at, call_id LIMIT ?`
	}
	var parts []string
	for _, ways := range f.ways(after, oldestFirst) {
		part := `(SELECT ` + lineColumns + ` FROM calls c WHERE ` + strings.Join(append(ways.where, common...), " AND ") + order + `)`
		parts = append(parts, part)
		args = append(append(append(args, ways.args...), commonArgs...), limit)
	}
	query = fmt.Sprintf(`SET STATEMENT max_statement_time=%d FOR `, listSeconds) + strings.Join(parts, " UNION ")
	if busyProvider {
		// Call after call is asked for its attempts: a page of them is soon found.
		query = strings.Replace(query, " FOR ", ", optimizer_switch='semijoin=off,materialization=off' FOR ", 1)
	}
	if len(parts) > 1 {
		query += order
		args = append(args, limit)
	}
	return query, args
}

// conditions are joined by AND.
type conditions struct {
	where []string
	args  []any
}

func (c *conditions) add(where string, args ...any) {
	c.where, c.args = append(c.where, where), append(c.args, args...)
}

// ways are the conditions that more than one column can meet, each way by itself.
func (f CallFilter) ways(after CallPlace, oldestFirst bool) []conditions {
	all := []conditions{{}}
	each := func(ways ...conditions) {
		var more []conditions
		for _, a := range all {
			for _, b := range ways {
				more = append(more, conditions{append(append([]string{}, a.where...), b.where...), append(append([]any{}, a.args...), b.args...)})
			}
		}
		all = more
	}
	if prefix, isPrefix := strings.CutSuffix(f.Number, "*"); isPrefix {
		each(conditions{[]string{"c.b_number LIKE ?"}, []any{prefix + "%"}}, conditions{[]string{"c.a_number LIKE ?"}, []any{prefix + "%"}})
	} else if f.Number != "" {
		each(conditions{[]string{"c.b_number = ?"}, []any{f.Number}}, conditions{[]string{"c.a_number = ?"}, []any{f.Number}})
	}
	if f.ProviderID != 0 {
		each(conditions{[]string{"c.provider_id = ?"}, []any{f.ProviderID}}, f.offered(after, oldestFirst))
	}
	return all
}

// lastBid is how long after its beginning a call may still be offered to a route.
const lastBid = time.Hour

// offeredTo are the conditions of attempts with the provider. Their time is
// bounded as that of the call is, so that MariaDB looks at no others.
func (f CallFilter) offeredTo(after CallPlace, oldestFirst bool) conditions {
	from, to := f.From, f.To
	switch {
	case after == (CallPlace{}):
	case oldestFirst:
		from = after.At
	default:
		to = after.At
	}
	var c conditions
	c.add("a.provider_id = ?", f.ProviderID)
	if !from.IsZero() {
		c.add("a.started_at >= ?", moment(from))
	}
	if !to.IsZero() {
		c.add("a.started_at <= ?", moment(to.Add(lastBid)))
	}
	return c
}

func (f CallFilter) offered(after CallPlace, oldestFirst bool) conditions {
	c := f.offeredTo(after, oldestFirst)
	return conditions{[]string{"EXISTS (SELECT 1 FROM attempts a WHERE a.call_id = c.call_id AND " + strings.Join(c.where, " AND ") + ")"}, c.args}
}

// manyAttempts is from how many attempts on a provider is busy.
const manyAttempts = 10_000

// busyProvider says whether a provider has so many attempts that going through
// the calls in their order finds a page sooner than going through its attempts.
func (d *DB) busyProvider(ctx context.Context, f CallFilter, after CallPlace, oldestFirst bool) (busy bool, err error) {
	if f.ProviderID == 0 {
		return false, nil
	}
	c := f.offeredTo(after, oldestFirst)
	err = d.calls.QueryRowContext(ctx, `SELECT COUNT(*) >= ? FROM (SELECT 1 FROM attempts a WHERE `+strings.Join(c.where, " AND ")+` LIMIT ?) some`,
		append(append([]any{manyAttempts}, c.args...), manyAttempts)...).Scan(&busy)
	return busy, err
}

func (f CallFilter) common(after CallPlace, oldestFirst bool) (where []string, args []any) {
	var c conditions
	c.add("1 = 1")
	if f.CallID != "" {
		c.add("c.call_id = ?", f.CallID)
	}
	if !f.From.IsZero() {
		c.add("c.started_at >= ?", moment(f.From))
	}
	if !f.To.IsZero() {
		c.add("c.started_at < ?", moment(f.To))
	}
	if f.AccountID != 0 {
		c.add("c.account_id = ?", f.AccountID)
	}
	if f.SubscriberID != 0 {
		c.add("c.subscriber_id = ?", f.SubscriberID)
	}
	if f.Disposition != "" {
		c.add("c.disposition = ?", string(f.Disposition))
	}
	if f.Direction != "" {
		c.add("c.direction = ?", string(f.Direction))
	}
	if f.Server != "" {
		c.add("c.server = ?", f.Server)
	}
	if f.MinTalk > 0 {
		c.add("c.talk_ms >= ?", f.MinTalk.Milliseconds())
	}
	if after != (CallPlace{}) {
		at := moment(after.At)
		if oldestFirst {
			c.add("c.started_at >= ? AND (c.started_at > ? OR c.call_id > ?)", at, at, after.ID)
		} else {
			c.add("c.started_at <= ? AND (c.started_at < ? OR c.call_id < ?)", at, at, after.ID)
		}
	}
	return c.where, c.args
}
