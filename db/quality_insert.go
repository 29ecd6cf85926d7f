package db

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
	"time"

	"tandem/quality"
)

// Bounds of one INSERT of rollups: rows are narrow.
const (
	insertRowsMost  = 500
	insertBytesMost = 1 << 20
)

// qualityInsert writes rows of a rollup. There are some for each attempt, of
// thirty numbers: they are written into the text, which costs a third of what
// placeholders do.
type qualityInsert struct {
	tx    *sql.Tx
	head  string
	start string // of each row of a bucket
	text  []byte
	args  []any // of strings that cannot go into the text
	rows  int
}

func insertQuality(tx *sql.Tx, cube *qualityCube) *qualityInsert {
	return &qualityInsert{tx: tx, head: "INSERT INTO " + cube.table + " (" + strings.Join(cube.columns(), ", ") + ") VALUES "}
}

// bucket is that of the rows that follow.
func (w *qualityInsert) bucket(level qualityLevel, at time.Time) {
	w.start = "(" + strconv.Itoa(int(level)) + at.Format(",'2006-01-02 15:04:05'")
}

// row begins a row; close ends it.
func (w *qualityInsert) row() {
	w.text = append(w.text, w.start...)
}

func (w *qualityInsert) number(v int64) {
	w.text = strconv.AppendInt(append(w.text, ','), v, 10)
}

func (w *qualityInsert) string(v string) {
	for i := range len(v) {
		switch c := v[i]; {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '_', c == '-', c == ' ':
		default: // it could end the string, or be of another character set
			w.text, w.args = append(w.text, ',', '?'), append(w.args, v)
			return
		}
	}
	w.text = append(append(append(w.text, ',', '\''), v...), '\'')
}

// measures are the columns of measureColumns.
func (w *qualityInsert) measures(m *quality.Measures) {
	for _, v := range [...]int64{m.Bids, m.Seizures, m.Effective, m.Answers, m.Short, m.Talk.Milliseconds()} {
		w.number(v)
	}
	w.text = append(append(w.text, ','), m.Cost.String()...)
	w.text = append(append(w.text, ','), m.Sale.String()...)
	for _, v := range [...]int64{m.Blamed.Caller, m.Blamed.Called, m.Blamed.Route, m.Blamed.Us} {
		w.number(v)
	}
	for i := range delayColumns {
		w.text = binsOf(&m.PDD, i).append(append(w.text, ','))
	}
	for _, v := range [...]int64{m.Media.Legs, m.Media.Silent, m.Media.Expected, m.Media.Lost, m.Media.JitterMicros, m.Media.MOS} {
		w.number(v)
	}
}

// close ends a row.
func (w *qualityInsert) close(ctx context.Context) error {
	w.text = append(w.text, ')', ',')
	if w.rows++; w.rows < insertRowsMost && len(w.text) < insertBytesMost {
		return nil
	}
	return w.flush(ctx)
}

// flush writes what is left.
func (w *qualityInsert) flush(ctx context.Context) error {
	if w.rows == 0 {
		return nil
	}
	_, err := w.tx.ExecContext(ctx, w.head+string(w.text[:len(w.text)-1]), w.args...)
	w.text, w.args, w.rows = w.text[:0], w.args[:0], 0
	return err
}
