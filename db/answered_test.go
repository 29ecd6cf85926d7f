package db_test

import (
	"errors"
	"fmt"
	"strconv"
	"testing"
	"time"

	"tandem/db"
	"tandem/internal/e164"
)

// talk puts answered outgoing calls into the database.
func (b bundle) talk(number string, calls int, talkMS int) {
	b.t.Helper()
	b.exec(`INSERT INTO calls (call_id, server, direction, b_number, started_at, disposition, talk_ms)
		SELECT CONCAT('s-', UUID(), seq), 's', 'out', ?, '2026-03-01', 'answered', ? FROM seq_1_to_1000 WHERE seq <= ?`, number, talkMS, calls)
}

// noise are calls that count nowhere.
func (b bundle) noise() {
	b.t.Helper()
	b.exec(`INSERT INTO calls (call_id, server, direction, b_number, started_at, disposition, talk_ms)
		SELECT CONCAT('n1-', seq), 's', 'out', '447700900123', '2026-02-28', 'answered', 5000 FROM seq_1_to_40`) // too early
	b.exec(`INSERT INTO calls (call_id, server, direction, b_number, started_at, disposition, talk_ms)
		SELECT CONCAT('n2-', seq), 's', 'in', '447700900123', '2026-03-01', 'answered', 5000 FROM seq_1_to_40`)
	b.exec(`INSERT INTO calls (call_id, server, direction, b_number, started_at, disposition, talk_ms)
		SELECT CONCAT('n3-', seq), 's', 'out', '447700900123', '2026-03-01', 'busy', 0 FROM seq_1_to_40`)
	b.exec(`INSERT INTO calls (call_id, server, direction, b_number, started_at, disposition, talk_ms)
		SELECT CONCAT('n4-', seq), 's', 'out', NULL, '2026-03-01', 'answered', 5000 FROM seq_1_to_40`)
}

func TestCallLengths(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	b.noise()
	b.talk("447700900123", 20, 1)    // a started second
	b.talk("447700900123", 10, 2500) // the same class: mean of 1 and 3, rounded up
	b.talk("442071234567", 29, 61_000)
	b.talk("442071234567", 1, 60_000)
	b.talk("31", 29, 400_000) // too few
	b.talk("998", 30, 90_000_000)
	b.exec("INSERT INTO call_lengths VALUES ('999', 7, 7)") // of the time before
	before := b.one("SELECT COUNT(*) FROM change_log")

	got, err := b.CallLengths(t.Context(), at("2026-03-01 00:00:00"))
	if err != nil {
		t.Fatal(err)
	}
	var want [][]string
	all := [][]string{{"", "2", "30"}, {"", "60", "1"}, {"", "61", "29"}, {"", "400", "29"}, {"", "90000", "30"}}
	want = append(want, all...)
	for _, p := range []string{"4", "44"} {
		want = append(want, []string{p, "2", "30"}, []string{p, "60", "1"}, []string{p, "61", "29"})
	}
	for _, p := range []string{"442", "4420", "44207", "442071", "4420712"} {
		want = append(want, []string{p, "60", "1"}, []string{p, "61", "29"})
	}
	for _, p := range []string{"447", "4477", "44770", "447700", "4477009"} {
		want = append(want, []string{p, "2", "30"})
	}
	for _, p := range []string{"9", "99", "998"} {
		want = append(want, []string{p, "90000", "30"})
	}
	same(t, "lengths", want, b.table("SELECT * FROM call_lengths ORDER BY prefix, seconds"))
	same(t, "result", db.LengthsResult{Calls: 119, Prefixes: 16, Rows: len(want)}, got)

	// Told once, whatever the number of rows.
	n, err := strconv.Atoi(before)
	if err != nil {
		t.Fatal(err)
	}
	if after := b.one("SELECT COUNT(*) FROM change_log"); after != strconv.Itoa(n+1) {
		t.Errorf("change_log has %s rows, had %s; want one more", after, before)
	}
	if data, problems := b.load(); len(data.Lengths) != len(want) || len(problems) != 0 {
		t.Errorf("%d lengths loaded, %v", len(data.Lengths), problems)
	}
}

