package callflow

import (
	"time"

	"tandem/internal/e164"
	"tandem/quality"
	"tandem/routing"
)

// Past is what was counted of a route's calls to a prefix at about one time.
type Past struct {
	At         time.Time
	ProviderID int64
	Tier       routing.Tier
	GateID     int64 // 0: over SIP
	Prefix     e164.Number
	Measures   quality.Measures
}

// Prime tells what was counted before this node started, the oldest first, and
// before its first call. Rollups do not know which of a provider's addresses a call
// went to: each gets its share.
//
// They do not know either which attempts were no fair test, as those after another
// route had failed for the number's sake: what live calls teach outweighs it soon.
func (l *Lessons) Prime(s *routing.Snapshot, p *Past) {
	keys := keysOf(s, p)
	m := &p.Measures
	bids := m.Bids - m.Blamed.Us // what failed for our own sake never was
	wait, _ := m.PDD.Quantile(0.5)
	for _, k := range keys {
		l.evidence.Prime(k, p.Prefix, p.At, quality.Count{
			Bids: bids, Seized: m.Seizures, Answered: m.Answers - m.Short, Ended: bids - m.Blamed.Route, Waited: time.Duration(bids) * wait, Among: len(keys),
		})
	}
}

// keysOf are the routes that it can have been.
func keysOf(s *routing.Snapshot, p *Past) (keys []routing.Key) {
	k := routing.Key{ProviderID: p.ProviderID, Tier: p.Tier, GateID: p.GateID}
	if p.GateID != 0 {
		return []routing.Key{k}
	}
	for _, a := range s.Trunks(p.ProviderID) {
		k.AddressID = a.ID
		keys = append(keys, k)
	}
	return keys
}
