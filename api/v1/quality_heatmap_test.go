package v1_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tandem/api/access"
	"tandem/db"
	"tandem/view"
)

// A heat map beside the time before says of each row, column and cell what the table
// says of it.
func TestHeatmapCompared(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.manyAttempts(600)
	// In the second half of the day provider 7 answers nothing.
	h.exec(`UPDATE attempts SET result = 'failed', blame = 'route', talk_ms = 0 WHERE provider_id = 7 AND started_at >= '2026-10-01 12:00:00' AND result = 'answered'`)
	if _, err := h.db.RebuildQuality(t.Context(), attemptsAt()); err != nil {
		t.Fatal(err)
	}
	if _, err := h.db.RollQuality(t.Context(), db.QualityRoll{Place: h.db.Atlas().Place}, nil); err != nil {
		t.Fatal(err)
	}
	analyst := h.session(access.Analyst)
	query := "from=2026-10-01T12:00:00Z&to=2026-10-02T00:00:00Z&compare=before"
	var heat view.QualityHeatmap
	analyst.get("/quality/heatmap?"+query).want(t, http.StatusOK).into(t, &heat)
	if heat.Before == nil || !heat.Before.To.Equal(heat.From) || len(heat.Cells) < 9 {
		t.Fatalf("%+v", heat)
	}
	lines := func(by string) map[string]view.QualityLine {
		var v view.Quality
		analyst.get("/quality?"+query+"&by="+by+"&limit=1000").want(t, http.StatusOK).into(t, &v)
		list := map[string]view.QualityLine{}
		for _, l := range v.Lines {
			list[l.By["provider"]+">"+l.By["country"]] = l
		}
		return list
	}
	same := func(key string, want view.QualityLine, before *view.QualityFigures, changed map[string]string) {
		t.Helper()
		if diff := cmp.Diff(want.Before, before) + cmp.Diff(want.Changed, changed); diff != "" {
			t.Errorf("%s: %s", key, diff)
		}
	}
	var narrow view.QualityHeatmap
	analyst.get("/quality/heatmap?column_limit=1&"+query).want(t, http.StatusOK).into(t, &narrow)
	if told := cellBids(heat.Cells); told != heat.Bids || narrow.Bids != heat.Bids || cellBids(narrow.Cells) >= told {
		t.Errorf("%d bids in the cells of %d, %d of %d with one column", told, heat.Bids, cellBids(narrow.Cells), narrow.Bids)
	}
	rows, columns, cells := lines("provider"), lines("country"), lines("provider,country")
	for _, r := range heat.Rows {
		same(r.Value, rows[r.Value+">"], r.Before, r.Changed)
		if (r.Value == "7") != (r.Changed["abr"] == "worse") {
			t.Errorf("provider %s: %v", r.Value, r.Changed)
		}
	}
	for _, c := range heat.Columns {
		same(c.Value, columns[">"+c.Value], c.Before, c.Changed)
	}
	for _, c := range heat.Cells {
		key := heat.Rows[c.Row].Value + ">" + heat.Columns[c.Column].Value
		same(key, cells[key], c.Before, c.Changed)
	}
	// Of a time without bids all is 0, and nothing is told to differ.
	analyst.get("/quality/heatmap?"+query[:strings.LastIndex(query, "&")]+"&compare=week").want(t, http.StatusOK).into(t, &heat)
	if c := heat.Cells[0]; c.Before == nil || c.Before.Bids != 0 || c.Changed["abr"] != "" {
		t.Errorf("%+v", c)
	}
}

func cellBids(cells []view.QualityCell) (n int64) {
	for i := range cells {
		n += cells[i].Bids
	}
	return n
}