// Every talk falls into the class whose bound is the first that is not below it.
func TestCallLengthsAtTheBounds(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	bounds := []int{3, 6, 10, 15, 20, 30, 40, 50, 60, 75, 90, 120, 150, 180, 240, 300, 420, 600, 900, 1200, 1800, 2700, 3600, 7200, 86400}
	for _, s := range bounds {
		b.talk("7", 2, s*1000)
		b.talk("7", 1, s*1000+1) // the next class
	}
	if _, err := b.CallLengths(t.Context(), at("2026-03-01 00:00:00")); err != nil {
		t.Fatal(err)
	}
	var want [][]string
	for i, s := range bounds {
		calls, sum := 2, 2*s
		if i > 0 {
			calls, sum = 3, sum+bounds[i-1]+1
		}
		if i == len(bounds)-1 {
			calls, sum = 4, sum+s+1 // the last has no end
		}
		want = append(want, []string{strconv.Itoa((sum + calls - 1) / calls), strconv.Itoa(calls)})
	}
	same(t, "classes", want, b.table("SELECT seconds, calls FROM call_lengths WHERE prefix = '7' ORDER BY seconds"))
}

// One node does it at a time; one that died is waited for no longer than its
// lease.
func TestJobsAreDoneByOneNode(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	for name, do := range map[string]func() error{
		"call lengths":   func() error { _, err := b.CallLengths(t.Context(), at("2026-03-01 00:00:00")); return err },
		"forget reasons": func() error { _, err := b.ForgetReasons(t.Context(), time.Hour); return err },
	} {
		b.exec("INSERT INTO jobs (name, owner, lease_until) VALUES (?, 'another node', UTC_TIMESTAMP(3) + INTERVAL 1 HOUR)", name)
		if err := do(); !errors.Is(err, db.ErrBusy) {
			t.Errorf("%s: %v; want %v", name, err, db.ErrBusy)
		}
		b.exec("UPDATE jobs SET lease_until = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND WHERE name = ?", name)
		for range 2 {
			if err := do(); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestTraffic(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.noise()
	b.talk("447700900123", 3, 1500)
	b.talk("447700900124", 1, 60_000)
	b.talk("442071234567", 2, 10_000)
	b.talk("7495", 1, 1)
	b.exec("UPDATE calls SET routing_number = '442099' WHERE b_number = '7495'") // moved to another network
	for _, c := range []struct {
		room, digits int
		want         []db.Traffic
	}{
		{4, 15, []db.Traffic{
			{Prefix: "442071234567", Calls: 2, Seconds: 20},
			{Prefix: "442099", Calls: 1, Seconds: 1},
			{Prefix: "447700900123", Calls: 3, Seconds: 6},
			{Prefix: "447700900124", Calls: 1, Seconds: 60},
		}},
		{3, 11, []db.Traffic{
			{Prefix: "44207123456", Calls: 2, Seconds: 20}, {Prefix: "442099", Calls: 1, Seconds: 1}, {Prefix: "44770090012", Calls: 4, Seconds: 66},
		}},
		{2, 4, []db.Traffic{{Prefix: "4420", Calls: 3, Seconds: 21}, {Prefix: "4477", Calls: 4, Seconds: 66}}},
		{1, 2, []db.Traffic{{Prefix: "44", Calls: 7, Seconds: 87}}},
	} {
		got, digits, err := b.TrafficWithin(t.Context(), at("2026-03-01 00:00:00"), c.room)
		if err != nil || digits != c.digits {
			t.Errorf("room for %d: %d digits, %v; want %d", c.room, digits, err, c.digits)
		}
		same(t, fmt.Sprintf("room for %d", c.room), c.want, got)
	}
	if got, digits, err := b.Traffic(t.Context(), at("2026-03-01 00:00:00")); err != nil || len(got) != 4 || digits != 15 {
		t.Errorf("%v, %d digits, %v", got, digits, err)
	}
}

func TestRoutingNumber(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.exec("INSERT INTO ported_numbers VALUES ('442071234567', '4470009', UTC_TIMESTAMP(3))")
	for number, want := range map[e164.Number]e164.Number{"442071234567": "4470009", "442071234568": "", "": "", "4420712345679": ""} {
		got, ported, err := b.RoutingNumber(t.Context(), number)
		if err != nil || got != want || ported != (want != "") {
			t.Errorf("%s: %s, %t, %v; want %s", number, got, ported, err, want)
		}
	}
}

func TestCallNodes(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.exec(`INSERT INTO calls (call_id, server, direction, started_at, node) VALUES ('alpha-1.1', 'alpha', 'out', UTC_TIMESTAMP(3), 'a'), ('alpha-1.2', 'alpha', 'out', UTC_TIMESTAMP(3), NULL)`)
	ids := []string{"alpha-1.1", "alpha-1.2", "alpha-1.3"}
	for i := range 1500 { // more than one question takes
		ids = append(ids, fmt.Sprint("beta-", i))
	}
	got, err := b.CallNodes(t.Context(), ids)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "nodes", map[string]string{"alpha-1.1": "a", "alpha-1.2": ""}, got)
	if got, err := b.CallNodes(t.Context(), nil); err != nil || len(got) != 0 {
		t.Errorf("no calls: %v, %v", got, err)
	}
}

func TestNodes(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	alive := func(within time.Duration) []string {
		t.Helper()
		nodes, err := b.Alive(t.Context(), within, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, n := range nodes {
			if n.Busy {
				n.Name += " busy"
			}
			names = append(names, n.Name)
		}
		return names
	}
	if got := alive(time.Hour); len(got) != 0 {
		t.Errorf("%v alive before any heartbeat", got)
	}
	for _, name := range []string{"b", "a", "b"} {
		if err := b.Heartbeat(t.Context(), name, false); err != nil {
			t.Fatal(err)
		}
	}
	same(t, "alive", []string{"a", "b"}, alive(time.Minute))
	b.exec("UPDATE nodes SET seen_at = seen_at - INTERVAL 10 SECOND WHERE name = 'a'")
	same(t, "alive within 5 s", []string{"b"}, alive(5*time.Second))
	same(t, "alive within 30 s", []string{"a", "b"}, alive(30*time.Second))

	// A node that let a call in counts as busy for a while, whatever it says next.
	for _, busy := range []bool{true, false} {
		if err := b.Heartbeat(t.Context(), "b", busy); err != nil {
			t.Fatal(err)
		}
	}
	same(t, "busy", []string{"a", "b busy"}, alive(30*time.Second))
	b.exec("UPDATE nodes SET busy_at = busy_at - INTERVAL 2 MINUTE")
	same(t, "busy long ago", []string{"a", "b"}, alive(30*time.Second))

	// A node keeps its start from beat to beat; after another start it has another.
	started := b.one("SELECT started_at FROM nodes WHERE name = 'b'")
	if err := b.Heartbeat(t.Context(), "b", false); err != nil {
		t.Fatal(err)
	}
	if now := b.one("SELECT started_at FROM nodes WHERE name = 'b'"); now != started {
		t.Errorf("started %s, said %s before", now, started)
	}
	b.exec("UPDATE nodes SET started_at = started_at - INTERVAL 1 DAY WHERE name = 'b'")
	if err := b.Heartbeat(t.Context(), "b", false); err != nil {
		t.Fatal(err)
	}
	if n := b.one("SELECT COUNT(*) FROM nodes WHERE name = 'b' AND started_at > seen_at - INTERVAL 1 HOUR"); n != "1" {
		t.Error("the start of an earlier process stands")
	}
}
