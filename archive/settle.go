package archive

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Recover sees to what a run that died has left. An archive that lost its name has
// it again. Records that were set aside are removed if they are what the archive
// has, and put back if not. What is told are the months for which neither could be
// done; others do not wait for them.
func (k Keeper) Recover(ctx context.Context) error {
	errs := []error{k.recoverOld()}
	all, err := k.Store.AllAside(ctx)
	if err != nil {
		return errors.Join(append(errs, err)...)
	}
	seen := map[int]bool{}
	for _, p := range all {
		if !seen[p.Month] {
			seen[p.Month] = true
			back, err := k.settle(ctx, p.Month)
			if errors.Is(back, ErrChanged) || errors.Is(back, ErrNone) {
				back = nil // the next try archives it
			}
			errs = append(errs, back, err)
		}
	}
	return errors.Join(errs...)
}

// settle removes what was set aside of a month, or puts it back: back is why. With
// err it is still aside.
//
// Tables are set aside and removed in the same order, and put back in the other. So
// when the first one is not aside, its rows were removed, and the archive is the only
// place that has them: the others are removed, too, or stay where they are.
func (k Keeper) settle(ctx context.Context, month int) (back, err error) {
	aside, err := k.aside(ctx, month)
	if err != nil || len(aside) == 0 {
		return nil, err
	}
	removing := aside[0].Table != k.Store.Tables()[0]
	if back = k.compareWhole(ctx, month, removing); back == nil {
		return nil, k.eachAside(ctx, month, k.Store.Remove)
	}
	if ctx.Err() != nil || removing {
		return nil, back // the next run goes on from here
	}
	return back, k.putBack(ctx, month)
}

// compareWhole sets aside what is not yet, and says whether all of it is what the
// archive has.
func (k Keeper) compareWhole(ctx context.Context, month int, removing bool) error {
	if k.Dir == "" {
		return fmt.Errorf("%s: no folder of archives: %w", MonthName(month), ErrNone)
	}
	m, err := ReadManifest(k.Dir, month)
	if err != nil {
		return err
	}
	if removing {
		return k.compareAside(ctx, m, month)
	}
	// Rows that are in the table again were put back by a run that died in it, or are
	// newer than the archive.
	for _, step := range []func() error{
		func() error { return k.nothingBack(ctx, month) },
		func() error { return k.completeAside(ctx, month) },
		func() error { return k.compareAside(ctx, m, month) },
		func() error { return k.nothingBack(ctx, month) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// errOneRow ends the reading of rows.
var errOneRow = errors.New("there is a row")

// nothingBack looks whether tables have rows of a month whose part is aside.
func (k Keeper) nothingBack(ctx context.Context, month int) error {
	return k.eachAside(ctx, month, func(ctx context.Context, p Part) error {
		p.Aside = false
		columns, err := k.Store.PartColumns(ctx, p)
		if err != nil {
			return err
		}
		err = k.Store.Rows(ctx, p, columns, func([][]byte) error { return errOneRow })
		if errors.Is(err, errOneRow) {
			err = fmt.Errorf("%s %s: %w", p.Table, MonthName(month), ErrChanged)
		}
		return err
	})
}

// completeAside sets aside what a run that died had no time for.
func (k Keeper) completeAside(ctx context.Context, month int) error {
	aside, err := k.aside(ctx, month)
	if err != nil {
		return err
	}
	for _, table := range k.Store.Tables() {
		if slices.ContainsFunc(aside, func(p Part) bool { return p.Table == table }) {
			continue
		}
		if err := k.Store.SetAside(ctx, Part{Table: table, Month: month}); err != nil {
			return err
		}
	}
	return nil
}

func (k Keeper) compareAside(ctx context.Context, m Manifest, month int) error {
	return k.eachAside(ctx, month, func(ctx context.Context, p Part) error {
		t, found := m.Table(p.Table)
		if !found {
			return fmt.Errorf("%s: %w: no %s, but %s", m.Month, ErrDamaged, p.Table, tableNames(m.Tables))
		}
		columns, err := k.Store.PartColumns(ctx, p)
		if err != nil {
			return err
		}
		same := slices.Equal(columns, t.Columns)
		if same {
			_, same, err = k.same(ctx, p, t)
		}
		if err == nil && !same {
			err = fmt.Errorf("%s %s: %w", p.Table, m.Month, ErrChanged)
		}
		return err
	})
}

// putBack goes the other way round.
func (k Keeper) putBack(ctx context.Context, month int) error {
	aside, err := k.aside(ctx, month)
	if err != nil {
		return err
	}
	for _, p := range slices.Backward(aside) {
		if err := k.Store.PutBack(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// aside lists what is aside of a month, in the order of the tables.
func (k Keeper) aside(ctx context.Context, month int) ([]Part, error) {
	all, err := k.Store.AllAside(ctx)
	return slices.DeleteFunc(all, func(p Part) bool { return p.Month != month }), err
}

func (k Keeper) eachAside(ctx context.Context, month int, do func(ctx context.Context, p Part) error) error {
	aside, err := k.aside(ctx, month)
	if err != nil {
		return err
	}
	for _, p := range aside {
		if err := do(ctx, p); err != nil {
			return err
		}
	}
	return nil
}
