package db_test

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/billing/rate"
	"tandem/db"
	"tandem/internal/e164"
	"tandem/routing"
	schema "tandem/sql"
)

func (b bundle) everything() map[string][][]string {
	all := map[string][][]string{}
	for _, table := range []string{
		"currency", "fx_rates", "providers", "providers_ips", "servers", "server_addresses", "accounts", "subscribers",
		"subscriber_numbers", "numbers_pool", "gates", "duty_operators", "stop_rules", "tariffs", "decks", "deck_rates", "balances", "ledger",
	} {
		all[table] = b.table("SELECT * FROM " + table + " ORDER BY 1, 2")
	}
	return all
}

func TestSeedTwiceIsSeedOnce(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	first := b.everything()
	for _, force := range []bool{false, true} {
		article, err := b.SeedArticle(t.Context(), force)
		if err != nil {
			t.Fatal(err)
		}
		demo, err := b.SeedDemo(t.Context(), force)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range slices.Concat(article, demo) {
			if s.Inserted != 0 || s.Present == 0 {
				t.Errorf("force %t: %+v; want nothing inserted", force, s)
			}
		}
		if diff := cmp.Diff(first, b.everything()); diff != "" {
			t.Errorf("force %t changed rows (-first +again):\n%s", force, diff)
		}
	}
}

