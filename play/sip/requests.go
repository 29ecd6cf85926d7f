package sip

import (
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

// allowed are the methods we meet with something better than 405.
const allowed = "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, REGISTER, NOTIFY, INFO, MESSAGE"

// onRequest is called by sipgo on a goroutine of its own for each new request;
// retransmissions it absorbs itself. The transaction is over for us when the
// handler returns.
func (a *agent) onRequest(req *gosip.Request, tx *gosip.ServerTx) {
	if !a.enter() {
		tx.Terminate()
		return
	}
	defer a.busy.Done()
	defer release(tx)

	if req.To() == nil || req.From() == nil || req.CallID() == nil {
		a.respond(req, tx, statusBadRequest)
		return
	}
	switch req.Method {
	case gosip.INVITE:
		a.onInvite(req, tx)
	case gosip.ACK:
		if p := a.partyOf(req); p != nil {
			p.acked()
		}
	case gosip.BYE:
		a.onBye(req, tx)
	case gosip.UPDATE:
		a.onUpdate(req, tx)
	case gosip.REGISTER:
		a.onRegister(req, tx)
	case gosip.OPTIONS:
		a.records.count(func(c *Counters) { c.Options++ })
		a.respond(req, tx, statusOK, Header{"Allow", allowed}, Header{"Accept", "application/sdp"})
	case gosip.CANCEL:
		// One that found its INVITE never comes here, sipgo has dealt with it.
		a.respond(req, tx, statusNoSuchCall)
	case gosip.NOTIFY, gosip.INFO, gosip.MESSAGE:
		a.respond(req, tx, statusOK)
	default:
		a.respond(req, tx, statusMethodNotAllowed, Header{"Allow", allowed})
	}
}

// release gives a transaction up: at once if it was never answered, else when
// the retransmissions it must absorb are history.
func release(tx *gosip.ServerTx) {
	tx.TerminateGracefully()
	select {
	case <-tx.Done():
	default:
		time.AfterFunc(linger, tx.Terminate)
	}
}

// respond answers a request outside of calls. A response that cannot be sent is
// the same as one that got lost: the other side asks again.
func (a *agent) respond(req *gosip.Request, tx *gosip.ServerTx, status int, headers ...Header) {
	res := gosip.NewResponseFromRequest(req, status, phrase(status), nil)
	for _, h := range headers {
		res.AppendHeader(gosip.NewHeader(h.Name, h.Value))
	}
	if err := tx.Respond(res); err != nil {
		a.log.Debug().Err(err).Str("agent", a.name).Int("status", status).Msg("response not sent")
	}
}

// onBye ends a call from the other side.
func (a *agent) onBye(req *gosip.Request, tx *gosip.ServerTx) {
	p := a.partyOf(req)
	if p == nil {
		a.respond(req, tx, statusNoSuchCall)
		return
	}
	a.respond(req, tx, statusOK)
	p.hungUp()
}

// onUpdate takes session-timer refreshes and connected-line updates for granted.
func (a *agent) onUpdate(req *gosip.Request, tx *gosip.ServerTx) {
	p := a.partyOf(req)
	if p == nil {
		a.respond(req, tx, statusNoSuchCall)
		return
	}
	a.confirm(req, tx, p.description())
}

// onReinvite repeats our session description: we never change ours.
func (a *agent) onReinvite(req *gosip.Request, tx *gosip.ServerTx) {
	p := a.partyOf(req)
	if p == nil {
		a.respond(req, tx, statusNoSuchCall)
		return
	}
	a.confirm(req, tx, p.description())
	// The ACK of a 200 is no part of this transaction. Should the 200 get lost,
	// the caller repeats its INVITE and the transaction, which lingers, ignores
	// it; on loopback that does not happen.
}

// confirm sends 200 with our session description, if one was asked for.
func (a *agent) confirm(req *gosip.Request, tx *gosip.ServerTx, sdp []byte) {
	res := gosip.NewResponseFromRequest(req, statusOK, phrase(statusOK), nil)
	res.AppendHeader(a.contact())
	res.AppendHeader(gosip.NewHeader("Allow", allowed))
	if req.IsInvite() || len(req.Body()) > 0 {
		setSDP(res, sdp)
	}
	if err := tx.Respond(res); err != nil {
		a.log.Debug().Err(err).Str("agent", a.name).Msg("response not sent")
	}
}
