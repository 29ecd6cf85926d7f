package sip

import (
	"context"
	"sync"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

const (
	// Retransmission of a 200 until its ACK (RFC 3261 §13.3.1.4): T1, doubled up
	// to T2, for 64 × T1.
	t1       = 500 * time.Millisecond
	t2       = 4 * time.Second
	ackLimit = 64 * t1

	// ringLimit bounds a call that is never answered and never given up.
	ringLimit = 3 * time.Minute
	// byeLimit bounds the wait for the answer to our BYE.
	byeLimit = 5 * time.Second
)

// inbound is a call offered to us. One goroutine plays it from INVITE to end;
// requests within the call only raise its signals.
type inbound struct {
	dialog
	tx     *gosip.ServerTx
	invite Invite
	entry  *entry
	media  *media
	lose   int // Outcome.LoseEvery

	cancelled signal // CANCEL
	crossed   signal // CANCEL, but we answered
	ack       signal // ACK of our 200
	gone      signal // BYE from the caller
	hangup    signal // our own side wants to hang up

	sdpOnce sync.Once
	sdp     []byte
}

// onInvite meets a call, or a re-INVITE within one.
func (a *agent) onInvite(req *gosip.Request, tx *gosip.ServerTx) {
	if req.To().Params.Has("tag") {
		a.onReinvite(req, tx)
		return
	}
	if a.authCalls && !a.authorised(req) {
		a.challenge(req, tx, statusProxyAuth)
		return
	}
	in := &inbound{
		dialog:    a.dialogFrom(req),
		tx:        tx,
		invite:    newInvite(req, time.Now()),
		cancelled: newSignal(), crossed: newSignal(), ack: newSignal(), gone: newSignal(), hangup: newSignal(),
	}
	outcome := a.choose(in.invite).orAnswer()
	in.lose = outcome.LoseEvery
	in.entry = a.records.begin(a, in, outcome)
	defer in.entry.finish(0, "")
	a.join(in.tag, in)
	defer a.part(in.tag)
	tx.OnCancel(func(*gosip.Request) { in.cancelled.raise() })
	if outcome.CrossCancel {
		defer in.crossing()()
	}
	defer in.closeMedia()
	in.play(a.lifetime, outcome)
}

// dialogFrom is the dialog an INVITE would open, seen from the called side.
func (a *agent) dialogFrom(req *gosip.Request) dialog {
	tag := newTag()
	from := req.From().AsTo()
	to := req.To().AsFrom()
	to.Params.Add("tag", tag)
	return dialog{
		agent: a, callID: req.CallID().Value(), tag: tag,
		local: to, remote: from,
		target: contactOf(req.Contact(), req.From().Address),
		dest:   req.Source(),
	}
}

// play is the call: the replies of the outcome, then the talk, then the end.
func (in *inbound) play(ctx context.Context, o Outcome) {
	if o.Mute {
		in.ignore(ctx)
		return
	}
	for _, r := range o.Replies {
		if !in.wait(ctx, r.After) {
			in.lost(ctx)
			return
		}
		if r.Status == statusOK {
			in.talk(ctx, o.Hold)
			return
		}
		in.reply(r)
		if r.Status >= statusMultiple {
			in.awaitEnd(ctx)
			return
		}
	}
	in.ring(ctx, o)
}

// ignore keeps quiet for as long as the INVITE may be repeated. The record ends
// at once: there is nothing more to tell.
func (in *inbound) ignore(ctx context.Context) {
	// A retransmission stops the timer that would send 100 Trying for us.
	if err := in.tx.Receive(in.invite.req); err != nil {
		return
	}
	in.entry.finish(0, "")
	repeated := time.NewTimer(ackLimit)
	defer repeated.Stop()
	select {
	case <-repeated.C:
	case <-in.tx.Done():
	case <-ctx.Done():
	}
}

// ring lasts until the caller gives up, or until CANCEL and our answer cross.
func (in *inbound) ring(ctx context.Context, o Outcome) {
	limit := time.NewTimer(ringLimit)
	defer limit.Stop()
	select {
	case <-in.crossed.raised():
		in.talk(ctx, o.Hold)
	case <-limit.C:
		in.reply(Reply{Status: statusTimeout})
		in.awaitEnd(ctx)
	case <-in.cancelled.raised():
		in.lost(ctx)
	case <-in.gone.raised():
		in.lost(ctx)
	case <-in.hangup.raised():
		in.reply(Reply{Status: statusUnavailable})
		in.awaitEnd(ctx)
	case <-ctx.Done():
		in.lost(ctx)
	}
}

// wait lets d pass; false if the call ended meanwhile.
func (in *inbound) wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		select {
		case <-in.cancelled.raised():
			return false
		default:
			return ctx.Err() == nil
		}
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-in.cancelled.raised():
	case <-in.gone.raised():
	case <-in.hangup.raised():
	case <-ctx.Done():
	}
	return false
}

