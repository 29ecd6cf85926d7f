package access_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/go-sql-driver/mysql"

	"tandem/api/access"
	"tandem/db"
	"tandem/play/dbtest"
)

const password = "correct horse battery staple"

// guarded is a guard over a database with one administrator, root.
func guarded(t *testing.T, c access.Config) (*access.Guard, db.User) {
	t.Helper()
	dsn, err := mysql.ParseDSN(dbtest.DSN(t))
	if err != nil {
		t.Fatal(err)
	}
	c.DB, err = db.Open(t.Context(), db.Config{Address: dsn.Addr, User: dsn.User, Password: dsn.Passwd, Database: dsn.DBName})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.DB.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := c.DB.Migrate(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	hash, err := access.HashPassword(password)
	if err != nil {
		t.Fatal(err)
	}
	u, err := c.DB.CreateUser(t.Context(), db.UserSettings{Login: "root", Role: "admin", Enabled: true}, hash)
	if err != nil {
		t.Fatal(err)
	}
	g, err := access.NewGuard(c)
	if err != nil {
		t.Fatal(err)
	}
	return g, u
}

// entered is the context of a request with that cookie.
func entered(t *testing.T, g *access.Guard, cookie http.Cookie) context.Context {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.AddCookie(&cookie)
	handed := make(chan context.Context, 1)
	g.Identify(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { handed <- r.Context() })).ServeHTTP(httptest.NewRecorder(), r)
	select {
	case ctx := <-handed:
		return ctx
	default:
		t.Fatal("the request was not handed on")
		return nil
	}
}

// What goes on for long ends with the session, and does not prolong it.
func TestValid(t *testing.T) {
	g, u := guarded(t, access.Config{})
	for name, end := range map[string]func() error{
		"signed out": func() error { return g.DB.CloseSessions(t.Context(), u.ID, 0, false) },
		"password":   func() error { return g.DB.SetPassword(t.Context(), u.ID, "x", false) },
		"demoted": func() error {
			if _, err := g.DB.CreateUser(t.Context(), db.UserSettings{Login: "second", Role: "admin", Enabled: true}, "x"); err != nil {
				return err
			}
			s := u.UserSettings
			s.Role = "analyst"
			_, err := g.DB.UpdateUser(t.Context(), u.ID, s, func(db.User) error { return nil })
			return err
		},
	} {
		hash, err := access.HashPassword(password)
		if err == nil {
			err = g.DB.SetPassword(t.Context(), u.ID, hash, false)
		}
		if err != nil {
			t.Fatal(err)
		}
		_, cookie, err := g.SignIn(t.Context(), "root", password, "")
		if err != nil {
			t.Fatal(err)
		}
		ctx := entered(t, g, cookie)
		if ok, err := g.Valid(ctx); !ok || err != nil {
			t.Errorf("%s: not valid at first: %v", name, err)
		}
		if err := end(); err != nil {
			t.Fatal(err)
		}
		if ok, err := g.Valid(ctx); ok || err != nil {
			t.Errorf("%s: still valid: %v", name, err)
		}
		if name == "demoted" {
			if _, err := g.DB.UpdateUser(t.Context(), u.ID, u.UserSettings, func(db.User) error { return nil }); err != nil {
				t.Fatal(err)
			}
		}
	}
	if ok, err := g.Valid(t.Context()); ok || err != nil {
		t.Errorf("nobody is valid: %v", err)
	}
}

// A hundred guesses at the same time are no more than one after the other.
func TestThrottleHoldsAtOnce(t *testing.T) {
	g, _ := guarded(t, access.Config{})
	var looked, throttled int
	var mu sync.Mutex
	var group sync.WaitGroup
	for range 40 {
		group.Go(func() {
			_, _, err := g.SignIn(t.Context(), "root", "wrong", "")
			mu.Lock()
			defer mu.Unlock()
			var wait *access.ThrottledError
			switch {
			case errors.As(err, &wait):
				throttled++
			case errors.Is(err, access.ErrCredentials):
				looked++
			default:
				t.Error(err)
			}
		})
	}
	group.Wait()
	if looked != 10 || throttled != 30 {
		t.Errorf("%d passwords were looked at, %d refused", looked, throttled)
	}
}

// A database that is away is no reason to take somebody for nobody.
func TestDatabaseAway(t *testing.T) {
	g, _ := guarded(t, access.Config{})
	_, cookie, err := g.SignIn(t.Context(), "root", password, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := g.DB.Close(); err != nil {
		t.Fatal(err)
	}
	r, w := httptest.NewRequest(http.MethodGet, "/", nil), httptest.NewRecorder()
	r.AddCookie(&cookie)
	g.Identify(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("handed on") })).ServeHTTP(w, r)
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestPublicURL(t *testing.T) {
	if _, err := access.NewGuard(access.Config{PublicURL: "tandem.example"}); err == nil {
		t.Error("a public URL without a scheme is taken")
	}
}
