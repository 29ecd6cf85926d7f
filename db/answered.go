package db

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"time"
)

// eachAnswered streams number and talk of every outgoing call since then that
// was answered, in no order. number is valid until one returns.
func (d *DB) eachAnswered(ctx context.Context, number string, since time.Time, one func(number []byte, talkMS int64) error) error {
	ctx, cancel := context.WithCancel(ctx)
	rows, err := d.bulk.QueryContext(ctx, `SELECT `+number+`, talk_ms FROM calls
		WHERE disposition = 'answered' AND started_at >= ? AND direction = 'out' AND talk_ms > 0 AND b_number IS NOT NULL`, moment(since))
	if err != nil {
		cancel()
		return err
	}
	defer rows.Close()
	defer cancel() // first: else the connection would read what nobody wants
	var row [2]sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&row[0], &row[1]); err != nil {
			return err
		}
		talk, ok := parseInt(row[1])
		if !ok || len(bytes.Trim(row[0], "0123456789")) > 0 || len(row[0]) > maxNumber {
			return errNumberColumn
		}
		if err := one(row[0], talk); err != nil {
			return err
		}
	}
	return rows.Err()
}

// maxNumber is how many digits the columns of numbers take.
const maxNumber = 15

var errNumberColumn = errors.New("a column of calls holds no number")

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
