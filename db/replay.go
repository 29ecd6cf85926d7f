package db

import (
	"context"
	"database/sql"
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
	err = d.sums.QueryRowContext(ctx, `SELECT COUNT(*) FROM calls WHERE `+outgoing, moment(from), moment(to)).Scan(&n)
	return n, wrap("count calls", err)
}

// EachCall gives every outgoing call that began from from until before to, in
// the order of their beginning. An error of one ends it and is returned as it
// is.
func (d *DB) EachCall(ctx context.Context, from, to time.Time, one func(CallRow) error) error {
	ctx, cancel := context.WithCancel(ctx)
	rows, err := d.sums.QueryContext(ctx, `SELECT call_id, server, account_id, subscriber_id, cli, b_number, routing_number,
			started_at, talk_ms, disposition, route, (SELECT COUNT(*) FROM attempts a WHERE a.call_id = c.call_id AND a.month = c.month)
		FROM calls c WHERE `+outgoing+` ORDER BY started_at, call_id`, moment(from), moment(to))
	if err != nil {
		cancel()
		return wrap("read calls", err)
	}
	defer rows.Close()
	defer cancel() // first: else the connection would read what nobody wants
	s := callScanner{words: map[string]string{}}
	for rows.Next() {
		call, err := s.scan(rows)
		if err != nil {
			return wrap("read calls", err)
		}
		if err := one(call); err != nil {
			return err
		}
	}
	return wrap("read calls", rows.Err())
}

// callScanner reads rows of EachCall and keeps the words that come again and
// again: names of servers, keys of routes.
type callScanner struct {
	text  [11]sql.RawBytes
	words map[string]string
}

func (s *callScanner) scan(rows *sql.Rows) (CallRow, error) {
	var c CallRow
	t := &s.text
	if err := rows.Scan(&t[0], &t[1], &t[2], &t[3], &t[4], &t[5], &t[6], &c.StartedAt, &t[7], &t[8], &t[9], &t[10]); err != nil {
		return CallRow{}, err
	}
	var numbers [4]int64
	for i, column := range []sql.RawBytes{t[2], t[3], t[7], t[10]} {
		if column == nil {
			continue
		}
		var ok bool
		if numbers[i], ok = parseInt(column); !ok {
			return CallRow{}, errNumberColumn
		}
	}
	c.CallID, c.Server = string(t[0]), s.word(t[1])
	c.AccountID, c.SubscriberID, c.Talk, c.Attempts = numbers[0], numbers[1], fromMS(numbers[2]), int(numbers[3])
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
