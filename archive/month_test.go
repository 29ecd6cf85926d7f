package archive_test

import (
	"errors"
	"testing"
	"time"

	"tandem/archive"
)

// A column that is newer than the archive is archived before rows leave.
func TestNewColumnIsArchived(t *testing.T) {
	t.Parallel()
	s := full()
	k := write(t, s)
	s.kinds = append(s.kinds, archive.Integer)
	for i, r := range s.rows["calls"] {
		s.rows["calls"][i] = append(r, []byte("5"))
	}
	m, err := k.Archive(t.Context(), 202603)
	if err != nil || len(m.Tables[0].Columns) != 6 {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestMonthHasToBeOver(t *testing.T) {
	t.Parallel()
	const year = 365 * 24 * time.Hour
	for _, c := range []struct {
		ago           time.Duration
		archive, move error
	}{
		{-time.Second, archive.ErrTooYoung, archive.ErrTooYoung},
		{0, nil, archive.ErrTooYoung},
		{archive.LeastAge - time.Second, nil, archive.ErrTooYoung},
		{archive.LeastAge, nil, errNotHere}, // it goes as far as setting aside
	} {
		s := full()
		s.young = year - c.ago
		k := archive.Keeper{Store: s, Dir: t.TempDir()}
		if _, err := k.Archive(t.Context(), 202603); !errors.Is(err, c.archive) {
			t.Errorf("archive after %v: %v", c.ago, err)
		}
		if _, err := k.Move(t.Context(), 202603); !errors.Is(err, c.move) {
			t.Errorf("move after %v: %v", c.ago, err)
		}
	}
}

func TestMonths(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "2026", "2026-3", "2026-13", "2026-00", "202603", "2026-03-01", "../2026-03"} {
		if month, err := archive.ParseMonth(name); err == nil {
			t.Errorf("%q is taken for %d", name, month)
		}
	}
	if month, err := archive.ParseMonth("2026-03"); month != 202603 || err != nil || archive.MonthName(month) != "2026-03" {
		t.Errorf("%d, %v", month, err)
	}
}
