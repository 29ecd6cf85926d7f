package db

import (
	"context"
	"database/sql"
	"slices"
	"time"
)

// ServingError says that a change would cut off a server that works: questions and
// reports are taken from its addresses only, and calls are known by its name.
type ServingError struct {
	Server string
	Text   string // what may not change, and how it can
}

func (e *ServingError) Error() string { return "server " + e.Server + " " + e.Text }

// upWithin is how lately a server that is up has shown its channels.
const upWithin = 2 * time.Minute

// notCutOff refuses another name, and the loss of all addresses, while a server is
// up or has calls in progress.
func (s *Server) notCutOff(ctx context.Context, tx *sql.Tx, before *Server) error {
	var text string
	switch {
	case s.Name != before.Name:
		text = "keeps its name: stop its Asterisk and wait until no call of it is in progress and it was not seen for two minutes, or make another server"
	case !before.sharesAddress(s):
		text = "keeps at least one of its addresses: add the new one first, and take the old one away when it is not used any more; or stop its Asterisk and wait two minutes"
	default:
		return nil
	}
	var up, calls bool
	if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM servers_seen WHERE server = ? AND seen_at > UTC_TIMESTAMP(3) - INTERVAL ? SECOND),
		EXISTS (SELECT 1 FROM holds WHERE server = ?)`, before.Name, seconds(upWithin), before.Name).Scan(&up, &calls); err != nil {
		return err
	}
	switch {
	case calls:
		return &ServingError{before.Name, "has calls in progress and " + text}
	case up:
		return &ServingError{before.Name, "is up and " + text}
	}
	return nil
}

// sharesAddress says whether a server stays reachable at one of its addresses; one
// that has none loses none.
func (s *Server) sharesAddress(after *Server) bool {
	were, are := s.allAddresses(), after.allAddresses()
	return len(were) == 0 || slices.ContainsFunc(were, func(a string) bool { return slices.Contains(are, a) })
}

func (s *Server) allAddresses() []string {
	list := slices.Clone(s.Addresses)
	if s.Address != "" {
		list = append(list, s.Address)
	}
	return list
}
