package api

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/go-chi/chi/v5"

	"tandem/internal/e164"
	"tandem/routing"
)

// Categories of a number.
const (
	categoryBlocked  = "blocked"  // nobody may call it
	categoryDisabled = "disabled" // of our pool, switched off
	categoryOnNet    = "onnet"    // of our pool, an account has it
	categoryOwn      = "own"      // of our pool, nobody has it
	categoryOther    = "other"    // somewhere else
)

// lookups answer dialplans, one question each, in plain text for CURL():
//
//	/number/{number}                 onnet,1,asterisk-msm,IN/OUT: category, account, server, direction
//	/number/{number}/category        one of the words above
//	/number/{number}/is/{category}   1 or 0
//	/number/{number}/account         id of the account that has it; empty: none
//	/number/{number}/server          systemname of the server that it lives on; empty: none
//	/extension/{account}/{digits}    login of the subscriber; empty: none
//
// They read the snapshot alone: no database, no waiting.
func lookups(r chi.Router, snapshot func() *routing.Snapshot) {
	number := func(tell func(*routing.Snapshot, e164.Number, *http.Request) string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			n, err := e164.Parse(chi.URLParam(r, "number"))
			if err != nil {
				http.Error(w, "want an E.164 number: country code and number, 7 to 15 digits", http.StatusBadRequest)
				return
			}
			withSnapshot(w, snapshot, func(s *routing.Snapshot) string { return tell(s, n, r) })
		}
	}
	r.Get("/number/{number}", number(aboutNumber))
	r.Get("/number/{number}/category", number(func(s *routing.Snapshot, n e164.Number, _ *http.Request) string { return categoryOf(s, n) }))
	r.Get("/number/{number}/is/{category}", number(isCategory))
	r.Get("/number/{number}/account", number(func(s *routing.Snapshot, n e164.Number, _ *http.Request) string { return accountOf(s, n) }))
	r.Get("/number/{number}/server", number(func(s *routing.Snapshot, n e164.Number, _ *http.Request) string { return serverOf(s, n) }))
	r.Get("/extension/{account}/{digits}", func(w http.ResponseWriter, r *http.Request) {
		withSnapshot(w, snapshot, func(s *routing.Snapshot) string { return extensionOf(s, r) })
	})
}

// withSnapshot answers without a line end: dialplans compare the whole.
func withSnapshot(w http.ResponseWriter, snapshot func() *routing.Snapshot, tell func(*routing.Snapshot) string) {
	s := snapshot()
	if s == nil {
		http.Error(w, "no routing data yet: ask another node", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte(tell(s))) // the caller has hung up
}

func aboutNumber(s *routing.Snapshot, n e164.Number, _ *http.Request) string {
	direction := ""
	if row := s.Number(n); row != nil {
		direction = directionOf(row.Direction)
	}
	return strings.Join([]string{categoryOf(s, n), accountOf(s, n), serverOf(s, n), direction}, ",")
}

func isCategory(s *routing.Snapshot, n e164.Number, r *http.Request) string {
	if categoryOf(s, n) == chi.URLParam(r, "category") {
		return "1"
	}
	return "0"
}

func categoryOf(s *routing.Snapshot, n e164.Number) string {
	row := s.Number(n)
	if _, blocked := s.Blocked(0, "", n); blocked != "" {
		return categoryBlocked
	}
	switch {
	case row == nil:
		return categoryOther
	case !row.Enabled:
		return categoryDisabled
	case row.AccountID != 0:
		return categoryOnNet
	}
	return categoryOwn
}

func accountOf(s *routing.Snapshot, n e164.Number) string {
	if row := s.Number(n); row != nil && row.AccountID != 0 {
		return strconv.FormatInt(row.AccountID, 10)
	}
	return ""
}

// serverOf is the server of a number's gate, else the one it is bound to.
func serverOf(s *routing.Snapshot, n e164.Number) string {
	if row := s.Number(n); row != nil {
		if server := s.Home(row, &routing.Server{}); server != nil {
			return server.Name
		}
	}
	return ""
}

func extensionOf(s *routing.Snapshot, r *http.Request) string {
	account, err := strconv.ParseInt(chi.URLParam(r, "account"), 10, 64)
	if err != nil {
		return ""
	}
	if subscriber := s.Extension(account, chi.URLParam(r, "digits")); subscriber != nil && subscriber.Enabled {
		return subscriber.Login
	}
	return ""
}

func directionOf(d routing.Direction) string {
	switch d {
	case routing.In:
		return "IN"
	case routing.Out:
		return "OUT"
	}
	return "IN/OUT"
}
