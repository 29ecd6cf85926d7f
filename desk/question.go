package desk

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"tandem/routing"
)

// Question is a call that might be made.
type Question struct {
	To           string // what the caller dials
	From         string // number that the caller asks to show; empty: none
	Server       string // that it is made on, by name
	ServerID     int64  // by id; without either, the caller's own, else the first
	Subscriber   string // who calls, by login
	SubscriberID int64  // by id
	AccountID    int64  // whose subscriber; without one, the first who may show From
	At           time.Time
}

// caller finds the subscriber in whose place the call is explained, and the
// server.
func (q *Question) caller(s *routing.Snapshot) (*routing.Subscriber, *routing.Server, error) {
	server, err := q.server(s)
	if err != nil {
		return nil, nil, err
	}
	caller, err := q.subscriber(s, server)
	if err != nil || server != nil {
		return caller, server, err
	}
	if server = s.ServerByID(caller.ServerID); server == nil {
		all := s.Servers()
		if len(all) == 0 {
			return nil, nil, wrong("--server", "", "there is none yet; add one first")
		}
		server = all[0]
	}
	return caller, server, nil
}

// server is nil when none is named.
func (q *Question) server(s *routing.Snapshot) (*routing.Server, error) {
	switch {
	case q.ServerID != 0:
		if v := s.ServerByID(q.ServerID); v != nil {
			return v, nil
		}
		return nil, wrong("--server-id", "", "there is none with the id %d", q.ServerID)
	case q.Server == "":
		return nil, nil //nolint:nilnil // none is named
	}
	if v := s.Server(q.Server); v != nil {
		return v, nil
	}
	return nil, NoServer(s, q.Server)
}

// NoServer is the error of a server that is not there.
func NoServer(s *routing.Snapshot, name string) error {
	var names []string
	for _, v := range s.Servers() {
		names = append(names, v.Name)
	}
	return wrong("--server", strconv.Quote(name), "want one of %s", strings.Join(names, ", "))
}

func (q *Question) subscriber(s *routing.Snapshot, server *routing.Server) (*routing.Subscriber, error) {
	switch {
	case q.SubscriberID != 0:
		if v := s.Subscriber(q.SubscriberID); v != nil {
			return v, nil
		}
		return nil, wrong("--subscriber-id", "", "there is none with the id %d", q.SubscriberID)
	case q.Subscriber != "":
		if v := s.Login(q.Subscriber); v != nil {
			return v, nil
		}
		return nil, wrong("--subscriber", strconv.Quote(q.Subscriber), "no such login")
	case q.AccountID != 0:
		return q.ofAccount(s, server)
	}
	return q.whoMayShow(s, s.Subscribers(), server)
}

// ofAccount prefers who may show what is asked for. Who may not shows what would
// be shown instead.
func (q *Question) ofAccount(s *routing.Snapshot, server *routing.Server) (*routing.Subscriber, error) {
	if s.Account(q.AccountID) == nil {
		return nil, wrong("--account-id", "", "there is none with the id %d", q.AccountID)
	}
	theirs := slices.DeleteFunc(slices.Clone(s.Subscribers()), func(v *routing.Subscriber) bool { return v.AccountID != q.AccountID })
	if v, err := q.whoMayShow(s, theirs, server); err == nil {
		return v, nil
	}
	if at := slices.IndexFunc(theirs, func(v *routing.Subscriber) bool { return here(v, server) }); at >= 0 {
		return theirs[at], nil
	}
	if len(theirs) == 0 {
		return nil, wrong("--account-id", "", "this account has no subscriber who could call; add one first")
	}
	return theirs[0], nil
}

// whoMayShow is the first who may, at best on this server.
func (q *Question) whoMayShow(s *routing.Snapshot, list []*routing.Subscriber, server *routing.Server) (*routing.Subscriber, error) {
	var first *routing.Subscriber
	for _, v := range list {
		account := s.Account(v.AccountID)
		asked, err := account.Rules.Normalise(digits(q.From))
		if q.From == "" && here(v, server) && account.DefaultCLI == "" {
			return v, nil // nothing to show: someone who shows nothing
		}
		if err != nil || !slices.Contains(v.MayShow, asked) {
			continue
		}
		if here(v, server) {
			return v, nil
		}
		if first == nil {
			first = v
		}
	}
	if first != nil {
		return first, nil
	}
	return nil, wrong("--from", strconv.Quote(q.From), "no subscriber may show it; name one with --subscriber to see what would be shown instead")
}

// here says that a subscriber can call on a server; nil is any.
func here(v *routing.Subscriber, server *routing.Server) bool {
	return v.Enabled && (v.ServerID == 0 || server == nil || v.ServerID == server.ID)
}
