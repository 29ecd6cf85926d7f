package v1_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"tandem/api/access"
	v1 "tandem/api/v1"
	"tandem/db"
)

// marks are in everything that belongs to one account.
func marks() []string { return []string{"xmarkx", "7654.321", "4477000999"} }

func marked(a answer) string {
	for _, mark := range marks() {
		if strings.Contains(strings.ToLower(string(a.body)), mark) {
			return mark
		}
	}
	return ""
}

// two are two accounts, each with a customer and an agent; all of the first has a mark.
type two struct {
	*exchange

	account, phone, key          int64 // of the first
	customer, agent              int64 // users of the first
	otherCustomer, otherAgent    int64
	strangerAccount, strangerSub int64
}

func newTwo(t *testing.T) *two {
	t.Helper()
	x := &two{exchange: newExchange(t)}
	x.exec("INSERT INTO currency (id, iso, name_en, numcode) VALUES (156, 'EUR', 'euro', 978)")
	x.exec("INSERT INTO tariffs (id, name, currency_id) VALUES (5, 'Xmarkx tariff', 156)")
	x.exec(`INSERT INTO decks (id, tariff_id, version, state, publish_at, created_at, rates, time_zone, file, comment) VALUES (50, 5, 1, 'published', '2026-01-01', '2026-01-01', 1, 'UTC', '', '')`)
	x.exec(`INSERT INTO deck_rates (deck_id, prefix, per_minute, destination, attempt_fee) VALUES (50, '44', 0.02, 'Xmarkx land', 0)`)
	x.exec("INSERT INTO servers (servername) VALUES ('alpha-rows')")
	x.account, x.phone = x.owner("xmarkx", 5)
	x.strangerAccount, x.strangerSub = x.owner("other", nil)
	x.exec(`INSERT INTO calls (call_id, server, direction, account_id, subscriber_id, a_number, b_number, started_at, disposition, talk_ms, sale, sale_currency_id)
		VALUES ('xmarkx-1', 'alpha', 'out', ?, ?, '4477000999', '7499', '2026-10-01', 'answered', 61500, 7654.321, 156)`, x.account, x.phone)
	x.exec(`INSERT INTO calls (call_id, server, direction, account_id, subscriber_id, started_at) VALUES ('xmarkx-live', 'alpha', 'out', ?, ?, UTC_TIMESTAMP(3))`, x.account, x.phone)
	x.exec("INSERT INTO balances (account_id, currency_id, balance, opened_at) VALUES (?, 156, 7654.321, UTC_TIMESTAMP(3))", x.account)
	x.exec(`INSERT INTO ledger (posting_key, at, kind, debit, credit, credit_id, amount, currency_id, note) VALUES ('xmarkx', UTC_TIMESTAMP(3), 'topup', 'cash', 'customer', ?, 7654.321, 156, 'xmarkx')`, x.account)
	x.tell(t, "Dial", call("xmarkx-live", "Up", "8.c.a1"))
	x.customer, x.agent = x.person("xmarkx-c", access.Customer, x.account, 0), x.person("xmarkx-a", access.Agent, x.account, x.phone)
	x.otherCustomer, x.otherAgent = x.person("other-c", access.Customer, x.strangerAccount, 0), x.person("other-a", access.Agent, x.strangerAccount, x.strangerSub)
	for _, user := range []int64{x.customer, x.agent} {
		x.exec(`INSERT INTO api_keys (user_id, name, secret_hash, role, scopes, networks, created_at, expires_at)
			VALUES (?, 'xmarkx key', REPEAT('x', 32), 'customer', '*', '', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL 1 DAY)`, user)
		x.sessionOf(user) // elsewhere
		x.exec(`UPDATE sessions SET agent = 'xmarkx browser' WHERE user_id = ?`, user)
	}
	x.key = x.id(`SELECT MIN(id) FROM api_keys`)
	return x
}

func (x *two) owner(name string, tariff any) (account, phone int64) {
	x.t.Helper()
	x.exec("INSERT INTO accounts (name, tariff_id) VALUES (?, ?)", name, tariff)
	account = x.id("SELECT id FROM accounts WHERE name = ?", name)
	x.exec(`INSERT INTO subscribers (login, secret, account_id, server_id) SELECT ?, 'none', ?, id FROM servers WHERE servername = 'alpha-rows'`, name+"-phone", account)
	return account, x.id("SELECT id FROM subscribers WHERE account_id = ?", account)
}

func (x *two) person(login string, role access.Role, account, phone int64) int64 {
	x.t.Helper()
	u, err := x.db.CreateUser(x.t.Context(), db.UserSettings{Login: login, Role: string(role), Enabled: true, AccountID: account, SubscriberID: phone}, "")
	if err != nil {
		x.t.Fatal(err)
	}
	return u.ID
}

