package sip

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

// registrationDefault is the life of a registration that names none.
const registrationDefault = time.Hour

// Registration is one login that registered with a carrier.
type Registration struct {
	Login   string    `json:"login"`
	Contact string    `json:"contact"` // URI to call it at
	Source  string    `json:"source"`  // "host:port" the REGISTER came from
	At      time.Time `json:"at"`      // of the last REGISTER
	Until   time.Time `json:"until"`
	Count   int       `json:"count"` // accepted REGISTERs, refreshes included
}

// registrar remembers who has registered.
type registrar struct {
	mu      sync.Mutex
	byLogin map[string]Registration
	changed chan struct{} // closed and replaced at each change
}

func newRegistrar() *registrar {
	return &registrar{byLogin: make(map[string]Registration), changed: make(chan struct{})}
}

// onRegister accepts a REGISTER that proves a login we know (RFC 3261 §10.3).
func (a *agent) onRegister(req *gosip.Request, tx *gosip.ServerTx) {
	if len(a.logins) == 0 {
		a.respond(req, tx, statusForbidden)
		return
	}
	login, ok := a.loginOf(req)
	if !ok {
		a.challenge(req, tx, statusUnauthorized)
		return
	}
	life := lifeOf(req)
	if a.registeredFor > 0 {
		life = min(life, a.registeredFor)
	}
	if contact := req.Contact(); contact != nil {
		a.registrar.put(login, contact.Address.String(), req.Source(), life)
	}
	a.records.count(func(c *Counters) { c.Registers++ })
	a.log.Debug().Str("agent", a.name).Str("login", login).Dur("life", life).Msg("registered")

	seconds := strconv.Itoa(int(life.Seconds()))
	headers := []Header{{"Expires", seconds}}
	if contact := req.Contact(); contact != nil && life > 0 {
		headers = append(headers, Header{"Contact", "<" + contact.Address.String() + ">;expires=" + seconds})
	}
	a.respond(req, tx, statusOK, headers...)
}

// lifeOf is the life asked for: parameter of Contact, else header Expires.
func lifeOf(req *gosip.Request) time.Duration {
	asked := headerOf(req, "Expires")
	if contact := req.Contact(); contact != nil {
		asked = contact.Params.GetOr("expires", asked)
	}
	seconds, err := strconv.ParseUint(strings.TrimSpace(asked), 10, 31)
	if err != nil {
		return registrationDefault
	}
	return time.Duration(seconds) * time.Second
}

// put notes a registration; life 0 takes it back.
func (r *registrar) put(login, contact, source string, life time.Duration) {
	now := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	if life <= 0 {
		delete(r.byLogin, login)
	} else {
		r.byLogin[login] = Registration{
			Login: login, Contact: contact, Source: source,
			At: now, Until: now.Add(life), Count: r.byLogin[login].Count + 1,
		}
	}
	close(r.changed)
	r.changed = make(chan struct{})
}

// all are the registrations in force, by login.
func (r *registrar) all() []Registration {
	now := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	list := slices.SortedFunc(maps.Values(r.byLogin), func(x, y Registration) int { return strings.Compare(x.Login, y.Login) })
	return slices.DeleteFunc(list, func(reg Registration) bool { return reg.Until.Before(now) })
}

// wait returns as soon as the login is registered.
func (r *registrar) wait(ctx context.Context, login string) (Registration, error) {
	for {
		r.mu.Lock()
		reg, ok := r.byLogin[login]
		changed := r.changed
		r.mu.Unlock()
		if ok {
			return reg, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return Registration{}, fmt.Errorf("sip: wait for registration of %q: %w", login, context.Cause(ctx))
		}
	}
}
