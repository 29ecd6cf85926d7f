package v1_test

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tandem/api/access"
	v1 "tandem/api/v1"
	"tandem/db"
	"tandem/quality"
	"tandem/view"
)

// What is behind a figure is exactly what it is of, whatever the report tells by and
// is narrowed to.
func TestBehindQuality(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.manyAttempts(300)
	analyst := h.session(access.Analyst)
	listed := func(behind string) (n int64) {
		t.Helper()
		if !strings.HasPrefix(behind, "/attempts?") {
			t.Fatalf("behind: %q", behind)
		}
		a := analyst.get(behind + "&limit=1000")
		a.want(t, http.StatusOK)
		var page v1.Page[db.AttemptLine]
		a.into(t, &page)
		return int64(len(page.Items))
	}
	var networks view.Quality
	analyst.get("/quality?"+qualityDay()+"&by=network").into(t, &networks)
	some := url.Values{}
	for _, l := range networks.Lines {
		some.Add("network", cmp.Or(l.By["network"], "-"))
	}
	if len(some["network"]) < 3 || !slices.Contains(some["network"], "Kcell/Activ") {
		t.Fatalf("networks %v", some)
	}
	for _, query := range []string{
		"", "by=provider", "by=provider,tier", "by=gate,tier", "by=server", "by=account", "by=account,country", "by=country", "by=prefix", "by=network", "by=a_country",
		"by=prefix,network&provider=7,9&tier=cli,-", "by=provider&grain=hour&limit=20&from=2026-10-01T02:20:00Z&to=2026-10-01T05:10:00Z", "by=tier&country=-,FR,GB", "by=provider&" + some.Encode(),
		"by=country&account=0,2", "by=server&gate=0", "by=provider&prefix=7701,-",
	} {
		span := qualityDay() + "&"
		if strings.Contains(query, "from=") {
			span = ""
		}
		a := analyst.get("/quality?" + span + query)
		a.want(t, http.StatusOK)
		var v view.Quality
		a.into(t, &v)
		if len(v.Lines) == 0 {
			t.Errorf("%s: no lines", query)
		}
		for _, l := range v.Lines {
			if n := listed(l.Behind); n != l.Bids {
				t.Errorf("%s: %v has %d bids, and %s lists %d", query, l.By, l.Bids, l.Behind, n)
			}
		}
	}
	var heat view.QualityHeatmap
	analyst.get("/quality/heatmap?"+qualityDay()+"&columns=network&tier=cli").into(t, &heat)
	for _, c := range heat.Cells {
		if c.Before != nil {
			t.Errorf("%+v: nobody asked for the time before", c)
		}
		if n := listed(c.Behind); n != c.Bids || heat.Rows[c.Row].Bids < n || heat.Columns[c.Column].Bids < n {
			t.Errorf("cell %d, %d: %d bids, lists %d", c.Row, c.Column, c.Bids, n)
		}
	}
	var causes view.QualityCauses
	analyst.get("/quality/causes?"+qualityDay()+"&by=provider&country=KZ,-").into(t, &causes)
	failed := int64(0)
	for _, l := range causes.Lines {
		if n := listed(l.Behind); n != l.Bids || l.Folded {
			t.Errorf("%+v lists %d", l, n)
		}
		failed += l.Bids
	}
	if b := causes.Blame; len(causes.Groups) != 3 || failed == 0 || failed != b.Caller+b.Called+b.Route+b.Us || causes.Bids <= failed {
		t.Errorf("%d groups, %d failed of %d, blame %+v", len(causes.Groups), failed, causes.Bids, b)
	}
}

