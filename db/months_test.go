package db_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"tandem/db"
)

// The month of a call id is worked out by MariaDB when the row is written and by us
// when it is looked for: they must agree on everything, or a call is not found.
func TestCallMonthIsThatOfTheColumn(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	ids := []string{
		"alpha-1795324814.27", "1795324814.27", "a-b.c-1795324814.0", "-1795324814.1", "alpha-1795324814.27\n", "alpha-1795324814.27 ",
		"alpha-1795324814", "alpha-1795324814.", "alpha-179532481.1", "alpha-17953248144.1", "alpha-1795324814.1.2", "alpha-1795324814-1.2",
		"alpha 1795324814.1", "alpha-1795324814.x", "c1", "-", ".", "-.", "alpha-9999999999.1", "alpha-0000000000.1", "alpha-1793491199.9",
		"alpha-1793491200.0", "alpha-\x001795324814.1", "alpha-1795324814.1\x00", "'; --", `\`, "alpha-+795324814.1",
	}
	r := rand.New(rand.NewPCG(8, 1))
	for range 500 {
		const letters = "a-.0123456789\n \\Z"
		text := []byte{'x'}
		for range r.IntN(20) {
			text = append(text, letters[r.IntN(len(letters))])
		}
		id := string(text)
		ids = append(ids, id, fmt.Sprintf("%s-%d.%d", id, r.Int64N(10_000_000_000), r.IntN(100)))
	}
	months := map[int]bool{}
	for _, id := range ids {
		var month int
		b.exec("DELETE FROM calls") // MariaDB takes "a" and "a " for the same
		b.exec("INSERT INTO calls (call_id, server, direction, started_at) VALUES (?, 's', 'out', '2026-03-01')", id)
		if err := b.hand.QueryRowContext(t.Context(), "SELECT month FROM calls").Scan(&month); err != nil {
			t.Fatalf("%q: %v", id, err)
		}
		if got := db.CallMonth(id); got != month {
			t.Errorf("%q: we say %d, MariaDB %d", id, got, month)
		}
		months[month] = true
	}
	for _, want := range []int{0, 202610, 202611, 228611} {
		if !months[want] {
			t.Errorf("no id of month %d: months %v", want, months)
		}
	}
}
