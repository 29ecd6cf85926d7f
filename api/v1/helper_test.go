package v1_test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/rs/zerolog"

	"tandem/api/access"
	v1 "tandem/api/v1"
	"tandem/db"
	"tandem/desk"
	"tandem/geo"
	"tandem/play/dbtest/filled"
)

// house is the whole API over a database of the test's own.
//
//	h := newHouse(t)                       empty tables
//	h := seededHouse(t)                    the article's data and the demo's
//	admin := h.as(access.Admin)            signed in, one user a role
//	admin.post("/providers", map[string]any{"name": "acme"}).want(t, 201)
//	a := admin.get("/providers/1")         a.status, a.header, a.body, a.into(t, &v)
//	admin.put("/providers/1", v, "If-Match", a.header.Get("ETag")).want(t, 200)
//	h.exec("UPDATE ..."); h.db.Accounts(ctx)
type house struct {
	t     *testing.T
	db    *db.DB
	hand  *sql.DB // SQL by hand
	guard *access.Guard
	api   *v1.Description
	url   string
	log   *bytes.Buffer // what the API had to say; read it after the request
	roles map[access.Role]db.User

	transport *http.Transport // that all clients share
}

// newHouse makes one. change may alter what the API is made of.
func newHouse(t *testing.T, change ...func(*v1.Config)) *house {
	t.Helper()
	return houseOver(t, filled.Migrated(t), change...)
}

// seededHouse is newHouse with the article's data and the demo's.
func seededHouse(t *testing.T, change ...func(*v1.Config)) *house {
	t.Helper()
	return houseOver(t, filled.Seeded(t), change...)
}

// houseOver is a house over a database that is migrated.
func houseOver(t *testing.T, dsn string, change ...func(*v1.Config)) *house {
	t.Helper()
	h := &house{t: t, log: &bytes.Buffer{}, roles: map[access.Role]db.User{}, transport: &http.Transport{}}
	h.open(dsn)
	logger := zerolog.New(zerolog.SyncWriter(h.log))
	var err error
	if h.guard, err = access.NewGuard(access.Config{DB: h.db, Log: logger, TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}}); err != nil {
		t.Fatal(err)
	}
	config := v1.Config{DB: h.db, Guard: h.guard, Version: "test", Node: "test", Currency: "USD", Log: logger}
	config.Desk = desk.New(desk.Config{DB: h.db, BaseCurrency: config.Currency})
	for _, c := range change {
		c(&config)
	}
	config.Stream = v1.NewStream(&config)
	config.Progress = config.Stream.Post
	config.Jobs = desk.NewJobs(config.Desk, logger, config.Progress)
	var handler http.Handler
	handler, h.api = v1.New(config)
	server := httptest.NewServer(http.StripPrefix(v1.Prefix, h.guard.Identify(handler)))
	t.Cleanup(server.Close)
	t.Cleanup(h.transport.CloseIdleConnections)
	h.url = server.URL + v1.Prefix
	return h
}

// open opens both doors to the database.
func (h *house) open(dsn string) {
	h.t.Helper()
	c, err := mysql.ParseDSN(dsn)
	if err != nil {
		h.t.Fatal(err)
	}
	atlas, err := geo.New(0)
	if err != nil {
		h.t.Fatal(err)
	}
	config := filled.ConfigOf(c)
	config.Atlas = atlas
	h.db, err = db.Open(h.t.Context(), config)
	if err != nil {
		h.t.Fatal(err)
	}
	c.ParseTime = true
	connector, err := mysql.NewConnector(c)
	if err != nil {
		h.t.Fatal(err)
	}
	h.hand = sql.OpenDB(connector)
	h.t.Cleanup(func() {
		if err := errors.Join(h.db.Close(), h.hand.Close()); err != nil {
			h.t.Error(err)
		}
	})
}

// exec runs SQL by hand.
func (h *house) exec(statement string, args ...any) {
	h.t.Helper()
	if _, err := h.hand.ExecContext(h.t.Context(), statement, args...); err != nil {
		h.t.Fatalf("%s: %v", statement, err)
	}
}

// one reads a single value by hand, as text.
func (h *house) one(query string, args ...any) string {
	h.t.Helper()
	var v sql.NullString
	if err := h.hand.QueryRowContext(h.t.Context(), query, args...).Scan(&v); err != nil {
		h.t.Fatalf("%s: %v", query, err)
	}
	return v.String
}