// A report has its total, its rest, the time before, how it went, and levels; files
// have the lines that are shown.
func TestQualityReport(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.manyAttempts(400)
	analyst := h.session(access.Analyst)
	var v view.Quality
	query := "/quality?from=2026-10-01T12:00:00Z&to=2026-10-02T00:00:00Z&compare=before&by=provider,tier&limit=4&spark=asr&sort=-abr"
	a := analyst.get(query)
	a.want(t, http.StatusOK)
	a.into(t, &v)
	if len(v.Lines) != 4 || v.Rest == nil || v.Rest.Lines != 5 || v.Before == nil || v.Spark == nil || len(v.Spark.At) != 12 || v.Currency != "USD" {
		t.Fatalf("%s", a.body)
	}
	bids := v.Rest.Bids
	for i, l := range v.Lines {
		bids += l.Bids
		if len(l.Spark) != 12 || l.Before == nil || l.Before.Bids == 0 || l.Name["provider"] != "" || i > 0 && l.ABR.Share > v.Lines[i-1].ABR.Share {
			t.Errorf("%+v", l)
		}
		if l.ABR.Of >= 93 == slices.Contains(l.Small, quality.MeasureABR) && l.ABR.Share > 400_000 && l.ABR.Share < 600_000 {
			t.Errorf("%d bids, small %v", l.ABR.Of, l.Small)
		}
	}
	if bids != v.Total.Bids {
		t.Errorf("%d bids, total %d", bids, v.Total.Bids)
	}
	rows, err := csv.NewReader(strings.NewReader(string(analyst.get(strings.Replace(query, "/quality?", "/quality/export?", 1)).body))).ReadAll()
	if err != nil || len(rows) != 6 || rows[5][0] != "rest" || rows[0][0] != "provider" || !slices.Contains(rows[0], "before_asr_low") {
		t.Fatalf("%v, %v: %s", rows, err, analyst.get(strings.Replace(query, "/quality?", "/quality/export?", 1)).body)
	}
	for i, row := range rows[1:5] {
		l := v.Lines[i]
		share := row[slices.Index(rows[0], "abr")]
		if row[0] != l.By["provider"] || row[slices.Index(rows[0], "bids")] != strconv.FormatInt(l.Bids, 10) || share != fmt.Sprintf("%.6f", float64(l.ABR.Share)/1e6) ||
			row[slices.Index(rows[0], "before_bids")] != strconv.FormatInt(l.Before.Bids, 10) {
			t.Errorf("%v is not %+v", row, l)
		}
	}
	lines := strings.Split(strings.TrimSpace(string(analyst.get("/quality/margin/export?"+qualityDay()+"&format=ndjson").body)), "\n")
	var one view.QualityLine
	if err := json.Unmarshal([]byte(lines[0]), &one); err != nil || len(lines) != 4 || one.By["country"] == "" && one.Behind == "" {
		t.Errorf("%d lines, %v: %s", len(lines), err, lines[0])
	}
	if text := string(analyst.get("/quality/causes/export?" + qualityDay() + "&by=provider").body); !strings.HasPrefix(text, "provider,provider_name,result,sip_status,cause,text,blame,bids,share\n") {
		t.Errorf("%s", text)
	}
	var s view.QualitySeries
	analyst.get("/quality/series?"+qualityDay()+"&by=provider&grain=hour&measures=asr&compare_from=2026-09-30T00:00:00Z&compare_to=2026-10-01T00:00:00Z").into(t, &s)
	if len(s.Lines) != 3 || len(s.At) != 24 || len(s.Lines[0].Points) != 24 || len(s.Lines[0].Before) != 24 || s.Lines[0].Points[3].ASR == nil || s.Lines[0].Points[3].TalkMS != 0 || s.Lines[0].Points[23] != nil {
		t.Errorf("%+v", s)
	}
	if s.Rest != nil {
		t.Errorf("all are shown, and there is a rest: %+v", s.Rest)
	}
	s = view.QualitySeries{}
	analyst.get("/quality/series?"+qualityDay()+"&by=provider&grain=hour&top=2").into(t, &s)
	all := view.Quality{}
	analyst.get("/quality?"+qualityDay()).into(t, &all)
	if len(s.Lines) != 2 || s.Rest == nil || s.Rest.Total.Bids == 0 || s.Rest.Total.Bids+s.Lines[0].Total.Bids+s.Lines[1].Total.Bids != all.Total.Bids || len(s.Rest.Points) != 24 || s.Rest.Points[23] != nil {
		t.Errorf("%+v of %+v", s, all.Total)
	}
}

