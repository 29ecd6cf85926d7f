package view_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"tandem/billing"
	"tandem/billing/fx"
	"tandem/billing/rate"
	"tandem/callflow"
	"tandem/db"
	"tandem/view"
)

// A spreadsheet is not to run what strangers wrote.
func TestCellText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "Zoë": "Zoë", "=1+1": "'=1+1", "+44": "'+44", "-1": "-1", "-1.50": "-1.50", "-1+2": "'-1+2", "-": "'-", "-A1": "'-A1", "@x": "'@x", "\tx": "'\tx", "\rx": "'\rx", "a=1": "a=1", "'=": "'=",
	} {
		if got := view.CellText(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// That a call was ended by its limit, and how many routes were not kept, are two
// things.
func TestCallTellsBothCuts(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(view.OfCall(billing.End{Cut: true, Talk: time.Minute}, callflow.Told{Cut: 7}))
	if err != nil {
		t.Fatal(err)
	}
	var v map[string]any
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	if v["cut_short"] != true || v["cut"] != 7.0 || v["talk_ms"] != 60000.0 {
		t.Errorf("%s", text)
	}
	if _, there := v["answered_at"]; there {
		t.Errorf("a time that was never set: %s", text)
	}
}

func TestExchangeRateInForce(t *testing.T) {
	t.Parallel()
	day := func(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }
	list := view.FXInForce([]db.Currency{{ISO: "GBP"}, {ISO: "USD"}}, []fx.Rate{
		{From: day(3), Currency: "USD", PerEUR: 3}, {From: day(1), Currency: "USD", PerEUR: 1}, {From: day(2), Currency: "USD", PerEUR: 2},
	}, day(2).Add(36*time.Hour-time.Second))
	if len(list) != 2 || list[0].PerEUR != nil || list[1].PerEUR == nil || *list[1].PerEUR != 3 || list[1].Days != 0 {
		t.Errorf("%+v", list)
	}
}

// A month begins on the account's clock, also where that is another day here.
func TestMonthBegan(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 30, 22, 0, 0, 0, time.UTC)
	for zone, want := range map[string]string{
		"": "2026-11-01T00:00:00Z", "Europe/Moscow": "2026-11-30T21:00:00Z", "America/New_York": "2026-11-01T04:00:00Z", "nowhere": "2026-11-01T00:00:00Z",
	} {
		if got := view.MonthBegan(now, zone).Format(time.RFC3339); got != want {
			t.Errorf("%s: %s, want %s", zone, got, want)
		}
	}
}

func TestStatementFiles(t *testing.T) {
	t.Parallel()
	write := func(f view.StatementForm) {
		balance := sum(t, "7.5")
		for _, err := range []error{
			f.Head(view.StatementHead{AccountID: 1, Account: "=x", Currency: "EUR", Opening: *sum(t, "5")}),
			f.Line(view.Posting{ID: 3, Kind: billing.TopUp, Currency: "EUR", Sum: sum(t, "2.5"), Balance: balance, Key: "@key", CallID: "-call", Note: "=note"}),
			f.Foot(view.StatementFoot{Closing: *balance, Lines: 1, In: *sum(t, "2.5"), After: ""}),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	var table, object strings.Builder
	write(view.NewStatementCSV(&table))
	lines := strings.Split(strings.TrimSpace(table.String()), "\n")
	if len(lines) != 4 || !strings.Contains(lines[2], "'-call,2.500000,7.500000,EUR,,,'=note,'@key") || !strings.Contains(lines[3], "closing,,2.500000,7.500000") {
		t.Errorf("%s", table.String())
	}
	write(view.NewStatementJSON(&object))
	var whole view.Statement
	if err := json.Unmarshal([]byte(object.String()), &whole); err != nil || len(whole.Postings) != 1 || whole.Closing.String() != "7.500000" || whole.Opening.String() != "5.000000" {
		t.Errorf("%v %s", err, object.String())
	}
}

func TestWindowText(t *testing.T) {
	t.Parallel()
	for want, w := range map[string]rate.Window{
		"": {}, "Mon Fri": {Days: 0b10001}, "08:00-18:30": {Days: 0x7f, Start: 480, End: 1110}, "Sun 22:00-06:00": {Days: 1 << 6, Start: 1320, End: 360},
	} {
		if got := view.OfRate(&rate.Rate{Window: w}).Window; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
