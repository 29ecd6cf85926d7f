package callflow

import (
	"tandem/billing"
	"tandem/routing"
)

// begin starts a decision with what the door knows.
func begin(s *routing.Snapshot, direction billing.Direction, in Seizure) Decision {
	return Decision{Record: billing.Start{
		CallID: in.CallID, Server: in.Server, Direction: direction, Endpoint: in.Endpoint, Source: in.Source,
		Dialled: in.Dialled, StartedAt: in.At, Snapshot: s.Version,
	}}
}

// Reasons are the decision's reasons as they are kept with the call.
func (d Decision) Reasons() []byte {
	var r routing.Reasons
	if d.Plan != nil {
		r = *d.Plan.Reasons()
	}
	if d.Plan == nil || len(d.Plan.Routes) == 0 {
		for _, o := range d.Offers {
			r.Routes = append(r.Routes, routing.ReasonRoute{Key: o.Key, Dial: o.Dial, CLI: o.CLI, Why: o.Why})
		}
	}
	return r.Append(make([]byte, 0, 1024))
}
