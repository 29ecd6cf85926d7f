package bench

import (
	"bytes"
	"strings"
	"testing"
)

// A small run with everything in it: reports from rollups say what those from
// attempts say, or it fails.
func TestReports(t *testing.T) {
	t.Parallel()
	o := tiny(t)
	report, err := Reports(t.Context(), o, ReportsSpec{Attempts: 3000, Days: 1, Rounds: 1, Raw: 1})
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Rolls) != 2 || report.Rolls[0].Attempts != 3000 || report.Rolls[0].Each <= 0 {
		t.Errorf("rolled %+v", report.Rolls)
	}
	for _, c := range report.Cases {
		if c.Rows == 0 || c.Rollup.Median <= 0 {
			t.Errorf("%s: %+v", c.What, c)
		}
	}
	for _, table := range report.Tables {
		if table.Rows == 0 || table.Each == 0 {
			t.Errorf("%+v", table)
		}
	}
	var text, tables bytes.Buffer
	if err := report.Print(&text); err != nil {
		t.Fatal(err)
	}
	larger := report
	larger.Attempts *= 10
	if err := reportsTables(&tables, []ReportsReport{report, larger, report}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(tables.String(), "| report |"); n != 2 || !strings.Contains(tables.String(), "30000 attempts of 1 days") {
		t.Errorf("%d sizes in\n%s", n, &tables)
	}
	for _, want := range []string{"by provider and country", "bytes an attempt", "the last day, again", "quality_causes"} {
		if !strings.Contains(text.String(), want) || !strings.Contains(tables.String(), want) {
			t.Errorf("nothing of %s in\n%s\n%s", want, &text, &tables)
		}
	}
	if _, err := Reports(t.Context(), o, ReportsSpec{Attempts: 3000, Days: 0, Rounds: 1, Raw: 1}); err == nil {
		t.Error("no days are taken")
	}
}