func TestSeedSaysWhatItDid(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	got, err := b.SeedArticle(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	want := []db.Seeded{
		{Table: "currency", Source: "article", Inserted: 3},
		{Table: "providers", Source: "article", Inserted: 6},
		{Table: "providers_ips", Source: "article", Inserted: 13},
		{Table: "servers", Source: "article", Inserted: 4},
		{Table: "numbers_pool", Source: "article", Inserted: 12},
		{Table: "gates", Source: "article", Inserted: 5},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// Row 0 of servers keeps its id, and the session that wrote it its mode.
	if name := b.one("SELECT servername FROM servers WHERE id = 0"); name != "undefined" {
		t.Errorf("server 0 is %q", name)
	}
}

func TestSeedConvertsAddresses(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	got := b.table("SELECT id, ipaddress, domainname FROM providers_ips WHERE id IN (1, 2, 31, 34) ORDER BY id")
	want := [][]string{
		{"1", "NULL", "sbc.voxbeam.com"}, // 127.0.0.1 beside a name: not known
		{"2", "95.211.119.240", "95.211.119.240"},
		{"31", "89.208.190.8", "89.208.190.8"},
		{"34", "89.208.190.2", "sip.n1.ipport.net"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if ip := b.one("SELECT ipaddress FROM servers WHERE id = 1"); ip != "212.5.126.1" {
		t.Errorf("server 1 at %s", ip)
	}
}

func TestSeedKeepsWhatPeopleChanged(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	b.exec("UPDATE providers SET enabled = 0, cli_prefix = '77' WHERE id = 8")
	b.exec("UPDATE numbers_pool SET destination_subscriber_id = 2 WHERE id = 279")
	b.exec("DELETE FROM gates WHERE id = 10")
	seed := func(force bool) {
		if _, err := b.SeedArticle(t.Context(), force); err != nil {
			t.Fatal(err)
		}
		if _, err := b.SeedDemo(t.Context(), force); err != nil {
			t.Fatal(err)
		}
	}
	state := func() [][]string {
		return b.table(`SELECT p.enabled, p.cli_prefix, n.destination_subscriber_id, (SELECT COUNT(*) FROM gates) FROM providers p, numbers_pool n
			WHERE p.id = 8 AND n.id = 279`)
	}
	seed(false)
	if diff := cmp.Diff([][]string{{"0", "77", "2", "5"}}, state()); diff != "" {
		t.Errorf("seed (-want +got):\n%s", diff)
	}
	seed(true)
	// enabled is no column of the article: nothing to set it back to.
	if diff := cmp.Diff([][]string{{"0", "0011101", "1", "5"}}, state()); diff != "" {
		t.Errorf("forced seed (-want +got):\n%s", diff)
	}
}

// The article's addresses must not be given to whoever has the id here.
func TestSeedRefusesForeignData(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	b.exec("INSERT INTO currency (id, iso, name_en, numcode) VALUES (96, 'RUB', 'rouble', 643)")
	b.exec("INSERT INTO providers (id, providername, currency_id) VALUES (8, 'Somebody else', 96)")
	_, err := b.SeedArticle(t.Context(), false)
	if !errors.Is(err, db.ErrSeedConflict) {
		t.Errorf("%v; want %v", err, db.ErrSeedConflict)
	}
	if n := b.one("SELECT COUNT(*) FROM currency"); n != "1" {
		t.Errorf("a refused seed left %s currencies, want the one that was there", n)
	}
}

// The seed's rates must not be put into a deck that somebody else has made,
// forced or not.
func TestSeedRefusesForeignDecks(t *testing.T) {
	t.Parallel()
	for name, deck := range map[string]string{
		"its id is taken":      "(5, 3, 'cli', 9)",
		"its version is taken": "(77, 8, 'cli', 1)",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := migrated(t)
			if _, err := b.SeedArticle(t.Context(), false); err != nil {
				t.Fatal(err)
			}
			b.exec("INSERT INTO decks (id, provider_id, tier, version, state, created_at) SELECT v.*, 'draft', '2026-01-01' FROM (VALUES " + deck + ") v")
			for _, force := range []bool{false, true} {
				if _, err := b.SeedDemo(t.Context(), force); !errors.Is(err, db.ErrSeedConflict) {
					t.Errorf("force %t: %v; want %v", force, err, db.ErrSeedConflict)
				}
			}
			if n := b.one("SELECT COUNT(*) FROM deck_rates"); n != "0" {
				t.Errorf("%s rates of a refused seed", n)
			}
		})
	}
}

// Rows that the seed sets back are read again by a running Tandem.
func TestForcedSeedRevisesDecks(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	b.exec("UPDATE deck_rates SET per_minute = 9 WHERE deck_id = 5 AND prefix = '44'")
	b.exec("DELETE FROM deck_rates WHERE deck_id = 6 AND prefix = '44'")
	if _, err := b.SeedDemo(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	got := b.table("SELECT id, revision FROM decks WHERE revision <> 1 ORDER BY id")
	if diff := cmp.Diff([][]string{{"5", "2"}, {"6", "2"}}, got); diff != "" {
		t.Errorf("revisions (-want +got):\n%s", diff)
	}
	if n := b.one("SELECT COUNT(*) FROM decks d WHERE rates <> (SELECT COUNT(*) FROM deck_rates WHERE deck_id = d.id)"); n != "0" {
		t.Errorf("%s decks have other rows than they say", n)
	}
}

func TestViewOfProviders(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	b.exec("INSERT INTO providers_ips (id, provider_id, ipaddress, direction, proto) VALUES (900, 3, '2001:db8::/32', 'IN', 'SIP')")
	got := b.table("SELECT provider, protocol, address, direction FROM vw_providers WHERE provider IN ('VoxBeam', 'IPPort', 'Zadarma') ORDER BY provider, address")
	want := [][]string{
		{"IPPort", "SIP", "89.208.190.5 [89.208.190.5]", "IN"},
		{"IPPort", "SIP", "89.208.190.8 [89.208.190.8]", "IN"},
		{"IPPort", "SIP", "sip.n1.ipport.net [89.208.190.2]", "OUT"},
		{"VoxBeam", "SIP", "95.211.119.240 [95.211.119.240]", "IN"},
		{"VoxBeam", "SIP", "sbc.voxbeam.com", "OUT"},
		{"Zadarma", "SIP", "proxy-1.fr.zadarma.com [185.45.152.129]", "IN"},
		{"Zadarma", "SIP", "proxy-2.fr.zadarma.com [185.45.152.130]", "IN"},
		{"Zadarma", "SIP", "sip.zadarma.com", "OUT"},
		{"Zadarma", "SIP", "[2001:db8::/32]", "IN"},
	}
	slices.SortFunc(want, slices.Compare)
	slices.SortFunc(got, slices.Compare)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What the demonstration shows, with calls of three minutes: the office is bound
// to its gate and buys no tier below cli; transit calls show no number, so every
// provider competes, in two currencies, with prefixes of unequal depth,
// increments and fees; retail calls take no route at a loss.
func TestDemoRoutes(t *testing.T) {
	t.Parallel()
	data, _ := seeded(t).load()
	threeMinutes, err := rate.NewLengths(map[int32]uint64{180: 1})
	if err != nil {
		t.Fatal(err)
	}
	s, problems, err := routing.NewSnapshot(data, routing.Options{BaseCurrency: "EUR", Prior: threeMinutes}, time.Now())
	if err != nil || len(problems) != 0 {
		t.Fatalf("%v, %v", problems, err)
	}
	for _, c := range []struct {
		login, to, want string
	}{
		{"moscow-101", "74957777777", "7.c.g8 11.c.a35 8.c.a1 11.p.a35 8.p.a1"},
		{"transit-1", "74957777777", "11.n.a35 7.c.g8 7.c.a44 8.n.a1 16.c.g1 16.c.g2 16.c.a34 3.c.a7 11.c.a35 8.c.a1"},
		{"moscow-101", "442071234567", "11.c.a35 8.c.a1 11.p.a35 8.p.a1 7.c.g8"},
		{"london-201", "442071234567", "11.c.a35 8.c.a1 11.p.a35 8.p.a1 7.c.a44"},
		{"transit-1", "37167859001", "4.c.a42 8.n.a1 8.c.a1 8.p.a1"},
		// Retail buys as Transit does, but no route at a loss.
		{"transit-1", "442071234567", "11.n.a35 8.n.a1 11.c.a35 8.c.a1 11.p.a35 16.c.g1 16.c.g2 16.c.a34 8.p.a1 3.c.a7"},
		{"retail-1", "442071234567", "11.n.a35 8.n.a1 11.c.a35 8.c.a1 11.p.a35 16.c.g1 16.c.g2 16.c.a34 8.p.a1"},
	} {
		subscriber := s.Login(c.login)
		account := s.Account(subscriber.AccountID)
		var plan routing.Plan
		s.Plan(routing.Request{
			Server: s.Server("asterisk-macomnet"), Account: account, Shown: s.Present(account, subscriber, ""),
			BNumber: e164.Number(c.to), At: time.Now(),
		}, &plan)
		lossy := slices.ContainsFunc(plan.Dropped, func(d routing.Drop) bool { return d.Reason == routing.ReasonWouldLose })
		if lossy != (c.login == "retail-1") {
			t.Errorf("%s to %s: routes at a loss dropped: %t", c.login, c.to, lossy)
		}
		var keys []string
		for _, r := range plan.Routes {
			keys = append(keys, r.Key.String())
		}
		if got := strings.Join(keys, " "); got != c.want {
			t.Errorf("%s to %s: %s; want %s", c.login, c.to, got, c.want)
		}
	}
}

// Text that looks like SQL is text.
func TestHostileNamesAreData(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	for _, name := range []string{`Robert'); DROP TABLE calls; --`, `a\' OR 1=1 --`, "quote\" back\\slash \x00 %s ?", "日本 😀"} {
		b.exec("UPDATE accounts SET name = ? WHERE id = 3", name)
		data, problems, err := b.LoadSnapshotData(t.Context(), nil)
		if err != nil || len(problems) != 0 {
			t.Fatalf("%q: %v, %v", name, problems, err)
		}
		if got := data.Accounts[2].Name; got != name {
			t.Errorf("account name %q came back as %q", name, got)
		}
	}
}

// The article's files are all here, also the one that is no table.
func TestArticleFilesAreComplete(t *testing.T) {
	t.Parallel()
	seed, err := schema.Seed()
	if err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(seed, "article/*.csv")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, name := range names {
		got = append(got, path.Base(name))
	}
	want := []string{
		"currency.csv", "dial_strings_74957777777.csv", "gates.csv", "numbers_pool.csv", "providers.csv", "providers_ips.csv", "servers.csv",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
