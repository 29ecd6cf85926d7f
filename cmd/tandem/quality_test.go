package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"tandem/billing"
	"tandem/db"
	"tandem/view"
)

// A person counts anew and looks: by provider and country, in time, as JSON, and
// with mistakes.
func TestQualityCommand(t *testing.T) {
	t.Parallel()
	config := seededOffice(t)
	began := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	withDatabase(t, config, func(ctx context.Context, database *db.DB) error {
		for i := range 10 {
			end := billing.End{
				Start:   billing.Start{CallID: fmt.Sprint("c", i), Server: "a", Direction: billing.Outgoing, AccountID: 1, BNumber: "79161234567", StartedAt: began},
				EndedAt: began.Add(time.Minute), Disposition: billing.Failed,
				Attempts: []billing.Attempt{{N: 1, Key: "7.c.g8", ProviderID: 7, Tier: "cli", StartedAt: began, Result: billing.Failed, SIPStatus: 503, Blame: "route"}},
			}
			if i < 4 {
				end.Attempts[0] = billing.Attempt{N: 1, Key: "7.c.g8", ProviderID: 7, Tier: "cli", StartedAt: began, Result: billing.Answered, Rang: true, PDD: 2 * time.Second, Talk: 30 * time.Second}
				end.Disposition, end.Route, end.Talk = billing.Answered, "7.c.g8", 30*time.Second
			}
			if err := database.WriteRecords(ctx, []billing.Record{{End: &end}}); err != nil {
				return err
			}
		}
		return nil
	})
	if out := must(t, config, "quality", "--from", "2026-03-04", "--to", "2026-03-05"); !strings.Contains(out, "none") {
		t.Errorf("before anything is counted:\n%s", out)
	}
	if out := must(t, config, "quality", "rebuild", "--since", "2026-03-01"); out != "10 attempts counted in 1 bucket of 5 minutes, 1 hour, 1 day\n" {
		t.Errorf("rebuild: %s", out)
	}
	of := []string{"quality", "--by", "provider,country", "--from", "2026-03-04", "--to", "2026-03-05"}
	out := must(t, config, of...)
	for _, want := range []string{"from 2026-03-04 00:00:00 to 2026-03-05 00:00:00", "RU", "40.0 %", "100.0 %", "51-100", "30.0", "2.00"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	var v view.Quality
	if err := json.Unmarshal([]byte(must(t, config, append(of, "--json", "--grain", "hour", "--only", "provider=7")...)), &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Lines) != 1 || v.Lines[0].Bids != 10 || v.Lines[0].Blame.Route != 6 || v.Lines[0].ABR.Share != 400_000 || v.Lines[0].By["country"] != "RU" || v.Lines[0].Name["provider"] == "" || !v.Lines[0].From.Equal(began.Truncate(time.Hour)) {
		t.Errorf("%+v", v.Lines)
	}
	named := append(of, "--json", "--compare", "day", "--min-bids", "10", "--only", "provider="+strings.ToUpper(v.Lines[0].Name["provider"]))
	v = view.Quality{}
	if err := json.Unmarshal([]byte(must(t, config, named...)), &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Lines) != 1 || v.Lines[0].Bids != 10 || v.Before == nil || v.Lines[0].Before.Bids != 0 || v.Rest != nil {
		t.Errorf("%+v", v)
	}
	out = must(t, config, append(of, "--compare", "day", "--min-bids", "11")...)
	if !strings.Contains(out, "none") || !strings.Contains(out, "left out: 1 line with 10 bids") {
		t.Errorf("with few bids left out:\n%s", out)
	}
	for args, want := range map[string]string{
		"--by account,gate": "account goes with country alone", "--by colour": `no "colour"`, "--only country": "want what=value", "--only provider=Nobody": `provider: there is no "Nobody"; want a name, or a number`, "--since 24h --from 2026-03-01": "give one of them", "--since 401d": "want at most 400 days", "--only country=Россия": "country: want a country", "--compare before --grain hour": "compare: goes with grain=total",
		"--from 2026-03-05 --to 2026-03-04": "not after", "--from yesterday": "want a day",
	} {
		if out, err := say(t, config, append([]string{"quality"}, strings.Fields(args)...)...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q\n%s", args, err, want, out)
		}
	}
}
