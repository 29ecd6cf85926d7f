package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tandem/billing"
	"tandem/billing/rate"
	"tandem/db"
	"tandem/internal/money"
	"tandem/view"
)

// A statement of more lines than are read at a time is whole, in every form, and
// so are its pages put together.
func TestLongStatement(t *testing.T) {
	t.Parallel()
	config := seededOffice(t)
	const lines = 2*view.StatementPage + 345
	begin := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	withDatabase(t, config, func(ctx context.Context, database *db.DB) error {
		var postings []billing.Posting
		for i := range lines {
			p := billing.Posting{
				Key: fmt.Sprint("p", i), At: begin.Add(time.Duration(i/3) * time.Second), Kind: billing.Adjust, Debit: billing.Party{Kind: billing.Adjustment},
				Credit: billing.Party{Kind: billing.Customer, ID: 4}, Amount: money.Amount(1 + i%977), CurrencyID: 156, Note: "=1+1",
			}
			if i%4 == 0 {
				p.Debit, p.Credit = p.Credit, p.Debit
			}
			postings = append(postings, p)
		}
		_, err := database.Post(ctx, postings)
		return err
	})
	span := []string{"account", "statement", "Retail", "--from", "2026-02-01"}
	var whole struct {
		view.StatementHead
		view.StatementFoot

		Postings []view.Posting `json:"postings"`
	}
	if err := json.Unmarshal([]byte(must(t, config, append(span, "--json")...)), &whole); err != nil {
		t.Fatal(err)
	}
	balance := whole.Opening
	for i, p := range whole.Postings {
		if balance += *p.Sum; balance != *p.Balance || i > 0 && !p.At.After(whole.Postings[i-1].At) && p.ID <= whole.Postings[i-1].ID {
			t.Fatalf("line %d: %+v after %s", i, p, balance)
		}
	}
	if whole.Opening != 50_000_000 || len(whole.Postings) != lines || whole.Lines != lines || whole.After != "" || balance != whole.Closing || whole.Closing != whole.Opening+whole.In-whole.Out {
		t.Errorf("%+v %+v, %d lines", whole.StatementHead, whole.StatementFoot, len(whole.Postings))
	}
	rows, err := csv.NewReader(strings.NewReader(must(t, config, append(span, "--csv")...))).ReadAll()
	if err != nil || len(rows) != lines+3 || rows[lines+2][5] != whole.Closing.String() || rows[2][9] != "'=1+1" {
		t.Errorf("%v: %d rows", err, len(rows))
	}
	if text := must(t, config, span...); strings.Count(text, "\n") != lines+5 {
		t.Errorf("%d lines of text", strings.Count(text, "\n"))
	}
	var paged []view.Posting
	for after := ""; ; {
		page := whole
		page.Postings, page.After = nil, ""
		out := must(t, config, append(span, "--json", "--limit", "999", "--after", after)...)
		if err := json.Unmarshal([]byte(out), &page); err != nil {
			t.Fatal(err)
		}
		if n := len(paged); n > 0 && page.Opening != *paged[n-1].Balance {
			t.Errorf("a page opens with %s, the one before closed with %s", page.Opening, *paged[n-1].Balance)
		}
		paged = append(paged, page.Postings...)
		if after = page.After; after == "" {
			break
		}
	}
	if len(paged) != lines || *paged[lines-1].Balance != whole.Closing {
		t.Errorf("%d lines in pages", len(paged))
	}
}

// Without --from a statement begins with the month, on the account's clock.
func TestStatementBeginsWithTheMonth(t *testing.T) {
	t.Parallel()
	config := seededOffice(t)
	withDatabase(t, config, func(ctx context.Context, database *db.DB) error {
		for _, zone := range []string{"", "Asia/Tokyo"} {
			now, err := database.Now(ctx)
			if err != nil {
				return err
			}
			from, to, err := accountStatementCmd{}.span(ctx, database, db.Account{TimeZone: zone})
			location, zoneErr := time.LoadLocation(zone)
			if err = errors.Join(err, zoneErr); err != nil {
				return err
			}
			if here, want := from.In(location), now.In(location); here.Day() != 1 || here.Hour() != 0 || here.Month() != want.Month() || here.Year() != want.Year() || !to.IsZero() {
				t.Errorf("%s: from %s until %s", zone, from, to)
			}
		}
		return nil
	})
}

