package callflow

import (
	"cmp"
	"context"
	"maps"
	"time"

	"tandem/billing"
)

// sightingsAtOnce is how many sightings are written in one transaction: what
// piled up while the books were away goes in pieces, so that each look gets on.
const sightingsAtOnce = 1000

// note tells the books and the keeper what a list says. before is when the server
// was seen before it.
func (r *Reconciler) note(ctx context.Context, server string, w *watched, asOf time.Time, calls []Up, ids map[string]struct{}) (before time.Time, err error) {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	if before = w.at; before.IsZero() {
		// The first list: whoever is not in it was up before this node looked.
		if before, err = r.Books.LastSeen(ctx, server); err != nil {
			r.Keeper.Gone(server, asOf, ids)
			return before, err
		}
	}
	r.sightings(w, asOf, calls)
	r.Keeper.Gone(server, asOf, ids)
	if err := r.Books.ServerSeen(ctx, server, asOf); err != nil {
		r.Log.Debug().Err(err).Str("server", server).Msg("last sight of a server not kept")
	}
	if err := r.keepSightings(ctx, w); err != nil {
		r.Log.Warn().Err(err).Int("calls", len(w.unkept)).Msg("what was seen of calls is not kept yet; an estimate would know less of them")
	}
	return before, nil
}

// sightings notes what is new since the last list: calls that were answered, took
// another route, or are gone. One whose end was reported is of no interest.
func (r *Reconciler) sightings(w *watched, asOf time.Time, calls []Up) {
	up := make(map[string]upState, len(calls))
	for _, c := range calls {
		if !r.Keeper.Has(c.CallID) {
			continue
		}
		state, before := upState{c.Answered, c.Route}, w.up[c.CallID]
		if state.route == "" {
			state.route = before.route
		}
		up[c.CallID] = state
		if state == before {
			continue
		}
		s := billing.Sighting{CallID: c.CallID, Route: state.route}
		if state.answered && !before.answered {
			s.AnsweredAt = asOf
			r.Keeper.Answered(c.CallID, asOf)
		}
		w.add(s)
	}
	for id := range w.up {
		if _, is := up[id]; !is && r.Keeper.Has(id) {
			w.add(billing.Sighting{CallID: id, SeenAt: w.at})
		}
	}
	w.up, w.at = up, asOf
	w.heard.Store(asOf.UnixMilli())
}

// add notes a sighting. There is one a call: the last, with the answer that was
// seen first and the last route.
func (w *watched) add(s billing.Sighting) {
	if old, there := w.unkept[s.CallID]; there {
		if !old.AnsweredAt.IsZero() {
			s.AnsweredAt = old.AnsweredAt
		}
		s.Route = cmp.Or(s.Route, old.Route)
	}
	w.unkept[s.CallID] = s
}

// complete adds to a hold what the books do not have yet.
func (w *watched) complete(h *billing.OpenHold) {
	s, there := w.unkept[h.CallID]
	if !there {
		return
	}
	if h.AnsweredAt.IsZero() {
		h.AnsweredAt = s.AnsweredAt
	}
	h.SeenAt, h.Route = s.SeenAt, cmp.Or(s.Route, h.Route)
}

// keepSightings writes what the books do not have yet, piece by piece. What was
// seen of a call that was up and is not kept any more is of no use: its end was
// reported. That a call is gone without a report is.
func (r *Reconciler) keepSightings(ctx context.Context, w *watched) error {
	maps.DeleteFunc(w.unkept, func(id string, s billing.Sighting) bool { return s.SeenAt.IsZero() && !r.Keeper.Has(id) })
	for len(w.unkept) > 0 {
		piece := make([]billing.Sighting, 0, min(len(w.unkept), sightingsAtOnce))
		for _, s := range w.unkept {
			if piece = append(piece, s); len(piece) == cap(piece) {
				break
			}
		}
		if err := r.Books.Sight(ctx, piece); err != nil {
			return err
		}
		for _, s := range piece {
			delete(w.unkept, s.CallID)
		}
	}
	return nil
}
