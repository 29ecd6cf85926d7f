package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/billing/rate"
	"tandem/desk"
	"tandem/internal/money"
	"tandem/routing"
	"tandem/routing/replay"
)

// replayDay is when the calls of these tests were made.
var replayDay = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// replayed is a small replay: beta's draft makes London cheaper and the rest of
// Britain dearer; one destination is closed, one call is of nobody.
func replayed(t *testing.T) (*desk.ReplayHead, *replay.Report) {
	t.Helper()
	d := routing.Data{
		Servers: []routing.Server{{ID: 1, Name: "sw"}}, Tariffs: []routing.Tariff{{ID: 1, Name: "retail", CurrencyID: 1}},
		Currencies: []routing.Currency{{ID: 1, ISO: "USD"}}, FX: map[int64]money.FX{1: 110_000_000},
		Accounts: []routing.Account{{ID: 1, Name: "office", Enabled: true, TariffID: 1}, {ID: 2, Name: "transit", Enabled: true}},
	}
	for id, name := range []string{"alpha", "beta"} {
		id := int64(id + 1)
		d.Providers = append(d.Providers, routing.Provider{ID: id, Name: name, CurrencyID: 1, Enabled: true, Dynamic: true, Plain: true})
		d.Addresses = append(d.Addresses, routing.Address{ID: id, ProviderID: id, Host: "sbc.example", Direction: routing.Out, Protocol: "SIP"})
	}
	row := func(prefix string, perMinute money.Rate, step int32) routing.DeckRow {
		return routing.DeckRow{Prefix: prefix, Rate: rate.Rate{PerMinute: perMinute, First: step, Next: step}}
	}
	side := func(beta routing.Deck, rows ...routing.DeckRow) *routing.Snapshot {
		d := d
		d.Decks = []routing.Deck{{ID: 9, TariffID: 1, Revision: 1}, {ID: 1, ProviderID: 1, Tier: routing.TierCLI, Revision: 1}, beta}
		var err error
		d.Rates, err = routing.TableOf(d.Decks, map[int64][]routing.DeckRow{
			9: {row("44", 5_000_000, 60)}, 1: {row("44", 2_000_000, 60), row("4420", 1_000_000, 60)}, beta.ID: rows,
		})
		s, problems, err2 := routing.NewSnapshot(d, routing.Options{BaseCurrency: "USD"}, replayDay)
		if err := errors.Join(err, err2); err != nil || len(problems) > 0 {
			t.Fatal(err, problems)
		}
		return s
	}
	before := side(routing.Deck{ID: 2, ProviderID: 2, Tier: routing.TierCLI, Revision: 1}, row("44", 1_500_000, 1), row("4420", 1_200_000, 1), row("33", 900_000, 1))
	after := side(routing.Deck{ID: 17, ProviderID: 2, Tier: routing.TierCLI, Revision: 1}, row("44", 3_000_000, 1), row("4420", 600_000, 1))
	var calls []replay.Call
	for i, c := range []replay.Call{
		{BNumber: "442038070121", Talk: time.Minute, Route: "1.c.a1"},
		{BNumber: "442038070122", Talk: 90 * time.Second, Route: "2.c.a2", Attempts: 2},
		{BNumber: "441865270000", Talk: 2 * time.Minute, Route: "2.c.a2"},
		{BNumber: "442038070123"},
		{BNumber: "33140000000", Talk: time.Minute, AccountID: 2, Route: "2.c.a2"},
		{BNumber: "442038070121", Talk: time.Minute, AccountID: 7},
	} {
		c.ID, c.Server, c.StartedAt, c.Answered = fmt.Sprint("sw-1.", i+1), "sw", replayDay.Add(time.Duration(i)*time.Hour), c.Talk > 0
		c.AccountID, c.Attempts = max(c.AccountID, 1), max(c.Attempts, 1)
		calls = append(calls, c)
	}
	h := &desk.ReplayHead{
		From: replayDay, To: replayDay.AddDate(0, 0, 7), At: replayDay.AddDate(0, 0, 14), Sample: 1,
		Decks: []desk.ReplayDeck{{ID: 17, Owner: "beta cli", Version: 4, Replaces: 2}},
	}
	o := replay.Options{As: h.At, By: []replay.Dimension{replay.ByDestination, replay.ByProvider, replay.ByAccount}, Examples: 2, Place: newPlaces(t)}
	report, err := replay.Run(t.Context(), before, after, o, func(_ context.Context, do func(*replay.Call) error) error {
		for i := range calls {
			if err := do(&calls[i]); err != nil {
				return err
			}
		}
		return nil
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return h, report
}

// The three forms are held against files; UPDATE=1 rewrites them.
func TestReplayIsPrinted(t *testing.T) {
	h, report := replayed(t)
	for name, x := range map[string]replayCmd{"replay.txt": {Top: 20}, "replay.csv": {CSV: true}, "replay.json": {JSON: true}} {
		var out bytes.Buffer
		if err := x.print(&env{out: &out}, h, report); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join("testdata", name)
		if os.Getenv("UPDATE") != "" {
			if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), out.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
}

// The forms tell the same sums, and every row of the CSV has every column.
func TestReplayFormsAgree(t *testing.T) {
	h, report := replayed(t)
	var table, list, object bytes.Buffer
	printReplay(&table, h, report, 1)
	if err := printReplayCSV(&list, report); err != nil {
		t.Fatal(err)
	}
	if err := printJSON(&env{out: &object}, desk.ViewReplay(h, report)); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(table.String(), "more; --top 0 prints all") {
		t.Errorf("rows were left out in silence:\n%s", table.String())
	}
	rows, err := csv.NewReader(&list).ReadAll()
	if err != nil {
		t.Fatal(err) // a row of another length is an error, too
	}
	var v struct {
		Total struct {
			Gain          money.Amount
			Before, After struct{ Cost, Margin money.Amount }
		}
		By map[string][]struct{ Name string }
	}
	if err := json.Unmarshal(object.Bytes(), &v); err != nil {
		t.Fatal(err)
	}
	column := func(name string) string {
		for i, n := range rows[0] {
			if n == name {
				return rows[1][i]
			}
		}
		t.Fatalf("no column %s", name)
		return ""
	}
	for name, want := range map[string]money.Amount{
		"before_cost": v.Total.Before.Cost, "after_cost": v.Total.After.Cost, "before_margin": v.Total.Before.Margin, "after_margin": v.Total.After.Margin, "gain": v.Total.Gain,
	} {
		if column(name) != want.String() || want == 0 {
			t.Errorf("%s: CSV %s, JSON %s", name, column(name), want)
		}
	}
	if len(v.By["destination"]) != 3 || len(v.By["provider"]) != 2 || len(v.By["account"]) != 2 {
		t.Errorf("%v", v.By)
	}
}

func TestReplayWithoutADifference(t *testing.T) {
	_, report := replayed(t)
	same := &replay.Report{Base: report.Base, Calls: 1, Total: replay.Row{Calls: 1, Before: report.Total.Before, After: report.Total.Before}}
	var out bytes.Buffer
	printReplay(&out, &desk.ReplayHead{From: replayDay, To: replayDay, At: replayDay, Sample: 10, Account: "office"}, same, 0)
	for _, says := range []string{"nothing: every call has the route", "sample of one in 10", "of office", "name a draft with --deck or --policy"} {
		if !strings.Contains(out.String(), says) {
			t.Errorf("no %q in\n%s", says, out.String())
		}
	}
}

func TestReplayFlags(t *testing.T) {
	good := replayCmd{From: "2026-03-02", To: "2026-03-09T12:00:00+03:00", At: "2026-03-16", By: []string{"prefix"}, Sample: 1}
	span, err := good.asked()
	if err != nil || !span.From.Equal(replayDay) || !span.To.Equal(replayDay.AddDate(0, 0, 7).Add(9*time.Hour)) || !span.At.Equal(replayDay.AddDate(0, 0, 14)) {
		t.Fatalf("%+v, %v", span, err)
	}
	for says, spoil := range map[string]func(*replayCmd){
		"--from":     func(x *replayCmd) { x.From = "last week" },
		"--to":       func(x *replayCmd) { x.To = "2026-3-9" },
		"--at":       func(x *replayCmd) { x.At = "now" },
		"not before": func(x *replayCmd) { x.To = x.From },
		"--sample":   func(x *replayCmd) { x.Sample = 0 },
		"--top":      func(x *replayCmd) { x.Top = -1 },
		"--examples": func(x *replayCmd) { x.Examples = 1_000_000 },
	} {
		x := good
		spoil(&x)
		if _, err := x.asked(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", says, err)
		}
	}
	planet := good
	planet.By = []string{"destination", "planet"}
	if _, err := planet.asked(); err == nil || !strings.Contains(err.Error(), `"planet"`) {
		t.Errorf("%v", err)
	}
}

func policyProviders() []routing.Provider {
	prefix := "99"
	return []routing.Provider{
		{ID: 3, Name: "alpha", Plain: true},
		{ID: 4, Name: "beta", TierPrefix: [3]*string{routing.TierCLI: &prefix, routing.TierPremium: &prefix}},
	}
}

func TestPolicyFile(t *testing.T) {
	cli := routing.TierCLI
	for text, want := range map[string]routing.Policy{
		"kind: least_cost": {Name: "draft", Kind: routing.LeastCost},
		"name: fixed\nkind: priority\nmin_tier: cli\nroutes:\n- provider: Beta\n- {provider: 3, place: 1}\n": {
			Name: "fixed", Kind: routing.Priority, MinTier: cli, Routes: []routing.PolicyRoute{{ProviderID: 4, Place: 1, Weight: 1}, {ProviderID: 3, Place: 1, Weight: 1}},
		},
		"kind: band_share\nband_percent: 2.5\nroutes: [{provider: beta, tier: cli, weight: 3}, {provider: beta}]": {
			Name: "draft", Kind: routing.BandShare, Band: 250, Routes: []routing.PolicyRoute{{ProviderID: 4, Tier: &cli, Place: 1, Weight: 3}, {ProviderID: 4, Place: 2, Weight: 1}},
		},
	} {
		got, err := parsePolicy([]byte(text), policyProviders())
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if diff := cmp.Diff(&want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

// Every mistake is named with its key and what to do.
func TestPolicyFileMistakes(t *testing.T) {
	for text, says := range map[string]string{
		"kind: share\nprioritty: 1":                          "prioritty",
		"kind: share\nroutes: [{provider: beta, wieght: 2}]": "wieght",
		"kind: share\nkind: priority":                        "already defined",
		"kind: [":                                            "yaml",
		"- kind: share":                                      "map",
		"kind: cheapest":                                     "want least_cost, priority, share or band_share",
		"kind: quality":                                      "compare with least_cost",
		"":                                                   `kind ""`,
		"kind: share":                                        "routes: kind share",
		"kind: share\nroutes: beta":                          "routes",
		"kind: share\nroutes: [beta]":                        "routes",
		"kind: share\nroutes: [{0: beta}]":                   "invalid keys: 0",
		"kind: share\nroutes: [{provider: betta}]":           "did you mean beta",
		"kind: share\nroutes: [{weight: 2}]":                 "routes[0].provider",
		"kind: share\nroutes: [{provider: beta, tier: gold}]":                 "routes[0].tier",
		"kind: share\nroutes: [{provider: alpha, tier: premium}]":             "alpha does not sell premium",
		"kind: share\nroutes: [{provider: beta}, {provider: 4}]":              "routes[1].provider: beta is in the list twice",
		"kind: share\nroutes: [{provider: beta, weight: 0}]":                  "routes[0].weight",
		"kind: share\nroutes: [{provider: beta, weight: 2.5}]":                `"2.5": want a whole number`,
		"kind: share\nroutes: [{provider: beta, weight: 10001}]":              "1 to 10000",
		"kind: share\nroutes: [{provider: beta, weight: true}]":               `"true"`,
		"kind: share\nroutes: [{provider: beta, place: 1}]":                   "routes[0].place: only kind priority",
		"kind: priority\nroutes: [{provider: beta, weight: 1}]":               "routes[0].weight: only the kinds share",
		"kind: share\nband_percent: 5\nroutes: [{provider: beta}]":            "band_percent: only kind band_share",
		"kind: band_share\nband_percent: -1":                                  "band_percent",
		"kind: band_share\nband_percent: 0.001":                               "two digits",
		"kind: band_share\nband_percent: 1e30":                                "band_percent",
		"kind: least_cost\nmin_tier: gold":                                    "min_tier",
		"kind: share\nmin_tier: gold\nroutes: [{provider: x}, {provider: y}]": "routes[1].provider",
	} {
		if _, err := parsePolicy([]byte(text), policyProviders()); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want it to say %s", text, err, says)
		}
	}
	if _, err := readPolicyFile(filepath.Join(t.TempDir(), "none.yaml"), nil); err == nil || !strings.Contains(err.Error(), "--policy") {
		t.Errorf("%v", err)
	}
	large := filepath.Join(t.TempDir(), "large.yaml")
	if err := os.WriteFile(large, make([]byte, maxPolicyFile+1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readPolicyFile(large, nil); err == nil || !strings.Contains(err.Error(), "bytes") {
		t.Errorf("%v", err)
	}
}

// Whatever the file holds, it becomes a policy that routing takes, or an error.
func FuzzPolicyFile(f *testing.F) {
	f.Add([]byte("name: a\nkind: band_share\nband_percent: 5.05\nmin_tier: cli\nroutes:\n- {provider: beta, tier: cli, weight: 3}\n"))
	f.Add([]byte("kind: &a [*a]"))
	f.Add([]byte("kind: share\nroutes:\n- {0: beta}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := parsePolicy(text, policyProviders())
		if err != nil {
			return
		}
		d := routing.Data{
			Currencies: []routing.Currency{{ID: 1, ISO: "USD"}}, FX: map[int64]money.FX{1: 1}, Providers: policyProviders(), Policies: []routing.Policy{*p},
		}
		_, problems, err := routing.NewSnapshot(d, routing.Options{BaseCurrency: "USD"}, replayDay)
		if err != nil || len(problems) > 0 {
			t.Fatalf("%q: %v %v", text, err, problems)
		}
	})
}

func TestReplayNumbers(t *testing.T) {
	for ms, want := range map[int64]string{0: "0.00", 299: "0.00", 300: "0.01", 60_000: "1.00", 90_000: "1.50", 6_000_000_000: "100000.00"} {
		if got := talkMinutes(ms); got != want {
			t.Errorf("%d ms: %s, want %s", ms, got, want)
		}
	}
	for want, got := range map[string]string{
		"-0.50": signedMinutes(-30_000), "+0.50": signedMinutes(30_000), "+10.0 %": percentOf(1, 10), "-25.0 %": percentOf(-1, 4), "+50.0 %": percentOf(1, -2), "-": percentOf(1, 0),
		"33.3 %": partOf(1, 3),
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
