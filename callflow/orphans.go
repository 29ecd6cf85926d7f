package callflow

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"tandem/billing"
)

// orphanAge is how long Asterisk's record of a call lies here before it is asked
// whether anybody else knows the call.
const orphanAge = time.Minute

// CloseOrphans makes the records of calls that only Asterisk's own records know:
// their start was lost with a node, and their end report never came. It closes
// once more, by those records, calls that were closed by estimate since the only
// node that reads them was down. A call that may still be up is left for a later look. It says how many it has closed.
func (r *Reconciler) CloseOrphans(ctx context.Context) (closed int, err error) {
	for {
		list, to, more, err := r.Books.Orphans(ctx, max(orphanAge, r.Patience))
		if err != nil {
			return closed, err
		}
		n, to, err := r.closeOrphans(ctx, list, to)
		closed += n
		if err == nil {
			err = r.Books.OrphansClosed(ctx, to)
		}
		if err != nil || !more || n < len(list) {
			return closed, err
		}
	}
}

// ownChannels begins the ids of channels that package ari makes.
const ownChannels = "tandem-"

// closeOrphans closes those that are over. Everything collected before done has
// been seen to.
func (r *Reconciler) closeOrphans(ctx context.Context, list []billing.Orphan, to time.Time) (closed int, done time.Time, err error) {
	if len(list) == 0 {
		return 0, to, nil
	}
	ids := make([]string, len(list))
	for i, o := range list {
		ids[i] = o.CallID
	}
	records, err := r.Books.AsteriskCDRs(ctx, ids)
	if err != nil {
		return 0, to, err
	}
	attempts, err := r.Books.FinishedAttempts(ctx, ids)
	if err != nil {
		return 0, to, err
	}
	for _, o := range list {
		end, known := r.orphanEnd(o, records[o.CallID], attempts[o.CallID])
		switch {
		case known && end.Source != billing.ByCDR:
			// The record is of attempts that failed; who saw the call answered knew better.
		case !known && strings.HasPrefix(o.CallID, ownChannels):
			// A channel that we made ourselves, to whisper.
		case !known:
			r.Log.Warn().Str("call_id", o.CallID).Msg("Asterisk's record is of a call of no server of ours")
		case o.Closed == nil && !r.over(end.Start):
			if o.CollectedAt.Before(to) {
				to = o.CollectedAt // looked at again
			}
			continue
		default:
			if err := r.Records.Put(ctx, billing.Record{End: &end}); err != nil {
				return closed, to, fmt.Errorf("call %s: %w", o.CallID, err)
			}
			r.Closed(end.Source)
			r.Log.Warn().Str("call_id", o.CallID).Dur("talk", end.Talk).Bool("estimated", o.Closed != nil).Msg("call closed by Asterisk's own record, which nobody else knew or which came late")
		}
		closed++
	}
	return closed, to, nil
}

// orphanEnd makes the end of a call by Asterisk's records: all of it, or, of a
// call that was closed by estimate, how long it talked.
func (r *Reconciler) orphanEnd(o billing.Orphan, records []billing.AsteriskCDR, attempts []billing.Attempt) (end billing.End, known bool) {
	if o.Closed == nil {
		end, known = r.orphan(o.CallID, records)
	} else {
		c := openCall{id: o.CallID, record: o.Closed}
		if o.Hold != nil {
			hold := *o.Hold
			hold.Paid = r.Longest // the charge is bounded by what was held
			c.hold = &hold
			attempts = slices.DeleteFunc(attempts, func(a billing.Attempt) bool { return a.Result == billing.Answered })
		}
		end, known = c.end(o.Closed.Server, records, attempts, time.Time{}), len(records) > 0
	}
	noLonger(&end, r.Longest)
	return end, known
}

// orphan makes the end of a call from Asterisk's records alone. What the caller
// could have written, the dialled digits among it, is not in them.
func (r *Reconciler) orphan(id string, records []billing.AsteriskCDR) (end billing.End, known bool) {
	dash := strings.LastIndexByte(id, '-')
	if dash < 0 || len(records) == 0 || validCallID(id) != nil {
		return billing.End{}, false
	}
	s, server := r.Snapshot(), id[:dash]
	if s.Server(server) == nil {
		return billing.End{}, false
	}
	first := records[0]
	for _, v := range records {
		if v.Start.Before(first.Start) {
			first = v
		}
	}
	technology, endpoint := channelOf(first.Channel)
	start := billing.Start{CallID: id, Server: server, Direction: billing.Incoming, Endpoint: endpoint, StartedAt: first.Start}
	if caller := s.Login(endpoint); caller != nil {
		start.Direction, start.SubscriberID, start.AccountID = billing.Outgoing, caller.ID, caller.AccountID
	} else if technology == "IAX2" {
		start.Direction = billing.Outgoing // handed over by a neighbour server
	}
	c := openCall{id: id, record: &start}
	return c.end(server, records, nil, time.Time{}), true
}

// channelOf takes PJSIP/NAME-0000002a apart.
func channelOf(channel string) (technology, endpoint string) {
	technology, endpoint, _ = strings.Cut(channel, "/")
	if i := strings.LastIndexByte(endpoint, '-'); i >= 0 {
		endpoint = endpoint[:i]
	}
	return technology, endpoint
}

// over says whether a call that began then is surely over: a whole list of its
// server's channels, made just now, is without it, or no call can be up for so
// long.
func (r *Reconciler) over(start billing.Start) bool {
	now := r.Now()
	if start.StartedAt.Before(now.Add(-r.Longest - r.Patience)) {
		return true
	}
	r.mu.Lock()
	w := r.servers[start.Server]
	r.mu.Unlock()
	if w == nil {
		return false
	}
	list := w.list.Load()
	if list == nil || list.at.Before(now.Add(-freshList)) {
		return false
	}
	_, up := list.ids[start.CallID]
	return !up
}

// freshList is how old a list of channels may be. Asterisk's record has lain here
// for longer, so a call that such a list does not have is over.
const freshList = orphanAge / 2