// What cannot be asked is told by its name.
// A graph beside the time before is of whole points, whenever it is asked for.
func TestSeriesBesideTheTimeBefore(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	analyst := h.session(access.Analyst)
	for _, query := range []string{"since=24h&grain=5m", "since=7h&grain=hour", "from=2026-10-01T12:01:02Z&to=2026-10-01T13:03:04Z&grain=5m", "since=30d&grain=day"} {
		var s view.QualitySeries
		analyst.get("/quality/series?compare=before&"+query).want(t, http.StatusOK).into(t, &s)
		if n := len(s.At); n == 0 || n != len(s.BeforeAt) || s.BeforeAt[n-1].After(s.At[0]) {
			t.Errorf("%s: %d points, %d before, the last at %v", query, n, len(s.BeforeAt), s.BeforeAt)
		}
	}
}

func TestQualityProblems(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	analyst := h.session(access.Analyst)
	for query, want := range map[string]string{
		"?by=colour": "query.by", "?by=account,gate": "query.by", "?by=tier,tier": "query.by", "?by=server,country": "query.by", "?since=forever": "query.since", "?since=24h&from=2026-10-01T00:00:00Z": "query.since",
		"?since=401d": "query.since", "?since=-1h": "query.since", "?from=2026-10-02T00:00:00Z&to=2026-10-01T00:00:00Z": "query.to", "?from=2024-10-02T00:00:00Z&to=2026-10-01T00:00:00Z": "query.to",
		"?from=1900-10-02T00:00:00Z&to=1900-10-03T00:00:00Z": "query.to", "?limit=1001": "query.limit", "?country=Russia": "query.country", "?provider=VoxBeam": "query.provider", "?provider=-1": "query.provider",
		"?prefix=7916x": "query.prefix", "?tier=gold": "query.tier", "?sort=colour": "query.sort", "?spark=colour": "query.spark", "?grain=hour&spark=asr": "query.spark", "?grain=hour&compare=before": "query.compare",
		"?compare=before&compare_from=2026-10-01T00:00:00Z": "query.compare", "?compare_from=2026-10-01T00:00:00Z": "query.compare_to", "?compare_to=2026-10-01T00:00:00Z": "query.compare_from",
		"?from=2026-10-01": "want a moment such as 2026-11-14T08:00:00Z", "?min_bids=-1": "query.min_bids", "?colour=red": "colour", "/heatmap?rows=tier&columns=tier": "query.columns", "/heatmap?compare=before&compare_from=2026-10-01T00:00:00Z": "query.compare", "/heatmap?rows=account&columns=prefix": "query.by", "/series?grain=5m&since=30d": "query.grain",
		"/series?compare_from=2026-10-01T00:00:00Z&compare_to=2026-10-01T01:00:00Z": "query.compare_to", "/causes?by=gate": "query.by", "/causes?prefix=7916": "prefix", "/margin?by=provider": "query.by",
		"/export?format=xml": "query.format",
	} {
		a := analyst.get("/quality" + query)
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(string(a.body), want) {
			t.Errorf("%s: %d %s, want %s", query, a.status, a.body, want)
		}
	}
	for _, query := range []string{"sip_status=-1", "cause=1000", "provider_id=-1", "country=Russia", "result=odd", "network=" + url.QueryEscape(strings.Repeat("x", 65))} {
		if a := analyst.get("/attempts?" + query); a.status != http.StatusUnprocessableEntity || !strings.Contains(string(a.body), "query."+strings.Split(query, "=")[0]) {
			t.Errorf("%s: %d %s", query, a.status, a.body)
		}
	}
	for _, hostile := range []string{"/quality?server=%00%27%22", "/quality?network=%F0%9F%98%80&by=network", "/attempts?network=%25", "/attempts?server=%27+OR+1%3D1"} {
		analyst.get(hostile).want(t, http.StatusOK)
	}
	h.exec(`INSERT INTO quality_thresholds (measure, warn, bad) VALUES ('colour', 1, 2)`) // of a later version
	analyst.get("/quality?since=30d").want(t, http.StatusOK)
}