// asks are the ways to ask for what belongs to the first account by an operation.
func (x *two) asks(op v1.Operation) []string {
	path := strings.ReplaceAll(op.Path, "{id}", "xmarkx-1")
	if strings.HasPrefix(op.Path, "/keys") {
		path = strings.ReplaceAll(op.Path, "{id}", strconv.FormatInt(x.key, 10))
	}
	list := []string{path}
	for name, value := range map[string]any{
		"q": "xmarkx-1", "number": "4477000999", "subscriber_id": x.phone, "account_id": x.account, "user_id": x.customer, "all": true, "call_id": "xmarkx-1",
		"format": "ndjson",
	} {
		list = append(list, path+"?"+url.Values{name: {fmt.Sprint(value)}}.Encode())
	}
	return list
}

// ofNobody says whether an operation tells what is in no row: the plan of numbers.
func ofNobody(op v1.Operation) bool {
	return op.Path == "/places/{number}" || op.Path == "/places/countries"
}

// Of what belongs to one account, another's customers and agents are told nothing, by
// any operation of one's own; its owners are told something by each, or this test
// would show nothing.
func TestRowsOfOthers(t *testing.T) {
	t.Parallel()
	x := newTwo(t)
	strangers := []*client{x.sessionOf(x.otherCustomer), x.sessionOf(x.otherAgent)}
	owners := []*client{x.sessionOf(x.customer), x.sessionOf(x.agent)}
	shown := 0
	for _, op := range operations(t, x.api) {
		r := op.Rule
		if op.Method != http.MethodGet || r.Public || op.ID == "stream" || ofNobody(op) || !r.Anyone && !r.Allows(access.Principal{UserID: 1, Role: access.Customer}) {
			continue
		}
		told := false
		for _, path := range x.asks(op) {
			for _, who := range strangers {
				if a := who.get(path); marked(a) != "" || a.status >= 500 {
					t.Errorf("%s: %d, %q is told to a stranger: %s", a.asked, a.status, marked(a), a.body)
				}
			}
			for _, who := range owners {
				told = marked(who.get(path)) != "" || told
			}
		}
		if !told {
			t.Errorf("%s: its owners are told nothing, either: give newTwo something to tell", op.Path)
		}
		shown++
	}
	if shown < 12 {
		t.Errorf("only %d operations", shown)
	}
	for i, who := range strangers {
		theirs, own := who.open(t, "mine", ""), owners[i].open(t, "mine", "")
		x.soon(t, func() error {
			for _, v := range []*tab{theirs, own} {
				v.mu.Lock()
				told := v.states["mine"]
				v.mu.Unlock()
				if told == "" || v == own && !strings.Contains(told, "xmarkx-live") {
					return fmt.Errorf("told: %q", told)
				}
			}
			return nil
		})
		if theirs.close(); strings.Contains(theirs.states["mine"], "xmarkx") {
			t.Errorf("a stranger hears %s", theirs.states["mine"])
		}
		own.close()
	}
}

// Nothing that strangers do to what is their own changes what belongs to others.
func TestChangesByOthers(t *testing.T) {
	t.Parallel()
	x := newTwo(t)
	state := func() string {
		return x.one(`SELECT CONCAT_WS(' ', (SELECT COUNT(*) FROM sessions WHERE user_id IN (?, ?)), (SELECT COUNT(*) FROM api_keys WHERE user_id IN (?, ?)),
			(SELECT GROUP_CONCAT(CONCAT(login, role, enabled, language, time_zone, password) ORDER BY id) FROM users WHERE id IN (?, ?)),
			(SELECT balance FROM balances WHERE account_id = ?), (SELECT COUNT(*) FROM ledger))`,
			x.customer, x.agent, x.customer, x.agent, x.customer, x.agent, x.account)
	}
	before, tried := state(), 0
	for _, user := range []int64{x.otherCustomer, x.otherAgent} {
		for _, op := range operations(t, x.api) {
			if op.Method == http.MethodGet || op.Rule.Public || !op.Rule.Anyone {
				continue
			}
			who := x.sessionOf(user)
			for _, path := range x.asks(op) {
				var body any
				if op.Method != http.MethodDelete {
					body = map[string]any{"language": "ru", "time_zone": "", "user_id": x.customer}
				}
				who.do(op.Method, path, body)
			}
			tried++
		}
	}
	if after := state(); after != before || tried < 10 {
		t.Errorf("%d operations: %s, before %s", tried, after, before)
	}
}

// Agents are telephones: they see their calls, and nobody's money.
func TestAgentsSeeNoMoney(t *testing.T) {
	t.Parallel()
	x := newTwo(t)
	x.exec(`INSERT INTO calls (call_id, server, direction, account_id, subscriber_id, started_at) VALUES ('paid', 'alpha', 'out', ?, ?, UTC_TIMESTAMP(3))`, x.account, x.phone)
	agent, customer := x.sessionOf(x.agent), x.sessionOf(x.customer)
	for _, path := range []string{"/mine/calls", "/mine/calls/xmarkx-1", "/mine/calls/export", "/mine/calls/export?format=ndjson", "/mine/account"} {
		a := agent.get(path).want(t, http.StatusOK)
		if strings.Contains(string(a.body), "7654") {
			t.Errorf("%s: %s", a.asked, a.body)
		}
		if path != "/mine/account" && !strings.Contains(string(customer.get(path).body), "7654.321") {
			t.Errorf("%s: the customer is not told, either", path)
		}
	}
}