func TestRunningCall(t *testing.T) {
	t.Parallel()
	answered := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	const even = money.FX(100_000_000)
	hold := func(change func(h *billing.OpenHold)) *billing.OpenHold {
		h := billing.OpenHold{Hold: billing.Hold{
			CallID: "c1", AccountID: 4, Amount: 2_000_000, Paid: 120 * time.Second, Limited: true,
			Terms: billing.Terms{Sale: &billing.Price{
				Card: rate.Card{Rates: []rate.Rate{{PerMinute: 100_000_000, First: 60, Next: 6}}}, CurrencyID: 156, From: even, To: even,
			}},
		}, AnsweredAt: answered}
		change(&h)
		return &h
	}
	for _, c := range []struct {
		name       string
		hold       *billing.OpenHold
		at         time.Duration // after the answer
		cost       money.Amount
		talk, left int64
	}{
		{"at the answer", hold(func(*billing.OpenHold) {}), 0, 0, 0, 120},
		{"the first increment", hold(func(*billing.OpenHold) {}), 900 * time.Millisecond, 1_000_000, 0, 119},
		{"the next", hold(func(*billing.OpenHold) {}), 63 * time.Second, 1_100_000, 63, 57},
		{"paid talk is over", hold(func(*billing.OpenHold) {}), 200 * time.Second, 2_000_000, 120, 0},
		{"never above the hold", hold(func(h *billing.OpenHold) { h.Amount = 1_050_000 }), 63 * time.Second, 1_050_000, 63, 57},
		{"not answered", hold(func(h *billing.OpenHold) { h.AnsweredAt = time.Time{} }), 63 * time.Second, 0, 0, 120},
		{"not seen since", hold(func(h *billing.OpenHold) { h.SeenAt = answered.Add(5 * time.Second) }), 63 * time.Second, 1_000_000, 5, 115},
		{"a clock that is behind", hold(func(*billing.OpenHold) {}), -3 * time.Second, 0, 0, 120},
		{"not sold", hold(func(h *billing.OpenHold) { h.Terms = billing.Terms{}; h.Amount = 0 }), 63 * time.Second, 0, 63, 57},
	} {
		got := view.RunningOf(c.hold, answered.Add(c.at))
		if got.Cost != c.cost || got.TalkS != c.talk || got.LeftS != c.left || got.Sold != c.hold.Terms.Sold() || (got.AnsweredAt == nil) != c.hold.AnsweredAt.IsZero() {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// Nobody is left without knowing what to do when MariaDB goes away in that very
// moment.
func TestPostingTold(t *testing.T) {
	t.Parallel()
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		ctx  context.Context
		err  error
		says string
	}{
		{t.Context(), fmt.Errorf("post: %w", db.ErrUnavailable), "whether it was posted is not known: say the same again with --key K1"},
		{gone, context.Canceled, "say the same again with --key K1"},
		{t.Context(), db.ErrPostingKey, "another posting needs another key"},
		{t.Context(), db.ErrNotFree, "--force"},
		{t.Context(), errors.New("odd"), "odd; nothing was changed"},
	} {
		if err := postingTold(c.ctx, c.err, "K1"); !errors.Is(err, c.err) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v: %v", c.err, err)
		}
	}
}

// A sum below zero is no flag, wherever it may stand.
func TestSumsBelowZero(t *testing.T) {
	t.Parallel()
	config := seededOffice(t)
	for i, args := range [][]string{
		{"account", "adjust", "Retail", "-1.50", "--note", "a", "--key", "k1"},
		{"account", "adjust", "--note", "b", "Retail", "-.5", "--key", "k2"},
		{"account", "adjust", "--note", "c", "--key=k3", "Retail", "-1"},
	} {
		if out, err := say(t, config, args...); (err != nil) != (i == 1) { // .5 is no decimal of ours
			t.Errorf("%v: %v\n%s", args, err, out)
		}
	}
	must(t, config, "account", "set", "Retail", "--credit", "-2.5", "--low=-3")
	var out bytes.Buffer
	if err := run(t.Context(), []string{"account", "show", "Retail", "--json", "--config", config}, &out, &out); err != nil {
		t.Fatal(err)
	}
	var v accountShown
	if err := json.Unmarshal(out.Bytes(), &v); err != nil {
		t.Fatal(err)
	}
	if *v.CreditLimit != -2_500_000 || *v.LowBalance != -3_000_000 || v.Money.Balance != 47_500_000 || *v.Money.Available != 45_000_000 {
		t.Errorf("%s", out.String())
	}
}
