package api

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/go-chi/chi/v5"

	"tandem/internal/money"
	"tandem/routing"
)

func lookupDoor(tb testing.TB) http.Handler {
	tb.Helper()
	s, problems, err := routing.NewSnapshot(routing.Data{
		Currencies: []routing.Currency{{ID: 1, ISO: "EUR"}}, FX: map[int64]money.FX{1: 100_000_000},
		Servers:   []routing.Server{{ID: 1, Name: "one", Driver: routing.PJSIP}, {ID: 2, Name: "two", Driver: routing.PJSIP}},
		Providers: []routing.Provider{{ID: 7, Name: "WestCall", CurrencyID: 1, Enabled: true}},
		Accounts:  []routing.Account{{ID: 4, Name: "Retail", Enabled: true}},
		Numbers: []routing.Number{
			{ID: 1, Number: "74951815000", ProviderID: 7, ServerID: 1, Enabled: true, Direction: routing.In | routing.Out, AccountID: 4},
			{ID: 2, Number: "74951815001", ProviderID: 7, Enabled: true, Direction: routing.In},
			{ID: 3, Number: "74951815002", ProviderID: 7, ServerID: 1, Direction: routing.Out},
		},
		Gates:       []routing.Gate{{ID: 1, NumberID: 1, ServerID: 2, Name: "westcall", Enabled: true}},
		Subscribers: []routing.Subscriber{{ID: 5, Login: "retail-1", Secret: "x", AccountID: 4, ServerID: 1, Extension: "101", Enabled: true}},
		Blocks:      []routing.Block{{ID: 1, Side: routing.SideB, Prefix: "882"}, {ID: 2, Side: routing.SideB, Prefix: "883", AccountID: 4}},
	}, routing.Options{BaseCurrency: "EUR"}, time.Now())
	if err != nil || len(problems) > 0 {
		tb.Fatal(err, problems)
	}
	r := chi.NewRouter()
	lookups(r, func() *routing.Snapshot { return s })
	return r
}

func TestLookups(t *testing.T) {
	door := lookupDoor(t)
	for path, want := range map[string]string{
		"/number/74951815000":              "onnet,4,two,IN/OUT",
		"/number/74951815001":              "own,,,IN",
		"/number/74951815002":              "disabled,,one,OUT",
		"/number/88212345678":              "blocked,,,",
		"/number/88312345678":              "other,,,",
		"/number/+74951815000/category":    "onnet",
		"/number/74951815000/is/onnet":     "1",
		"/number/74951815000/is/blocked":   "0",
		"/number/74951815000/account":      "4",
		"/number/74951815000/server":       "two",
		"/number/442038070121/server":      "",
		"/extension/4/101":                 "retail-1",
		"/extension/4/102":                 "",
		"/extension/x/101":                 "",
		"/number/74951815000/is/<script>x": "0",
	} {
		w := httptest.NewRecorder()
		door.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, http.NoBody))
		if w.Code != http.StatusOK || w.Body.String() != want || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" {
			t.Errorf("%s: %d %q, want %q", path, w.Code, w.Body, want)
		}
	}
	for path, want := range map[string]int{"/number/12": http.StatusBadRequest, "/number/abc": http.StatusBadRequest, "/number/": http.StatusNotFound} {
		w := httptest.NewRecorder()
		if door.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, http.NoBody)); w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}
}

func TestLookupsWithoutRoutingData(t *testing.T) {
	r := chi.NewRouter()
	lookups(r, func() *routing.Snapshot { return nil })
	w := httptest.NewRecorder()
	if r.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/number/74951815000", http.NoBody)); w.Code != http.StatusServiceUnavailable {
		t.Errorf("%d, want 503: the dialplan asks another node", w.Code)
	}
}

func BenchmarkLookup(b *testing.B) {
	door := lookupDoor(b)
	r := httptest.NewRequest(http.MethodGet, "/number/74951815000/category", http.NoBody)
	for b.Loop() {
		door.ServeHTTP(httptest.NewRecorder(), r)
	}
}
