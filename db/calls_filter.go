package db

import (
	"context"
	"fmt"
	"slices"
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
	APlace       PlaceFilter // of the A-number
	BPlace       PlaceFilter
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
	common := f.common(after, oldestFirst)
	order := ` ORDER BY started_at DESC, call_id DESC LIMIT ?`
	if oldestFirst {
		order = ` ORDER BY started_at, call_id LIMIT ?`
	}
	var parts []string
	for _, way := range f.ways(after, oldestFirst) {
		w := way.and(common)
		parts = append(parts, `(SELECT `+lineColumns+` FROM calls c`+w.text()+order+`)`)
		args = append(append(args, w.args...), limit)
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

// ways are the conditions that more than one column can meet, each way by itself.
func (f CallFilter) ways(after CallPlace, oldestFirst bool) []where {
	all := []where{{}}
	each := func(ways ...where) {
		var more []where
		for _, a := range all {
			for _, b := range ways {
				more = append(more, a.and(b))
			}
		}
		all = more
	}
	if prefix, isPrefix := strings.CutSuffix(f.Number, "*"); isPrefix {
		each(whose("c.b_number LIKE ?", prefix+"%"), whose("c.a_number LIKE ?", prefix+"%"))
	} else if f.Number != "" {
		each(whose("c.b_number = ?", f.Number), whose("c.a_number = ?", f.Number))
	}
	if f.ProviderID != 0 {
		each(whose("c.provider_id = ?", f.ProviderID), f.offered(after, oldestFirst))
	}
	return all
}

// lastBid is how long after its beginning a call may still be offered to a route.
const lastBid = time.Hour

// offeredTo are the conditions of attempts with the provider. Their time is
// bounded as that of the call is, so that MariaDB looks at no others.
func (f CallFilter) offeredTo(after CallPlace, oldestFirst bool) where {
	from, to := f.From, f.To
	switch {
	case after == (CallPlace{}):
	case oldestFirst:
		from = after.At
	default:
		to = after.At
	}
	w := whose("a.provider_id = ?", f.ProviderID)
	if !from.IsZero() {
		w.add("a.started_at >= ?", moment(from))
	}
	if !to.IsZero() {
		w.add("a.started_at <= ?", moment(to.Add(lastBid)))
	}
	return w
}

func (f CallFilter) offered(after CallPlace, oldestFirst bool) where {
	w := whose("a.call_id = c.call_id AND a.month = c.month").and(f.offeredTo(after, oldestFirst))
	return whose("EXISTS (SELECT 1 FROM attempts a"+w.text()+")", w.args...)
}

// manyAttempts is from how many attempts on a provider is busy.
const manyAttempts = 10_000

// busyProvider says whether a provider has so many attempts that going through
// the calls in their order finds a page sooner than going through its attempts.
func (d *DB) busyProvider(ctx context.Context, f CallFilter, after CallPlace, oldestFirst bool) (busy bool, err error) {
	if f.ProviderID == 0 {
		return false, nil
	}
	w := f.offeredTo(after, oldestFirst)
	err = d.calls.QueryRowContext(ctx, `SELECT COUNT(*) >= ? FROM (SELECT 1 FROM attempts a`+w.text()+` LIMIT ?) some`,
		slices.Concat([]any{manyAttempts}, w.args, []any{manyAttempts})...).Scan(&busy)
	return busy, err
}

func (f CallFilter) common(after CallPlace, oldestFirst bool) where {
	var w where
	if f.CallID != "" {
		w.add("c.call_id = ? AND c.month = ?", f.CallID, callMonth(f.CallID))
	}
	w.during("c.started_at", f.From, f.To)
	given(&w, "c.account_id = ?", f.AccountID)
	given(&w, "c.subscriber_id = ?", f.SubscriberID)
	given(&w, "c.disposition = ?", string(f.Disposition))
	given(&w, "c.direction = ?", string(f.Direction))
	given(&w, "c.server = ?", f.Server)
	f.APlace.pick(&w, "c.a_place_id")
	f.BPlace.pick(&w, "c.b_place_id")
	if f.MinTalk > 0 {
		w.add("c.talk_ms >= ?", f.MinTalk.Milliseconds())
	}
	if after != (CallPlace{}) {
		at := moment(after.At)
		if oldestFirst {
			w.add("c.started_at >= ? AND (c.started_at > ? OR c.call_id > ?)", at, at, after.ID)
		} else {
			w.add("c.started_at <= ? AND (c.started_at < ? OR c.call_id < ?)", at, at, after.ID)
		}
	}
	return w
}
