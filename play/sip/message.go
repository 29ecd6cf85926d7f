package sip

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	gosip "github.com/emiago/sipgo/sip"
)

// magicCookie starts every branch of RFC 3261.
const magicCookie = "z9hG4bK"

// newBranch, newTag: 26 letters of randomness are more than enough.
func newBranch() string { return magicCookie + rand.Text() }
func newTag() string    { return rand.Text()[:16] }

// newRequest builds a request from our socket to dest ("host:port") with the
// headers every request must have (RFC 3261 §8.1.1).
func (a *agent) newRequest(method gosip.RequestMethod, target gosip.Uri, d *dialog) *gosip.Request {
	req := gosip.NewRequest(method, target)
	via := &gosip.ViaHeader{
		ProtocolName: "SIP", ProtocolVersion: "2.0", Transport: "UDP",
		Host: a.addr.Addr().String(), Port: int(a.addr.Port()),
		Params: gosip.HeaderParams{{K: "branch", V: newBranch()}, {K: "rport"}},
	}
	callID := gosip.CallIDHeader(d.callID)
	hops := gosip.MaxForwardsHeader(70)
	req.AppendHeader(via)
	req.AppendHeader(gosip.HeaderClone(&d.local))
	req.AppendHeader(gosip.HeaderClone(&d.remote))
	req.AppendHeader(&callID)
	req.AppendHeader(&gosip.CSeqHeader{SeqNo: d.seq, MethodName: method})
	req.AppendHeader(&hops)
	a.route(req, d.dest)
	return req
}

// route sends the request from our own socket, wherever its headers point to:
// inside a laboratory the address a message came from is always right.
func (a *agent) route(req *gosip.Request, dest string) {
	req.SetBody(nil)
	req.SetTransport("UDP")
	req.SetDestination(dest)
	req.Laddr = a.laddr
}

// contact is where we are reached for requests within a call.
func (a *agent) contact() *gosip.ContactHeader {
	return &gosip.ContactHeader{Address: a.uri(a.name)}
}

// uri is a SIP address on our own socket.
func (a *agent) uri(user string) gosip.Uri {
	return gosip.Uri{Scheme: "sip", User: user, Host: a.addr.Addr().String(), Port: int(a.addr.Port())}
}

// write sends a request outside of any transaction: ACK, and farewells at the end.
func (a *agent) write(req *gosip.Request) {
	if err := a.transport.WriteMsg(req); err != nil {
		a.log.Debug().Err(err).Str("agent", a.name).Str("method", req.Method.String()).Msg("request not sent")
	}
}

// transact sends a request that is no INVITE and waits for its final response.
func (a *agent) transact(ctx context.Context, req *gosip.Request) (*gosip.Response, error) {
	tx, err := a.tx.Request(ctx, req)
	if err != nil {
		return nil, fmt.Errorf("sip: send %s: %w", req.Method, err)
	}
	defer tx.Terminate()
	for {
		select {
		case res := <-tx.Responses():
			if res.IsProvisional() {
				continue
			}
			// Err waits for the transaction to finish the step that gave us the
			// response; terminated in the middle of it, it would stay for 32 s.
			_ = tx.Err()
			return res, nil
		case <-tx.Done():
			return nil, fmt.Errorf("sip: %s: %w", req.Method, errors.Join(ErrNoResponse, tx.Err()))
		case <-ctx.Done():
			return nil, fmt.Errorf("sip: %s: %w", req.Method, context.Cause(ctx))
		case <-a.lifetime.Done():
			return nil, ErrClosed
		}
	}
}

// setSDP puts a session description into a message.
func setSDP(msg gosip.Message, sdp []byte) {
	kind := gosip.ContentTypeHeader("application/sdp")
	msg.AppendHeader(&kind)
	msg.SetBody(sdp)
}
