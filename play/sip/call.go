package sip

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

// CallSpec says whom to call, through which server, and as whom.
type CallSpec struct {
	// To is the user part of the Request-URI, sent as it is: "&", "/", "@",
	// quotes and "%0A" are welcome. White space, angle brackets and line ends
	// would end the URI itself; RawInvite sends those.
	To string
	// Server takes the call; a Phone has its own.
	Server netip.AddrPort
	// FromUser is the user part of From, sent as it is; "" is the login or name.
	FromUser string
	// FromDisplay is the display name; quotes and backslashes are escaped.
	FromDisplay string
	// FromHost is the host of From; "" is our own address.
	FromHost string
	// Headers are added as they are.
	Headers []Header
	// Login and Password answer a challenge; a Phone has its own.
	Login, Password string
}

// Call is a call we placed. Its methods may be used from any goroutine.
type Call struct {
	dialog
	spec  CallSpec
	media *media
	sdp   []byte

	ringing signal // first 180, 181, 182 or 183
	final   signal // final response, or none will come
	done    signal // nothing more will happen

	mu         sync.Mutex
	tx         *gosip.ClientTx // of the INVITE now in progress
	invite     *gosip.Request  // the INVITE now in progress
	confirm    *gosip.Request  // ACK of the 200, repeated with it
	proceeding signal          // that INVITE has a provisional response
	response   *gosip.Response // final response
	result     CallResult
	cancelling bool // the caller wants no more of it
	cancelSent bool
	byed       bool // BYE came before the 200 that it ends was read
}

// dial sends the INVITE and returns; the call goes on by itself.
func (a *agent) dial(ctx context.Context, spec CallSpec) (*Call, error) {
	if !a.enter() {
		return nil, fmt.Errorf("dial %s: %w", spec.To, ErrClosed)
	}
	c, err := a.newCall(spec, true)
	if err != nil {
		a.busy.Done()
		return nil, fmt.Errorf("dial %s: %w", spec.To, err)
	}
	if err := c.send(ctx, nil); err != nil {
		c.fail(err)
		a.busy.Done()
		return nil, fmt.Errorf("dial %s: %w", spec.To, err)
	}
	go func() {
		defer a.busy.Done()
		c.run(context.WithoutCancel(ctx))
	}()
	return c, nil
}

// newCall prepares a call without sending anything.
func (a *agent) newCall(spec CallSpec, withMedia bool) (*Call, error) {
	if !sendable(spec.To) || !sendable(spec.FromUser) {
		return nil, errUnsendable
	}
	if !spec.Server.IsValid() {
		return nil, errNoServer
	}
	from := a.uri(spec.FromUser)
	if spec.FromUser == "" {
		from.User = a.name
	}
	if spec.FromHost != "" {
		from.Host, from.Port = spec.FromHost, 0
	}
	target := gosip.Uri{Scheme: "sip", User: spec.To, Host: spec.Server.Addr().String(), Port: int(spec.Server.Port())}
	tag := newTag()
	c := &Call{
		spec: spec,
		dialog: dialog{
			agent: a, callID: newTag() + "@" + a.addr.Addr().String(), tag: tag,
			local: gosip.FromHeader{
				DisplayName: escaped(spec.FromDisplay),
				Address:     from,
				Params:      gosip.HeaderParams{{K: "tag", V: tag}},
			},
			remote: gosip.ToHeader{Address: target},
			target: target,
			dest:   spec.Server.String(),
		},
		media:   a.openMedia(withMedia),
		ringing: newSignal(), final: newSignal(), done: newSignal(),
	}
	c.result.CallID = c.callID
	c.sdp = offerSDP(a.mediaAddr(c.media))
	a.join(tag, c)
	return c, nil
}

// send starts an INVITE transaction, the first without credentials.
func (c *Call) send(ctx context.Context, auth *Header) error {
	c.seq++
	req := c.agent.newRequest(gosip.INVITE, c.target, &c.dialog)
	req.AppendHeader(c.agent.contact())
	for _, h := range c.spec.Headers {
		req.AppendHeader(gosip.NewHeader(h.Name, h.Value))
	}
	if auth != nil {
		req.AppendHeader(gosip.NewHeader(auth.Name, auth.Value))
	}
	setSDP(req, c.sdp)

	c.mu.Lock()
	if c.cancelling {
		c.mu.Unlock()
		return errGivenUp
	}
	c.invite, c.proceeding = req, newSignal()
	if c.result.Started.IsZero() {
		c.result.Started = time.Now()
	}
	c.mu.Unlock()
	tx, err := c.agent.tx.Request(ctx, req)
	if err != nil {
		return fmt.Errorf("sip: send INVITE: %w", err)
	}
	// The 200 is repeated until our ACK arrives, and so is the ACK.
	tx.OnRetransmission(func(*gosip.Response) {
		c.mu.Lock()
		ack := c.confirm
		c.mu.Unlock()
		if ack != nil {
			c.agent.write(ack.Clone())
		}
	})
	c.mu.Lock()
	c.tx = tx
	c.mu.Unlock()
	return nil
}

// escaped is text that may stand between quotes (RFC 3261 §25.1).
func escaped(text string) string {
	if !strings.ContainsAny(text, `\"`) {
		return text
	}
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text)
}
