package v1_test

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/api/access"
	"tandem/view"
)

// csvOf is a file as rows by the names of their columns.
func (c *client) csvOf(t *testing.T, path string) (columns []string, rows []map[string]string) {
	t.Helper()
	list, err := csv.NewReader(strings.NewReader(string(c.get(path).want(t, http.StatusOK).body))).ReadAll()
	if err != nil || len(list) == 0 {
		t.Fatalf("%s: %v", path, err)
	}
	for _, cells := range list[1:] {
		row := map[string]string{}
		for i, name := range list[0] {
			row[name] = cells[i]
		}
		rows = append(rows, row)
	}
	return list[0], rows
}

func bidsOf(t *testing.T, rows []map[string]string) (sum int64) {
	t.Helper()
	for _, row := range rows {
		n, err := strconv.ParseInt(row["bids"], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		sum += n
	}
	return sum
}

// manyPrefixes adds a day of so many prefixes, each with some bids.
func (h *house) manyPrefixes(n int) {
	h.exec(`SET STATEMENT sql_mode = '' FOR INSERT INTO quality_routes (level, bucket, provider_id, tier, country, prefix, bids, seizures, answers)
		SELECT l.seq - 1, '2026-10-01' - INTERVAL d.seq DAY, 7 + seq.seq % 3, 'cli', 'RU', 1000000 + seq.seq, 1 + seq.seq % 7, 1, 1 FROM seq_1_to_` + strconv.Itoa(n) + ` seq JOIN seq_1_to_3 l JOIN seq_0_to_1 d`)
	h.exec(`SET STATEMENT sql_mode = '' FOR INSERT INTO quality_providers (level, bucket, provider_id, tier, bids, seizures, answers)
		SELECT level, bucket, provider_id, tier, SUM(bids), SUM(seizures), SUM(answers) FROM quality_routes GROUP BY 1, 2, 3, 4`)
}

// A file has all there is: every line, up to a bound, and behind them what is left.
func TestQualityFilesAreWhole(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.manyPrefixes(5203)
	analyst := h.session(access.Analyst)
	var all view.Quality
	analyst.get("/quality?"+qualityDay()+"&limit=1").want(t, http.StatusOK).into(t, &all)
	for _, c := range []struct {
		query string
		lines int // without the rest
		rest  string
	}{
		{"by=prefix", 5000, "203"},
		{"by=prefix&sort=pdd_p50&provider=7,8,9&tier=cli&min_bids=3", 3716, "1487"},
		{"by=prefix&limit=3&compare=day", 3, "5200"},
		{"by=provider,prefix&limit=5000&grain=day&sort=-at", 5000, "203"},
		{"by=provider,tier,country,prefix&compare=day", 5000, "203"},
		{"by=provider", 3, ""},
		{"min_bids=1000000", 0, "1"},
	} {
		columns, rows := analyst.csvOf(t, "/quality/export?"+qualityDay()+"&"+c.query)
		if bids := bidsOf(t, rows); bids != all.Total.Bids {
			t.Errorf("%s: %d bids, want %d", c.query, bids, all.Total.Bids)
		}
		rest := map[string]string{}
		if i := slices.IndexFunc(rows, func(r map[string]string) bool { return r["rest_lines"] != "" }); i >= 0 {
			if rest = rows[i]; i != len(rows)-1 {
				t.Errorf("%s: the rest is line %d of %d", c.query, i, len(rows))
			}
			rows = rows[:i]
			if strings.HasPrefix(c.query, "by=") && rest[columns[0]] != "rest" {
				t.Errorf("%s: the rest is called %v", c.query, rest[columns[0]])
			}
		}
		if len(rows) != c.lines || rest["rest_lines"] != c.rest || columns[len(columns)-1] != "rest_lines" {
			t.Errorf("%s: %d lines and %q more, want %d and %q; columns %v", c.query, len(rows), rest["rest_lines"], c.lines, c.rest, columns)
		}
	}
	_, margins := analyst.csvOf(t, "/quality/margin/export?"+qualityDay()+"&by=prefix")
	if len(margins) != 5001 || margins[5000]["prefix"] != "rest" || bidsOf(t, margins) != all.Total.Bids {
		t.Errorf("%d lines of margin", len(margins))
	}
	lines := strings.Split(strings.TrimSpace(string(analyst.get("/quality/export?"+qualityDay()+"&by=prefix&limit=2&format=ndjson").body)), "\n")
	var last struct {
		By        map[string]string
		Bids      int64
		RestLines int64 `json:"rest_lines"`
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || len(lines) != 3 || last.By["prefix"] != "rest" || last.RestLines != 5201 || last.Bids != all.Total.Bids-14 || strings.Contains(lines[0], "rest_lines") {
		t.Errorf("%v, %s", err, lines)
	}
	analyst.get("/quality/export?limit=5001").want(t, http.StatusUnprocessableEntity)
	analyst.get("/quality?limit=1001").want(t, http.StatusUnprocessableEntity)
}

// A file of causes has all failed bids, too.
func TestCauseFilesAreWhole(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.manyAttempts(300)
	analyst := h.session(access.Analyst)
	_, all := analyst.csvOf(t, "/quality/causes/export?"+qualityDay()+"&by=provider")
	if len(all) < 10 || slices.ContainsFunc(all, func(r map[string]string) bool { return r["result"] == "rest" }) {
		t.Fatalf("%v", all)
	}
	for _, query := range []string{"&by=provider&limit=4", "&by=provider&groups=1", "&limit=1"} {
		_, rows := analyst.csvOf(t, "/quality/causes/export?"+qualityDay()+query)
		rest := rows[len(rows)-1]
		if rest["result"] != "rest" || rest["share"] != "" || bidsOf(t, rows) != bidsOf(t, all) {
			t.Errorf("%s: %v", query, rest)
		}
		lines := strings.Split(strings.TrimSpace(string(analyst.get("/quality/causes/export?"+qualityDay()+query+"&format=ndjson").body)), "\n")
		if want := `{"result":"rest","bids":` + rest["bids"] + `}`; len(lines) != len(rows) || lines[len(lines)-1] != want {
			t.Errorf("%s: %s, want %s", query, lines[len(lines)-1], want)
		}
	}
}

// Where five minutes are forgotten lines and points are hours, are told as such, and
// lead to the attempts of all of the hour.
func TestForgottenQualityIsToldAsSuch(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.manyAttempts(200)
	h.exec(`INSERT INTO jobs (name, owner, lease_until, done_to) VALUES ('quality 5m', '', '2000-01-01', '2026-10-02')`)
	for _, table := range []string{"quality_providers", "quality_destinations", "quality_countries", "quality_routes", "quality_causes"} {
		h.exec(`DELETE FROM ` + table + ` WHERE level = 0`)
	}
	analyst := h.session(access.Analyst)
	span := "from=2026-10-01T02:20:00Z&to=2026-10-01T05:10:00Z"
	var v view.Quality
	analyst.get("/quality?"+span+"&by=provider&grain=5m&limit=1000").want(t, http.StatusOK).into(t, &v)
	if v.Grain != "hour" || len(v.Lines) == 0 {
		t.Fatalf("%d lines of %s", len(v.Lines), v.Grain)
	}
	for _, l := range v.Lines {
		var page struct{ Items []struct{} }
		if analyst.get(l.Behind+"&limit=1000").want(t, http.StatusOK).into(t, &page); int64(len(page.Items)) != l.Bids {
			t.Errorf("%s has %d bids, and %s lists %d", l.From, l.Bids, l.Behind, len(page.Items))
		}
	}
	var s view.QualitySeries
	analyst.get("/quality/series?"+span+"&grain=5m&compare=day").want(t, http.StatusOK).into(t, &s)
	if s.Grain != "hour" || len(s.At) != 4 || len(s.BeforeAt) != 4 || !s.At[0].Equal(attemptsAt().Add(2*time.Hour)) {
		t.Errorf("points of %s at %v and %v", s.Grain, s.At, s.BeforeAt)
	}
	v = view.Quality{}
	if analyst.get("/quality?"+span).into(t, &v); v.Grain != "total" {
		t.Errorf("a table of all the time is one of %s", v.Grain)
	}
}
