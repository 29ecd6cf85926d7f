package main

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tandem/billing"
	"tandem/billing/rate"
	"tandem/db"
	"tandem/internal/money"
)

// Stories as those of decks, over the demo data, with calls that cost money:
//
//	$ hold CALL ACCOUNT 0.60 120   a call begins: 1.20 are set aside for 120 s of talk at 0.60 a minute, 60/60
//	$ talk CALL 30                 it was answered so many seconds ago
//	$ end CALL 45                  it is over after so many seconds of talk
func TestAccountStories(t *testing.T) { storiesAreTrue(t, "testdata/accounts/*.txt", tellMoneyStory) }

// The manual shows what is printed.
func TestAccountManualIsTrue(t *testing.T) {
	manualIsTrue(t, "../../docs/accounts.md", "testdata/accounts/*.txt", 60)
}

// tellMoneyStory runs the commands of a story and writes it anew.
func tellMoneyStory(t *testing.T, text string) string {
	t.Helper()
	s := moneyStory{story: story{t: t, config: seededOffice(t), dir: t.TempDir()}}
	var told strings.Builder
	for line := range strings.Lines(text) {
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			told.WriteString(line)
			if out := s.do(strings.TrimSpace(command)); out != "" {
				told.WriteString(out + "\n")
			}
		} else if strings.HasPrefix(line, "#") {
			told.WriteString(line)
		}
	}
	return told.String()
}

// moneyStory is a story with calls that cost money.
type moneyStory struct{ story }

func (s *moneyStory) do(command string) string {
	s.t.Helper()
	verb, rest, _ := strings.Cut(command, " ")
	switch verb {
	case "hold", "talk", "end":
		s.call(verb, strings.Fields(rest))
		return ""
	case "tandem":
		command = strings.ReplaceAll(command, "FX/", "testdata/fx/")
	}
	return keyless(strings.ReplaceAll(s.story.do(command), "testdata/fx/", "FX/"))
}

var (
	soFar   = regexp.MustCompile(`(?m)^(story-.*)  \d+ s  (.*)  \d+ s,`)
	madeKey = regexp.MustCompile(`cli:[a-z2-7]{26}`)
	cursor  = regexp.MustCompile(`(--after |"after":"|,closing,,.*,)[A-Za-z0-9_-]{20,}`)
)

// keyless takes out what is made at random, and how long calls have talked.
func keyless(text string) string {
	text = soFar.ReplaceAllString(text, "$1  N s  $2  N s,")
	return cursor.ReplaceAllString(madeKey.ReplaceAllString(text, "cli:KEY"), "${1}CURSOR")
}

// call lets something happen to a call, as a node would.
func (s *moneyStory) call(verb string, args []string) {
	s.t.Helper()
	withDatabase(s.t, s.config, func(ctx context.Context, database *db.DB) error {
		now, err := database.Now(ctx)
		if err != nil {
			return err
		}
		switch verb {
		case "hold":
			return beginCall(ctx, database, now, args[0], args[1], args[2], args[3])
		case "talk":
			return database.Sight(ctx, []billing.Sighting{{CallID: args[0], AnsweredAt: now.Add(-talkOf(s.t, args[1]) - time.Second/2), Route: storyRoute}})
		default:
			return endCall(ctx, database, now, args[0], talkOf(s.t, args[1]))
		}
	})
}

// storyRoute is what carries the calls of stories: tier cli of VoxBeam, which bills
// in dollars.
const storyRoute = "8.c.a1"

func talkOf(t *testing.T, text string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(text + "s")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func withDatabase(t *testing.T, config string, do func(ctx context.Context, database *db.DB) error) {
	t.Helper()
	c, err := loadConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	database, err := openDB(t.Context(), c, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	if err := do(t.Context(), database); err != nil {
		t.Error(err)
	}
	if err := database.Close(); err != nil {
		t.Error(err)
	}
}

func beginCall(ctx context.Context, database *db.DB, now time.Time, id, account, price, talk string) error {
	a, err := database.Account(ctx, account)
	if err != nil {
		return err
	}
	perMinute, err := money.ParseRate(price)
	if err != nil {
		return err
	}
	paid, err := time.ParseDuration(talk + "s")
	if err != nil {
		return err
	}
	card := func(perMinute money.Rate) rate.Card {
		return rate.Card{Rates: []rate.Rate{{PerMinute: perMinute, First: 60, Next: 60}}}
	}
	const even, dollar = money.FX(100_000_000), 122
	terms := billing.Terms{
		Sale: &billing.Price{Card: card(perMinute), CurrencyID: a.CurrencyID, From: even, To: even, CardCurrencyID: a.CurrencyID},
		Routes: []billing.RouteTerms{{Key: storyRoute, Cost: &billing.Price{
			Card: card(perMinute / 2), CurrencyID: dollar, From: even, To: even, CardCurrencyID: dollar,
		}}},
	}
	amount, err := terms.Dearest(now, now, paid)
	if err != nil {
		return err
	}
	start := billing.Start{CallID: id, Server: "asterisk-macomnet", Direction: billing.Outgoing, AccountID: a.ID, BNumber: "447700900123", StartedAt: now}
	if err := database.WriteRecords(ctx, []billing.Record{{Start: &start}}); err != nil {
		return err
	}
	h := billing.Hold{CallID: id, AccountID: a.ID, Amount: amount, Paid: paid, Limited: true, Terms: terms, Server: start.Server, Node: "test", BeganAt: now}
	b := billing.Bounds{Credit: a.Credit, Daily: a.DailyLimit, Day: now.Truncate(24 * time.Hour)}
	if a.Payment == db.Prepaid && b.Credit == nil {
		b.Credit = new(money.Amount)
	}
	grant, err := database.Hold(ctx, h, b)
	if err == nil && !grant.Granted {
		return fmt.Errorf("call %s: refused: %+v", id, grant)
	}
	return err
}

func endCall(ctx context.Context, database *db.DB, now time.Time, id string, talk time.Duration) error {
	answered := now.Add(-talk)
	end := billing.End{
		Start:      billing.Start{CallID: id, Server: "asterisk-macomnet", Direction: billing.Outgoing, BNumber: "447700900123", StartedAt: answered},
		AnsweredAt: answered, EndedAt: now, Disposition: billing.Answered, SIPStatus: 200, Talk: talk, Route: storyRoute, Source: billing.ByReport,
		Attempts: []billing.Attempt{{CallID: id, N: 1, Key: storyRoute, ProviderID: 8, StartedAt: answered, Result: billing.Answered, Talk: talk}},
	}
	return database.WriteRecords(ctx, []billing.Record{{End: &end}})
}
