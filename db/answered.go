package db

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// answeredCall is valid until the next one is read.
type answeredCall struct {
	number  []byte // E.164
	routed  []byte // the number it was routed by: another if the number is ported
	seconds int64  // of talk, a started second counts
}

// eachAnswered streams the outgoing calls since then that were answered, in no
// order.
func (d *DB) eachAnswered(ctx context.Context, since time.Time, one func(c answeredCall)) error {
	ctx, cancel := context.WithCancel(ctx)
	rows, err := d.sums.QueryContext(ctx, `SELECT b_number, COALESCE(routing_number, b_number), talk_ms FROM calls
		WHERE disposition = 'answered' AND started_at >= ? AND direction = 'out' AND talk_ms > 0 AND b_number IS NOT NULL`, moment(since))
	if err != nil {
		cancel()
		return err
	}
	defer rows.Close()
	defer cancel() // first: else the connection would read what nobody wants
	var row [3]sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&row[0], &row[1], &row[2]); err != nil {
			return err
		}
		talkMS, ok := parseInt(row[2])
		if !ok || !isNumber(row[0]) || !isNumber(row[1]) {
			return fmt.Errorf("calls: number %q, routing number %q, talk %q: %w", row[0], row[1], row[2], errNumberColumn)
		}
		one(answeredCall{number: row[0], routed: row[1], seconds: (talkMS + 999) / 1000})
	}
	return rows.Err()
}

// maxNumber is how many digits the columns of numbers take.
const maxNumber = 15

var errNumberColumn = errors.New("digits expected")

func isNumber(text []byte) bool {
	return len(text) <= maxNumber && len(bytes.Trim(text, "0123456789")) == 0
}

// prefixKey holds up to 15 digits, four bits each from the top, a digit plus
// one: a key for maps that takes no memory of its own, and in order.
type prefixKey uint64

func packDigits(digits []byte) prefixKey {
	var k prefixKey
	for i, c := range digits {
		k |= prefixKey(c-'0'+1) << (60 - 4*i)
	}
	return k
}

// first is the key of the leading digits alone.
func (k prefixKey) first(digits int) prefixKey { return k &^ (1<<(64-4*digits) - 1) }

func (k prefixKey) String() string {
	var text []byte
	for ; k != 0; k <<= 4 {
		text = append(text, byte(k>>60)-1+'0')
	}
	return string(text)
}
