package history

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tandem/billing"
	"tandem/db"
	"tandem/internal/money"
)

// books writes records in batches and sets money aside, in a database whose clock
// stands within a period of the calls' own.
type books struct {
	open    func(context.Context, time.Time) (*db.DB, error)
	now     func() time.Time
	end     time.Time // of the history
	db      *db.DB
	until   time.Time
	waiting []billing.Record
	err     error // of a batch that nobody waited for
}

const (
	batch    = 400
	payEvery = 30 * time.Hour
)

// period is how long the clock stands: the nearer to the end, the shorter, since
// there one looks more closely.
func (b *books) period() time.Duration {
	return min(max(b.end.Sub(b.now())/50, 20*time.Second), 30*time.Minute)
}

// at makes the database's clock stand about now.
func (b *books) at(ctx context.Context) (*db.DB, error) {
	if b.db != nil && b.now().Before(b.until) {
		return b.db, nil
	}
	if err := b.close(ctx); err != nil {
		return nil, err
	}
	var err error
	b.db, err = b.open(ctx, b.now())
	b.until = b.now().Add(b.period())
	return b.db, err
}

// close writes what waits.
func (b *books) close(ctx context.Context) error {
	if b.db == nil {
		return b.err
	}
	err := errors.Join(b.err, b.flush(ctx), b.db.Close())
	b.db = nil
	return err
}

func (b *books) flush(ctx context.Context) error {
	err := b.db.WriteRecords(ctx, b.waiting)
	b.waiting = b.waiting[:0]
	return err
}

// Put implements callflow.Recorder. Nothing is lost that a demo would miss: the
// batch that a record is in may be written later.
func (b *books) Put(ctx context.Context, r billing.Record) error {
	if _, err := b.at(ctx); err != nil {
		return err
	}
	b.waiting = append(b.waiting, r)
	if len(b.waiting) < batch {
		return nil
	}
	return b.flush(ctx)
}

// Queue implements callflow.Recorder.
func (b *books) Queue(r billing.Record) bool {
	b.waiting = append(b.waiting, r)
	return true
}

// Hold implements billing.HoldStore.
func (b *books) Hold(ctx context.Context, h billing.Hold, bounds billing.Bounds) (billing.Grant, error) {
	d, err := b.at(ctx)
	if err != nil {
		return billing.Grant{}, err
	}
	return d.Hold(ctx, h, bounds)
}

// Extend implements billing.HoldStore; nobody asks.
func (b *books) Extend(ctx context.Context, e billing.Extension) (billing.Grant, error) {
	d, err := b.at(ctx)
	if err != nil {
		return billing.Grant{}, err
	}
	return d.Extend(ctx, e)
}

// pay is the n-th time that the customers pay.
func (b *books) pay(ctx context.Context, n int, at time.Time) error {
	d, err := b.at(ctx)
	if err != nil {
		return err
	}
	for _, who := range customers() {
		amount, err := money.ParseAmount(who.pays)
		if err != nil {
			return err
		}
		if _, err := d.TopUp(ctx, db.TopUp{
			Key: fmt.Sprintf("history:%d:%d", who.account, n), AccountID: who.account, Amount: amount, At: at, Note: "bank transfer (demo history)",
		}); err != nil {
			return err
		}
	}
	return nil
}

// customers are the accounts that pay, and what.
func customers() []struct {
	account int64
	pays    string
} {
	return []struct {
		account int64
		pays    string
	}{{4, "20.00"}, {3, "10.00"}}
}
