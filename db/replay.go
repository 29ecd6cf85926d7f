package db

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"tandem/billing"
	"tandem/internal/e164"
)

// CallRow is an outgoing call as far as deciding it once more needs it, with
// what became of it.
type CallRow struct {
	CallID        string
	Server        string
	AccountID     int64
	SubscriberID  int64
	CLI           e164.Number // the number presented
	BNumber       e164.Number
	RoutingNumber e164.Number // of a ported number; empty: BNumber
	StartedAt     time.Time
	Talk          time.Duration
	Disposition   billing.Disposition
	Route         string // key of the route that carried it
	Attempts      int    // bids made
}

// outgoing is the condition of calls that can be replayed.
const outgoing = `direction = 'out' AND b_number IS NOT NULL AND started_at >= ? AND started_at < ?`

// CountCalls is how many calls EachCall is going to give.
func (d *DB) CountCalls(ctx context.Context, from, to time.Time) (n int64, err error) {
	err = d.bulk.QueryRowContext(ctx, `SELECT COUNT(*) FROM calls WHERE `+outgoing, moment(from), moment(to)).Scan(&n)
	return n, wrap("count calls", err)
}

// callChunk is how many calls wait for the count of their attempts.
const callChunk = 1000

// EachCall gives every outgoing call that began from from until before to, in
// the order of their beginning. An error of one ends it and is returned as it
// is.
func (d *DB) EachCall(ctx context.Context, from, to time.Time, one func(CallRow) error) error {
	ctx, cancel := context.WithCancel(ctx)
	rows, err := d.bulk.QueryContext(ctx, `SELECT call_id, server, account_id, subscriber_id, cli, b_number, routing_number,
			started_at, talk_ms, disposition, route
		FROM calls WHERE `+outgoing+` ORDER BY started_at, call_id`, moment(from), moment(to))
	if err != nil {
		cancel()
		return wrap("read calls", err)
	}
	defer rows.Close()
	defer cancel() // first: else the connection would read what nobody wants
	s := callScanner{words: map[string]string{}}
	chunk := make([]CallRow, 0, callChunk)
	for more := true; more; {
		chunk = chunk[:0]
		for len(chunk) < callChunk {
			if more = rows.Next(); !more {
				break
			}
			call, err := s.scan(rows)
			if err != nil {
				return wrap("read calls", err)
			}
			chunk = append(chunk, call)
		}
		// A look-up for each call within the query would take as long again.
		if err := d.countAttempts(ctx, chunk); err != nil {
			return wrap("count attempts", err)
		}
		for i := range chunk {
			if err := one(chunk[i]); err != nil {
				return err
			}
		}
	}
	return wrap("read calls", rows.Err())
}

func (d *DB) countAttempts(ctx context.Context, calls []CallRow) error {
	if len(calls) == 0 {
		return nil
	}
	ids := make([]any, len(calls))
	place := make(map[string]int, len(calls))
	for i := range calls {
		ids[i], place[calls[i].CallID] = calls[i].CallID, i
	}
	rows, err := d.bulk.QueryContext(ctx, attemptsOf(len(ids)), ids...)
	if err != nil {
		return err
	}
	return eachRow(rows, func(rows *sql.Rows) error {
		var id sql.RawBytes
		var n int
		err := rows.Scan(&id, &n)
		calls[place[string(id)]].Attempts = n
		return err
	})
}

func attemptsOf(calls int) string {
	return `SELECT call_id, COUNT(*) FROM attempts WHERE call_id IN (?` + strings.Repeat(", ?", calls-1) + `) GROUP BY call_id`
}

// callScanner reads rows of EachCall and keeps the words that come again and
// again: names of servers, keys of routes.
type callScanner struct {
	text  [10]sql.RawBytes
	words map[string]string
}

func (s *callScanner) scan(rows *sql.Rows) (CallRow, error) {
	var c CallRow
	t := &s.text
	if err := rows.Scan(&t[0], &t[1], &t[2], &t[3], &t[4], &t[5], &t[6], &c.StartedAt, &t[7], &t[8], &t[9]); err != nil {
		return CallRow{}, err
	}
	var numbers [3]int64
	for i, column := range []sql.RawBytes{t[2], t[3], t[7]} {
		if column == nil {
			continue
		}
		var ok bool
		if numbers[i], ok = parseInt(column); !ok {
			return CallRow{}, errNumberColumn
		}
	}
	c.CallID, c.Server = string(t[0]), s.word(t[1])
	c.AccountID, c.SubscriberID, c.Talk = numbers[0], numbers[1], fromMS(numbers[2])
	c.CLI, c.BNumber, c.RoutingNumber = e164.Number(t[4]), e164.Number(t[5]), e164.Number(t[6])
	c.Disposition, c.Route = billing.Disposition(s.word(t[8])), s.word(t[9])
	return c, nil
}

// maxWords bounds what word keeps.
const maxWords = 100_000

func (s *callScanner) word(b []byte) string {
	if w, ok := s.words[string(b)]; ok {
		return w
	}
	if len(s.words) >= maxWords {
		clear(s.words)
	}
	w := string(b)
	s.words[w] = w
	return w
}