// Thresholds are set together, by who has seen them, and reports judge by them.
func TestQualityThresholds(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.manyAttempts(600)
	operator, analyst := h.session(access.Operator), h.session(access.Analyst)
	a := operator.get("/quality/thresholds")
	a.want(t, http.StatusOK)
	var v v1.QualityThresholds
	a.into(t, &v)
	if len(v.Items) != 15 || v.Items[0].Measure != quality.MeasureABR || *v.Items[0].Warn != 300_000 || v.Items[0].Worse != quality.WorseBelow || v.Items[0].Unit != quality.UnitShare {
		t.Fatalf("%s", a.body)
	}
	set := func(c *client, etag, body string) answer {
		return c.put("/quality/thresholds", json.RawMessage(body), "If-Match", etag)
	}
	set(analyst, "*", `{"items":[]}`).want(t, http.StatusForbidden)
	set(operator, "", `{"items":[]}`).want(t, http.StatusPreconditionRequired)
	b := set(operator, a.header.Get("ETag"), `{"items":[{"measure":"abr","warn":990000,"bad":980000},{"measure":"acd","warn":null,"bad":null},{"measure":"short","warn":0,"bad":1000000}]}`)
	b.want(t, http.StatusOK)
	set(operator, a.header.Get("ETag"), `{"items":[]}`).want(t, http.StatusPreconditionFailed)
	set(operator, b.header.Get("ETag"), string(b.body)).want(t, http.StatusOK) // as it is shown
	for body, want := range map[string]string{
		`{"items":[{"measure":"abr","warn":100000,"bad":200000}]}`:                                "body.abr",
		`{"items":[{"measure":"pdd_p95","warn":9000,"bad":8000}]}`:                                "body.pdd_p95",
		`{"items":[{"measure":"asr","warn":1000001,"bad":null}]}`:                                 "body.asr",
		`{"items":[{"measure":"bids","warn":1,"bad":2}]}`:                                         "measure",
		`{"items":[{"measure":"asr","warn":1.5,"bad":null}]}`:                                     "warn",
		`{"items":[{"measure":"asr","warn":1,"bad":null},{"measure":"asr","warn":2,"bad":null}]}`: "body.items",
		`{"items":[{"measure":"asr","warn":1}]}`:                                                  "bad",
	} {
		if a := set(operator, "*", body); a.status != http.StatusUnprocessableEntity || !strings.Contains(string(a.body), want) {
			t.Errorf("%s: %d %s, want %s", body, a.status, a.body, want)
		}
	}
	if n := h.one(`SELECT COUNT(*) FROM audit_log WHERE kind = 'quality threshold' AND actor = 'operator'`); n != "3" {
		t.Errorf("%s changes in the audit log, want 3", n)
	}
	var q view.Quality
	analyst.get("/quality?"+qualityDay()).into(t, &q)
	if got := q.Lines[0].Levels; got["abr"] != "bad" || got["short"] != "warn" || got["acd"] != "" {
		t.Errorf("levels %v of %+v", got, q.Lines[0])
	}
	q = view.Quality{}
	few := analyst.get("/quality?from=2026-10-01T03:00:00Z&to=2026-10-01T03:05:00Z")
	if few.into(t, &q); len(q.Lines) == 1 && q.Lines[0].Levels["abr"] != "" {
		t.Errorf("few bids are judged: %s", few.body)
	}
}
