package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"tandem/archive"
	"tandem/db"
)

// forgetOld removes what is older than the configuration keeps, and makes the
// partitions of the months to come.
func (n *node) forgetOld(ctx context.Context) {
	_, err := n.db.MakePartitions(ctx)
	n.tell(ctx, "partitions of the months to come could not be made", err)
	keep := n.config.Keep
	if keep.Audit > 0 {
		_, err := n.db.ForgetAudit(ctx, keep.Audit)
		n.tell(ctx, "old entries of the audit log could not be removed", err)
	}
	if keep.AsteriskCDRs > 0 {
		_, err := n.db.ForgetAsteriskCDRs(ctx, keep.AsteriskCDRs)
		n.tell(ctx, "old records of Asterisk could not be forgotten", err)
	}
	err = moveMonths(ctx, n.db, keep, func(month int, err error) {
		if err == nil {
			n.log.Info().Str("month", archive.MonthName(month)).Str("archive", keep.Archive).Msg("the records of a month have left the database")
			return
		}
		n.tell(ctx, "the records of "+archive.MonthName(month)+" stay in the database", err)
	})
	n.tell(ctx, "old records could not be removed", err)
}

// moveMonths moves the months that are over for long enough out of the database, the
// oldest first, and tells of each. One that cannot go yet does not keep others. What
// a run that died has set aside is seen to, whatever is kept.
func moveMonths(ctx context.Context, database *db.DB, keep keepConfig, tell func(month int, err error)) error {
	if keep.Records == 0 {
		if aside, err := database.Records().AllAside(ctx); err != nil || len(aside) == 0 {
			return err
		}
	}
	return database.AloneWithMonths(ctx, func(ctx context.Context) error {
		k := archive.Keeper{Store: database.Records(), Dir: keep.Archive, Program: version}
		recovered := k.Recover(ctx)
		if keep.Records == 0 || ctx.Err() != nil {
			return recovered
		}
		months, err := movable(ctx, database, keep.Records)
		for _, month := range months {
			err := moveMonth(ctx, database, k, month)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if !errors.Is(err, errNothingThere) {
				tell(month, err)
			}
		}
		return errors.Join(recovered, err)
	})
}

// movable lists old months of which nothing is aside.
func movable(ctx context.Context, database *db.DB, keep time.Duration) ([]int, error) {
	months, err := database.OldMonths(ctx, keep)
	if err != nil {
		return nil, err
	}
	aside, err := database.Records().AllAside(ctx)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(months, func(month int) bool {
		return slices.ContainsFunc(aside, func(p archive.Part) bool { return p.Month == month })
	}), nil
}

// errNothingThere says that a month had no records.
var errNothingThere = errors.New("the month has no records")

func moveMonth(ctx context.Context, database *db.DB, k archive.Keeper, month int) error {
	gone, err := database.DropEmptyMonth(ctx, month)
	switch {
	case err != nil && !errors.Is(err, db.ErrBusy):
		return err
	case gone:
		return errNothingThere
	case k.Dir == "":
		return database.ForgetMonth(ctx, month)
	}
	_, err = k.Move(ctx, month)
	return err
}
