package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tandem/archive"
)

// oldMonth gives the database a partition of March 2026 with three calls.
func oldMonth(t *testing.T, c config) {
	t.Helper()
	month := firstMonth(t, c)
	for _, table := range []string{"calls", "attempts"} {
		change(t, c, fmt.Sprintf("ALTER TABLE %s REORGANIZE PARTITION p%d INTO (PARTITION p202603 VALUES LESS THAN (202604), PARTITION p%[2]d VALUES LESS THAN (%d))",
			table, month, month+1))
	}
	change(t, c, `INSERT INTO calls (call_id, server, direction, started_at, ended_at, disposition, closed_by)
		SELECT CONCAT('alpha-', 1772323200 + seq, '.', seq), 'alpha', 'out', '2026-03-01', '2026-03-01', 'busy', 'report' FROM seq_1_to_3`)
	change(t, c, `INSERT INTO attempts (call_id, n, started_at, result) SELECT call_id, 1, started_at, 'busy' FROM calls`)
}

// firstMonth is the oldest month that has a partition.
func firstMonth(t *testing.T, c config) int {
	t.Helper()
	database, err := openDB(t.Context(), c, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	months, err := database.RecordMonths(t.Context())
	if err != nil || len(months) < 2 {
		t.Fatal(months, err)
	}
	return months[1].Month // behind that of call ids without a time
}

func TestArchiveCommands(t *testing.T) {
	config := migratedOffice(t)
	c, err := loadConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	oldMonth(t, c)
	dir := filepath.Join(t.TempDir(), "archive")

	if _, err := say(t, config, "archive", "create", "2026-03"); err == nil || !strings.Contains(err.Error(), "keep.archive") {
		t.Errorf("without a folder: %v", err)
	}
	if _, err := say(t, config, "archive", "create", "03/2026", "--dir", dir); err == nil || !strings.Contains(err.Error(), "such as 2026-03") {
		t.Errorf("without a month: %v", err)
	}
	if _, err := say(t, config, "archive", "list", "--dir", dir+"/none"); err == nil || !strings.Contains(err.Error(), "there is no such folder; tandem archive create makes it") {
		t.Errorf("a folder that is not there: %v", err)
	}
	out := must(t, config, "archive", "create", "2026-03", "--dir", dir)
	if !strings.Contains(out, "calls") || !strings.Contains(out, "3 rows") || count(t, c, "SELECT COUNT(*) FROM calls") != 3 {
		t.Errorf("create:\n%s", out)
	}
	must(t, config, "archive", "create", "2026-03", "--dir", dir, "--remove")
	if n := count(t, c, "SELECT (SELECT COUNT(*) FROM calls) + (SELECT COUNT(*) FROM attempts)"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	var list []archiveLine
	if err := json.Unmarshal([]byte(must(t, config, "archive", "list", "--dir", dir, "--json")), &list); err != nil {
		t.Fatal(err)
	}
	found := false
	for _, l := range list {
		found = found || l.Month == "2026-03" && l.Archive != nil && l.Archive.Tables[0].Rows == 3
	}
	if !found {
		t.Errorf("list: %+v", list)
	}
	if out := must(t, config, "archive", "list", "--dir", dir); !strings.Contains(out, "2026-03") {
		t.Errorf("list:\n%s", out)
	}
	must(t, config, "archive", "verify", "--dir", dir)
	if out := must(t, config, "archive", "restore", "2026-03", "--dir", dir); !strings.Contains(out, "calls: 3 rows, 3 of them added") {
		t.Errorf("restore:\n%s", out)
	}
	if out := must(t, config, "ledger", "verify"); !strings.Contains(out, "agree") {
		t.Errorf("ledger verify:\n%s", out)
	}

	file := filepath.Join(dir, "2026-03", "calls.ndjson.zst")
	if err := os.Truncate(file, 10); err != nil {
		t.Fatal(err)
	}
	if _, err := say(t, config, "archive", "verify", "--dir", dir); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("a damaged archive: %v", err)
	}
}

// What a run that died has left of one month does not keep others from their
// archives; it is told at the end.
func TestArchiveGoesOnWithOtherMonths(t *testing.T) {
	config := migratedOffice(t)
	c, err := loadConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	oldMonth(t, c)
	dir := filepath.Join(t.TempDir(), "archive")
	// The calls of February are gone, its attempts are not, and its archive is lost:
	// nobody may decide about them by himself.
	change(t, c, "CREATE TABLE attempts_aside_202602 LIKE attempts")
	change(t, c, "ALTER TABLE attempts_aside_202602 REMOVE PARTITIONING")
	change(t, c, "INSERT INTO attempts_aside_202602 (call_id, n, started_at, result) VALUES ('alpha-1769990400.1', 1, '2026-02-02', 'busy')")

	out, err := say(t, config, "archive", "create", "2026-02", "2026-03", "--dir", dir)
	if !strings.Contains(out, "2026-03") || !strings.Contains(out, "3 rows") {
		t.Errorf("the month that can be archived:\n%s", out)
	}
	if err == nil || !strings.Contains(err.Error(), "2026-02") || strings.Contains(err.Error(), "2026-03") {
		t.Errorf("the month that cannot: %v", err)
	}
	if _, err := archive.Verify(t.Context(), dir, 202603); err != nil {
		t.Error(err)
	}
	if _, err := archive.ReadManifest(dir, 202602); !errors.Is(err, archive.ErrNone) {
		t.Errorf("an archive without what is aside: %v", err)
	}
	if _, err := say(t, config, "archive", "create", "2026-03", "--remove", "--dir", dir); err == nil || !strings.Contains(err.Error(), "2026-02") {
		t.Errorf("--remove: %v", err)
	}
	if n := count(t, c, "SELECT COUNT(*) FROM calls"); n != 0 {
		t.Errorf("%d calls are left", n)
	}
	if n := count(t, c, "SELECT COUNT(*) FROM attempts_aside_202602"); n != 1 {
		t.Errorf("%d attempts are aside", n)
	}
}

// What a node does every hour.
func TestOldMonthsLeave(t *testing.T) {
	config := migratedOffice(t)
	c, err := loadConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	oldMonth(t, c)
	database, err := openDB(t.Context(), c, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	defer database.Close()
	round := func(keep keepConfig) (months []int) {
		t.Helper()
		if err := moveMonths(t.Context(), database, keep, func(month int, err error) {
			if err != nil {
				t.Errorf("%d: %v", month, err)
			}
			months = append(months, month)
		}); err != nil {
			t.Error(err)
		}
		return months
	}
	// What a command that died has set aside is put back by whoever comes next.
	change(t, c, "CREATE TABLE calls_aside_202603 LIKE calls")
	change(t, c, "ALTER TABLE calls_aside_202603 REMOVE PARTITIONING")
	change(t, c, "ALTER TABLE calls EXCHANGE PARTITION p202603 WITH TABLE calls_aside_202603")
	if out := must(t, config, "archive", "list"); !strings.Contains(out, "2026-03, being moved: calls") {
		t.Errorf("a month that is aside:\n%s", out)
	}
	if got := round(keepConfig{}); got != nil || count(t, c, "SELECT COUNT(*) FROM calls") != 3 {
		t.Errorf("kept for ever: %v left", got)
	}
	if got := round(keepConfig{Records: 50 * 365 * 24 * time.Hour}); got != nil {
		t.Errorf("kept for 50 years: %v left", got)
	}
	keep := keepConfig{Records: leastRecords, Archive: t.TempDir()}
	if got := round(keep); len(got) != 1 || got[0] != 202603 || count(t, c, "SELECT COUNT(*) FROM calls") != 0 {
		t.Errorf("kept for two months: %v left", got)
	}
	if got := round(keep); got != nil {
		t.Errorf("the second round: %v left", got)
	}
	if _, err := archive.Verify(t.Context(), keep.Archive, 202603); err != nil {
		t.Error(err)
	}
}
