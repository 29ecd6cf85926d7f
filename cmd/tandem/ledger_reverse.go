package main

import (
	"context"
	"errors"
	"fmt"

	"tandem/billing"
	"tandem/db"
	"tandem/view"
)

type ledgerReverseCmd struct {
	Posting int64 `arg:"" help:"Posting, by its number in the ledger."`
	postingFlags
}

// ledgerReversed is what a reversal has done.
type ledgerReversed struct {
	Key      string         `json:"key"`
	Repeated bool           `json:"repeated"` // it had been posted before
	Reversed view.Posting   `json:"reversed"`
	Postings []view.Posting `json:"postings"`
}

// Run takes a posting back.
func (x ledgerReverseCmd) Run(ctx context.Context, e *env) error {
	if x.Note == "" {
		return errors.New("--note: a reversal needs a reason; say why")
	}
	if err := x.check(); err != nil {
		return err
	}
	return withDB(ctx, e, func(database *db.DB) error {
		was, err := database.Posting(ctx, x.Posting)
		if errors.Is(err, db.ErrNotFound) {
			return fmt.Errorf("posting %d: there is none; tandem ledger show tells their numbers", x.Posting)
		}
		if err != nil {
			return err
		}
		now, err := database.Now(ctx)
		if err != nil {
			return err
		}
		key := x.key()
		posted, err := database.Reverse(ctx, x.Posting, key, x.Note, now)
		if err != nil {
			return postingTold(ctx, err, key)
		}
		all, err := view.NewBooks(database).Postings(ctx, append([]billing.Posting{was}, posted...)...)
		if err != nil {
			return err
		}
		v := ledgerReversed{Key: key, Repeated: repeated(posted, now), Reversed: all[0], Postings: all[1:]}
		if x.JSON {
			return printJSON(e, v)
		}
		return v.print(e)
	})
}

func (v ledgerReversed) print(e *env) error {
	fmt.Fprintf(e.out, "key %s%s\n\n", v.Key, repeatedText(v.Repeated))
	return printPostings(e.out, append([]view.Posting{v.Reversed}, v.Postings...))
}

func repeatedText(yes bool) string {
	if yes {
		return ": posted before; nothing was changed"
	}
	return ""
}