// nobody is a client that is not signed in.
func (h *house) nobody() *client {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return &client{h: h, http: &http.Client{Jar: jar, Transport: h.transport}}
}

// as is a client signed in as the one user that has this role; each call is
// another session. Customer and agent belong to the account of h.account().
func (h *house) as(role access.Role) *client {
	h.t.Helper()
	c := h.nobody()
	c.do(http.MethodPost, "/session", map[string]any{"login": h.user(role).Login, "password": password}).want(h.t, http.StatusOK)
	return c
}

// session is as, without the time that a password takes.
func (h *house) session(role access.Role) *client {
	h.t.Helper()
	return h.sessionOf(h.user(role).ID)
}

// sessionOf is a client signed in as that user.
func (h *house) sessionOf(user int64) *client {
	h.t.Helper()
	token := rand.Text()
	if err := h.db.OpenSession(h.t.Context(), user, sha256.Sum256([]byte(token)), db.Session{}, time.Hour, time.Hour); err != nil {
		h.t.Fatal(err)
	}
	c := h.nobody()
	u, err := url.Parse(h.url)
	if err != nil {
		h.t.Fatal(err)
	}
	c.http.Jar.SetCookies(u, []*http.Cookie{{Name: "tandem_session", Value: token, Path: "/"}})
	return c
}

// key is a client with a key of the user that has this role.
func (h *house) key(role access.Role, scopes ...string) *client {
	h.t.Helper()
	ctx := access.With(h.t.Context(), access.Principal{UserID: h.user(role).ID, Login: string(role), Role: role})
	_, key, err := h.guard.NewKey(ctx, password, db.APIKeySettings{Name: "test", Role: string(role), Scopes: scopes}, time.Time{})
	if err != nil {
		h.t.Fatal(err)
	}
	c := h.nobody()
	c.bearer = key
	return c
}

// account is the id of an account of the test's own.
func (h *house) account() int64 {
	h.t.Helper()
	h.exec(`INSERT IGNORE INTO accounts (name) VALUES ('house')`)
	return h.id(`SELECT id FROM accounts WHERE name = 'house'`)
}

func (h *house) id(query string, args ...any) (id int64) {
	h.t.Helper()
	if err := h.hand.QueryRowContext(h.t.Context(), query, args...).Scan(&id); err != nil {
		h.t.Fatalf("%s: %v", query, err)
	}
	return id
}

// subscriber is the id of a telephone of that account.
func (h *house) subscriber() int64 {
	h.t.Helper()
	h.exec(`INSERT IGNORE INTO servers (servername) VALUES ('house')`)
	h.exec(`INSERT IGNORE INTO subscribers (login, secret, account_id, server_id) SELECT 'house', 'none', ?, id FROM servers WHERE servername = 'house'`, h.account())
	return h.id(`SELECT id FROM subscribers WHERE login = 'house'`)
}

// password of every user that h.user makes.
const password = "correct horse battery staple"

// passwordHash costs what it is meant to cost, so hundreds of users share one.
var passwordHash = sync.OnceValues(func() (string, error) { return access.HashPassword(password) })

// user is the one user with this role, made when first asked for; the login is the
// role's name.
func (h *house) user(role access.Role) db.User {
	h.t.Helper()
	if u, ok := h.roles[role]; ok {
		return u
	}
	s := db.UserSettings{Login: string(role), Role: string(role), Enabled: true}
	if role == access.Customer || role == access.Agent {
		s.AccountID = h.account()
	}
	if role == access.Agent {
		s.SubscriberID = h.subscriber()
	}
	hash, err := passwordHash()
	if err != nil {
		h.t.Fatal(err)
	}
	u, err := h.db.CreateUser(h.t.Context(), s, hash)
	if err != nil {
		h.t.Fatal(err)
	}
	h.roles[role] = u
	return u
}

// path is fmt.Sprintf, for paths.
func (h *house) path(format string, args ...any) string { return fmt.Sprintf(format, args...) }

// seed fills the database with the article's data and the demo's.
func (h *house) seed() {
	h.t.Helper()
	if err := filled.Seed(h.t.Context(), h.db); err != nil {
		h.t.Fatal(err)
	}
}
