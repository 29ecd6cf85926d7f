package sip

import (
	"context"
	"fmt"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

// fail ends a call that got no final response.
func (c *Call) fail(err error) {
	c.mu.Lock()
	c.result.Reason = err.Error()
	by := Side("")
	if c.cancelling {
		by = Caller
	}
	c.mu.Unlock()
	c.over(by)
}

// over ends the call, unless somebody else has done or is doing so.
func (c *Call) over(by Side) {
	if c.claim(by) {
		c.clear()
	}
}

// claim gives the right to end the call to the first who asks for it.
func (c *Call) claim(by Side) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.result.EndedAt.IsZero() {
		return false
	}
	c.result.EndedAt, c.result.EndedBy = time.Now(), by
	return true
}

// clear releases what the call holds.
func (c *Call) clear() {
	c.mu.Lock()
	tx, answered := c.tx, c.result.Answered()
	c.mu.Unlock()
	if tx != nil && answered {
		tx.Terminate()
	}
	c.agent.part(c.tag)
	c.media.close()
	c.final.raise()
	c.done.raise()
}

// Hangup ends the call whatever its state: BYE if it is answered, else CANCEL.
func (c *Call) Hangup(ctx context.Context) error {
	if !c.final.is() {
		return c.Cancel(ctx)
	}
	if !c.claim(Caller) {
		return c.WaitEnded(ctx)
	}
	defer c.clear()
	return c.bye(ctx)
}

// Cancel gives up a call that is not answered yet (RFC 3261 §9.1) and waits for
// its end. If the answer crosses the CANCEL the call is ended with BYE.
func (c *Call) Cancel(ctx context.Context) error {
	c.mu.Lock()
	c.cancelling = true // from here on no other INVITE is sent, and a 200 is ended
	answered, invite, proceeding := c.result.Answered(), c.invite, c.proceeding
	c.mu.Unlock()
	if answered {
		<-c.final.raised() // as soon as its ACK is sent
		return c.Hangup(ctx)
	}

	// A CANCEL may only follow a provisional response.
	select {
	case <-proceeding.raised():
	case <-c.final.raised():
		return c.Hangup(ctx)
	case <-ctx.Done():
		return fmt.Errorf("sip: cancel: %w", context.Cause(ctx))
	}
	c.mu.Lock()
	first := !c.cancelSent
	c.cancelSent = true
	c.mu.Unlock()
	if first {
		if _, err := c.agent.transact(ctx, cancelOf(c.agent, invite)); err != nil {
			return err
		}
	}
	return c.WaitEnded(ctx)
}

// cancelOf is the CANCEL of an INVITE: same branch, same number.
func cancelOf(a *agent, invite *gosip.Request) *gosip.Request {
	req := gosip.NewRequest(gosip.CANCEL, invite.Recipient)
	hops := gosip.MaxForwardsHeader(70)
	req.AppendHeader(invite.Via().Clone())
	req.AppendHeader(gosip.HeaderClone(invite.From()))
	req.AppendHeader(gosip.HeaderClone(invite.To()))
	req.AppendHeader(gosip.HeaderClone(invite.CallID()))
	req.AppendHeader(&gosip.CSeqHeader{SeqNo: invite.CSeq().SeqNo, MethodName: gosip.CANCEL})
	req.AppendHeader(&hops)
	a.route(req, invite.Destination())
	return req
}

// acked implements party: only a re-INVITE of the other side is acknowledged.
func (c *Call) acked() {}

// hungUp implements party.
func (c *Call) hungUp() {
	c.mu.Lock()
	if !c.result.Answered() {
		// sipgo handles messages side by side: the 200 is on its way.
		c.byed = true
		c.mu.Unlock()
		return
	}
	c.mu.Unlock()
	c.over(Called)
}

// abandon implements party: the agent closes.
func (c *Call) abandon() {
	c.mu.Lock()
	answered, invite, ringing := c.result.Answered(), c.invite, c.proceeding
	c.mu.Unlock()
	switch {
	case answered && c.claim(Caller):
		c.farewell()
		c.clear()
	case !answered && invite != nil && ringing.is():
		c.agent.write(cancelOf(c.agent, invite))
	}
}

// description implements party.
func (c *Call) description() []byte { return c.sdp }
