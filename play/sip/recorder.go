package sip

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"
)

// keepDefault is how many records are kept if the configuration says nothing.
const keepDefault = 10_000

// recorder keeps the newest records and wakes those who wait for one.
type recorder struct {
	keep int

	mu       sync.Mutex
	entries  []*entry
	counters Counters
	waiters  map[*waiter]struct{}
	idle     chan struct{} // closed while no call is active
}

// entry is a record in the making; recorder.mu guards it.
type entry struct {
	recorder *recorder
	record   CallRecord
}

type waiter struct {
	match func(CallRecord) bool
	found chan CallRecord // room for one
}

func newRecorder(keep int) *recorder {
	if keep <= 0 {
		keep = keepDefault
	}
	r := &recorder{
		keep:     keep,
		counters: Counters{ByStatus: make(map[int]int)},
		waiters:  make(map[*waiter]struct{}),
		idle:     make(chan struct{}),
	}
	close(r.idle)
	return r
}

// begin opens the record of a call.
func (r *recorder) begin(a *agent, in *inbound, o Outcome) *entry {
	e := &entry{recorder: r, record: CallRecord{
		Agent: a.name, CallID: in.callID,
		Called: in.invite.Called, From: in.invite.From, FromDisplay: in.invite.FromDisplay,
		PAI:    in.invite.Header("P-Asserted-Identity"),
		Source: in.invite.Source, Outcome: o.Name, At: in.invite.At,
	}}
	if a.keepText {
		e.record.Text = in.invite.Text()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.entries) >= 2*r.keep {
		r.entries = append(r.entries[:0:0], r.entries[r.keep:]...)
	}
	r.entries = append(r.entries, e)
	r.counters.Invites++
	if r.counters.Active == 0 {
		r.idle = make(chan struct{})
	}
	r.counters.Active++
	r.changed(e)
	return e
}

func (e *entry) rang() {
	e.recorder.mu.Lock()
	defer e.recorder.mu.Unlock()
	if e.record.RangAt.IsZero() {
		e.record.RangAt = time.Now()
		e.recorder.changed(e)
	}
}

func (e *entry) answered() {
	e.recorder.mu.Lock()
	defer e.recorder.mu.Unlock()
	e.record.AnsweredAt = time.Now()
	e.recorder.counters.Answered++
	e.recorder.final(e, statusOK)
	e.recorder.changed(e)
}

// finish closes the record with the final response and who ended the call; the
// first to say so is right. Status 0 is a call that never got a response.
func (e *entry) finish(status int, by Side) {
	r := e.recorder
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.record.Ended() {
		return
	}
	e.record.EndedAt, e.record.EndedBy = time.Now(), by
	if by == Caller && !e.record.Answered() {
		r.counters.Cancelled++
	}
	if status != 0 {
		r.final(e, status)
	}
	r.counters.Active--
	if r.counters.Active == 0 {
		close(r.idle)
	}
	r.changed(e)
}

// final counts the first final status of a call.
func (r *recorder) final(e *entry, status int) {
	if e.record.Status == 0 {
		e.record.Status = status
		r.counters.ByStatus[status]++
	}
}

// changed shows a record to those who wait; r.mu is held.
func (r *recorder) changed(e *entry) {
	for w := range r.waiters {
		if w.match(e.record) {
			w.found <- e.record
			delete(r.waiters, w)
		}
	}
}

func (r *recorder) count(change func(*Counters)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(&r.counters)
}

func (r *recorder) totals() Counters {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.counters
	c.ByStatus = maps.Clone(c.ByStatus)
	return c
}

// calls are the newest records, oldest first.
func (r *recorder) calls() []CallRecord {
	r.mu.Lock()
	defer r.mu.Unlock()
	kept := r.entries[max(0, len(r.entries)-r.keep):]
	records := make([]CallRecord, len(kept))
	for i, e := range kept {
		records[i] = e.record
	}
	return records
}

// wait returns the first record, old or new, that matches.
func (r *recorder) wait(ctx context.Context, match func(CallRecord) bool) (CallRecord, error) {
	w := &waiter{match: match, found: make(chan CallRecord, 1)}
	r.mu.Lock()
	if i := slices.IndexFunc(r.entries, func(e *entry) bool { return match(e.record) }); i >= 0 {
		defer r.mu.Unlock()
		return r.entries[i].record, nil
	}
	r.waiters[w] = struct{}{}
	r.mu.Unlock()

	select {
	case record := <-w.found:
		return record, nil
	case <-ctx.Done():
		r.mu.Lock()
		delete(r.waiters, w)
		r.mu.Unlock()
		return CallRecord{}, fmt.Errorf("sip: wait for call: %w", context.Cause(ctx))
	}
}

// waitIdle waits until no call is active.
func (r *recorder) waitIdle(ctx context.Context) error {
	r.mu.Lock()
	idle, active := r.idle, r.counters.Active
	r.mu.Unlock()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("sip: wait for %d calls to end: %w", active, context.Cause(ctx))
	}
}