// lost ends a call that was not answered: by its CANCEL (sipgo has sent 487
// already), by an early BYE, by our own side, or because we close.
func (in *inbound) lost(ctx context.Context) {
	switch {
	case in.crossed.is(): // answered after all, only the BYE was noticed first
		in.talk(ctx, 0)
		return
	case in.cancelled.is():
		in.entry.finish(statusTerminated, Caller)
	case in.gone.is():
		in.entry.finish(statusTerminated, Caller)
		in.reply(Reply{Status: statusTerminated})
	case in.hangup.is():
		in.reply(Reply{Status: statusUnavailable})
	case ctx.Err() != nil:
		in.reply(Reply{Status: statusServiceDown})
		return // nobody is left to wait for the ACK
	}
	in.awaitEnd(ctx)
}

// awaitEnd takes the ACK of a refusal. sipgo keeps a goroutine for an ACK that
// nobody fetches.
func (in *inbound) awaitEnd(ctx context.Context) {
	select {
	case <-in.tx.Acks():
	case <-in.tx.Done():
	case <-ctx.Done():
	}
}

// talk answers and stays until one side hangs up.
func (in *inbound) talk(ctx context.Context, hold time.Duration) {
	in.startMedia()
	res := in.answer()
	if !in.crossed.is() { // else it has just been sent
		in.send(res)
	}
	if in.cancelled.is() { // its CANCEL came first: sipgo has sent 487, not our 200
		in.lost(ctx)
		return
	}
	in.entry.answered()
	in.media.answered()
	if !in.confirmed(ctx, res) {
		in.leave(ctx)
		return
	}
	var over <-chan time.Time
	if hold > 0 {
		timer := time.NewTimer(hold)
		defer timer.Stop()
		over = timer.C
	}
	select {
	case <-in.gone.raised():
		in.entry.finish(statusOK, Caller)
	case <-over:
		in.leave(ctx)
	case <-in.hangup.raised():
		in.leave(ctx)
	case <-ctx.Done():
		in.entry.finish(statusOK, Called)
		in.farewell()
	}
}

// confirmed repeats the 200 until its ACK is here; false if none comes.
func (in *inbound) confirmed(ctx context.Context, res *gosip.Response) bool {
	pause := t1
	again := time.NewTimer(pause)
	defer again.Stop()
	limit := time.NewTimer(ackLimit)
	defer limit.Stop()
	for {
		select {
		case <-in.ack.raised():
			return true
		case <-in.gone.raised(): // BYE has overtaken the ACK
			return true
		case <-again.C:
			in.send(res)
			pause = min(2*pause, t2)
			again.Reset(pause)
		case <-limit.C:
			return false
		case <-ctx.Done():
			return true
		}
	}
}

// leave hangs up from our side.
func (in *inbound) leave(ctx context.Context) {
	in.entry.finish(statusOK, Called)
	ctx, cancel := context.WithTimeout(ctx, byeLimit)
	defer cancel()
	if err := in.bye(ctx); err != nil {
		in.agent.log.Debug().Err(err).Str("agent", in.agent.name).Str("call_id", in.callID).Msg("BYE not answered")
	}
}

// crossing has the call answered in the moment of its CANCEL, on the goroutine
// that reads the socket: once the 200 is sent, the transaction ignores the
// CANCEL that sipgo gets to see next.
func (in *inbound) crossing() (undo func()) {
	return in.agent.watch.cross(in.callID, func() {
		if !in.crossed.is() { // only this goroutine raises it
			in.send(in.answer())
			in.crossed.raise()
		}
	})
}

// acked implements party.
func (in *inbound) acked() { in.ack.raise() }

// hungUp implements party.
func (in *inbound) hungUp() { in.gone.raise() }

// abandon implements party: the end of lifetime reaches the goroutine itself.
func (in *inbound) abandon() {}
