package db

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"tandem/billing/deck"
)

// numbered is a rate with its number among those of its prefix.
type numbered struct {
	n int
	deck.Rate
}

// deckWriter writes the rates of one deck, chunk by chunk: while one chunk is on
// its way to MariaDB, the next is collected.
type deckWriter struct {
	ctx      context.Context
	db       *DB
	id       int64
	lease    lease
	progress func(rates int)

	full    []numbered // being collected
	sent    chan error // the outcome of the chunk on its way; nil: there is none
	sending []numbered // that chunk
	written int
	flushed time.Time
	last    numbered
}

func newDeckWriter(ctx context.Context, d *DB, id int64, l lease, progress func(rates int)) *deckWriter {
	if progress == nil {
		progress = func(int) {}
	}
	return &deckWriter{ctx: ctx, db: d, id: id, lease: l, progress: progress, flushed: time.Now()}
}

// writeAll returns how many rates it has written. It returns only when nothing
// is on its way any more.
func (w *deckWriter) writeAll(rates deck.Rates) (written int, err error) {
	for r, err := range rates {
		if err == nil {
			err = w.add(r)
		}
		if err != nil {
			_ = w.await() // its own fault is the cause
			return w.written, err
		}
	}
	if err := w.flush(); err != nil {
		return w.written, err
	}
	return w.written, w.await()
}

func (w *deckWriter) add(r deck.Rate) error {
	if err := r.Validate(); err != nil {
		return err
	}
	n := 0
	switch {
	case r.Prefix == w.last.Prefix:
		n = w.last.n + 1
	case r.Prefix < w.last.Prefix:
		return fmt.Errorf("%w: %s after %s", errUnsorted, r.Prefix, w.last.Prefix)
	}
	w.last = numbered{n, r}
	w.full = append(w.full, w.last)
	if len(w.full) < chunkRates && (len(w.full)%100 != 0 || time.Since(w.flushed) < importFlush) {
		return nil
	}
	return w.flush()
}

// flush sends what is collected, once the chunk before it is written.
func (w *deckWriter) flush() error {
	if err := w.await(); err != nil || len(w.full) == 0 {
		return err
	}
	w.full, w.sending = w.sending[:0], w.full
	w.flushed = time.Now()
	sent := make(chan error, 1)
	w.sent = sent
	go func() { sent <- w.send(w.sending) }()
	return nil
}

// await waits for the chunk on its way.
func (w *deckWriter) await() error {
	if w.sent == nil {
		return nil
	}
	err := <-w.sent
	w.sent = nil
	if err != nil {
		return wrap(fmt.Sprintf("write rates %d to %d", w.written+1, w.written+len(w.sending)), err)
	}
	w.written += len(w.sending)
	w.progress(w.written)
	return nil
}

// send writes one chunk in one transaction, as long as the import is ours.
func (w *deckWriter) send(rates []numbered) error {
	return inTx(w.ctx, w.db.bulk, nil, func(tx *sql.Tx) error {
		if err := w.lease.keep(w.ctx, tx); err != nil {
			return err
		}
		if !w.db.localRefused.Load() {
			err := loadRates(w.ctx, tx, w.id, rates)
			if !hasNumber(err, errLocalRefused, errLocalDisabled) {
				return err
			}
			w.db.localRefused.Store(true)
		}
		return insertRates(w.ctx, tx, w.id, rates)
	})
}
