package ari

import "time"

// reloadGrace is how long a reload may go on after Asterisk has dated it; what
// is online within it may be so by the state from before.
const reloadGrace = 5 * time.Second

// endpoints remembers what was told of a server's endpoints. Asterisk's "offline"
// is not yet a finding after a start or a reload, see the package comment.
type endpoints struct {
	settle    time.Duration
	epoch     time.Time // Asterisk's last start or reload, by its clock
	epochSeen time.Time // when we saw that, by ours
	known     map[string]*endpointKnown
}

type endpointKnown struct {
	told   bool // anything
	ok     bool // what was told
	proved bool // online since the epoch: offline is a finding
	seen   bool // in the present list
}

func newEndpoints(settle time.Duration) endpoints {
	return endpoints{settle: settle, known: map[string]*endpointKnown{}}
}

// see compares a list with what was told and tells the difference.
func (s *endpoints) see(epoch, now time.Time, list []Endpoint, tell func(endpoint string, ok, first bool)) {
	if !epoch.Equal(s.epoch) {
		s.restart(epoch, now)
	}
	age := now.Sub(s.epochSeen)
	for _, e := range list {
		k := s.known[e.Name]
		if k == nil {
			k = &endpointKnown{}
			s.known[e.Name] = k
		}
		k.seen = true
		switch e.State {
		case Online:
			k.proved = k.proved || age >= reloadGrace
		case Offline:
			if !k.proved && age < s.settle {
				continue
			}
		case Unknown:
			continue
		}
		if ok := e.State == Online; !k.told || k.ok != ok {
			first := !k.told
			k.told, k.ok = true, ok
			tell(e.Name, ok, first)
		}
	}
	s.forget()
}

// restart takes what was proved before for nothing. Time is counted from our
// knowing of it: by Asterisk's clock, a step of that clock would make everything
// that waits for its first probe unreachable at once.
func (s *endpoints) restart(epoch, now time.Time) {
	s.epoch, s.epochSeen = epoch, now
	for _, k := range s.known {
		k.proved = false
	}
}

// lose makes every state worth telling again.
func (s *endpoints) lose() {
	for _, k := range s.known {
		k.told = false
	}
}

// forget drops endpoints that are configured no more.
func (s *endpoints) forget() {
	for name, k := range s.known {
		if !k.seen {
			delete(s.known, name)
		}
		k.seen = false
	}
}
