package sip

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"time"

	gosip "github.com/emiago/sipgo/sip"
)

// authTries is how often an INVITE is repeated with credentials: once for the
// challenge, once more for a nonce that has become stale.
const authTries = 2

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
	cancelling bool
	byed       bool // BYE came before the 200 that it ends was read
}

// CallResult is what the calling side knows of a call.
type CallResult struct {
	CallID       string        `json:"call_id"`
	Started      time.Time     `json:"started"` // first INVITE sent
	Provisionals []Provisional `json:"provisionals,omitempty"`
	// PDD is the time from the first INVITE to the first 18x or 2xx; 0 if none came.
	PDD time.Duration `json:"pdd"`
	// Status is the final response; 0 before it, or if none came.
	Status int    `json:"status"`
	Reason string `json:"reason"` // its phrase, or why none came
	// FinalAfter is the time from the first INVITE to the final response.
	FinalAfter time.Duration `json:"final_after"`
	AnsweredAt time.Time     `json:"answered_at,omitzero"`
	EndedAt    time.Time     `json:"ended_at,omitzero"`
	// EndedBy says who ended it: Caller by BYE or CANCEL, Called by BYE or by
	// refusing.
	EndedBy Side `json:"ended_by,omitempty"`
	// Crossed: a 200 came although we had sent CANCEL; it was ended with BYE.
	Crossed bool `json:"crossed,omitempty"`
}

// Provisional is one response before the final one.
type Provisional struct {
	Status int           `json:"status"`
	Reason string        `json:"reason"`
	After  time.Duration `json:"after"` // since the first INVITE
	Media  bool          `json:"media"` // carries a session description
}

// Answered reports whether the call was answered.
func (r CallResult) Answered() bool { return !r.AnsweredAt.IsZero() }

// Talk is the time from answer to end; 0 if one of them is missing.
func (r CallResult) Talk() time.Duration {
	if r.AnsweredAt.IsZero() || r.EndedAt.IsZero() {
		return 0
	}
	return r.EndedAt.Sub(r.AnsweredAt)
}

// dial sends the INVITE and returns; the call goes on by itself.
func (a *agent) dial(ctx context.Context, spec CallSpec) (*Call, error) {
	if !a.enter() {
		return nil, fmt.Errorf("dial %s: %w", spec.To, ErrClosed)
	}
	c, err := a.newCall(spec, a.countsMedia)
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
		c.run(a.lifetime)
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

// run follows the call from its first INVITE to the final response. After an
// answer nothing of ours runs; requests from the other side do the rest.
func (c *Call) run(ctx context.Context) {
	for try := 0; ; try++ {
		res, err := c.follow(ctx)
		if err != nil {
			c.fail(err)
			return
		}
		asked := challengeOf(res)
		if asked == "" || try >= authTries || c.spec.Login == "" {
			c.settle(ctx, res)
			return
		}
		auth, err := credentials(res.StatusCode, asked, gosip.INVITE.String(), c.target.String(), c.spec.Login, c.spec.Password)
		if err == nil {
			retire(c.tx)
			err = c.send(ctx, &auth)
		}
		if err != nil {
			c.fail(err)
			return
		}
	}
}

// follow reads the responses to the present INVITE up to the final one.
func (c *Call) follow(ctx context.Context) (*gosip.Response, error) {
	for {
		select {
		case res := <-c.tx.Responses():
			if !res.IsProvisional() {
				return res, nil
			}
			c.provisional(res)
		case <-c.tx.Done():
			return nil, errors.Join(ErrNoResponse, c.tx.Err())
		case <-ctx.Done():
			c.tx.Terminate()
			return nil, context.Cause(ctx)
		}
	}
}

func (c *Call) provisional(res *gosip.Response) {
	c.mu.Lock()
	defer c.mu.Unlock()
	after := time.Since(c.result.Started)
	c.result.Provisionals = append(c.result.Provisionals, Provisional{
		Status: res.StatusCode, Reason: res.Reason, After: after, Media: len(res.Body()) > 0,
	})
	c.proceeding.raise()
	if res.StatusCode == statusTrying {
		return
	}
	if c.result.PDD == 0 {
		c.result.PDD = after
	}
	c.ringing.raise()
	if c.agent.sendsMedia {
		c.media.sendTo(remoteMedia(res.Body()))
	}
}

// settle takes the final response.
func (c *Call) settle(ctx context.Context, res *gosip.Response) {
	c.mu.Lock()
	c.response = res
	c.result.Status, c.result.Reason = res.StatusCode, res.Reason
	c.result.FinalAfter = time.Since(c.result.Started)
	if !res.IsSuccess() {
		by := Called
		if c.cancelling {
			by = Caller
		}
		tx := c.tx
		c.mu.Unlock()
		retire(tx)
		c.over(by)
		return
	}
	c.media.answered()
	c.result.AnsweredAt = time.Now()
	if c.result.PDD == 0 {
		c.result.PDD = c.result.FinalAfter
	}
	if to := res.To(); to != nil {
		c.remote = *to
	}
	c.target = contactOf(res.Contact(), c.target)
	c.dest = res.Source()
	c.confirm = c.agent.newRequest(gosip.ACK, c.target, &c.dialog)
	ack := c.confirm.Clone()
	if c.agent.sendsMedia {
		c.media.sendTo(remoteMedia(res.Body()))
	}
	crossed, byed := c.cancelling, c.byed
	c.result.Crossed = crossed
	c.mu.Unlock()

	c.agent.write(ack)
	c.final.raise()
	switch {
	case byed:
		c.over(Called)
	case crossed:
		// What the caller wanted was to be rid of the call.
		ctx, cancel := context.WithTimeout(ctx, byeLimit)
		defer cancel()
		if err := c.Hangup(ctx); err != nil {
			c.agent.log.Debug().Err(err).Str("call_id", c.callID).Msg("BYE not answered")
		}
	}
}

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
	first := !c.cancelling
	c.cancelling = true
	invite, proceeding := c.invite, c.proceeding
	c.mu.Unlock()

	// A CANCEL may only follow a provisional response.
	select {
	case <-proceeding.raised():
	case <-c.final.raised():
		return c.Hangup(ctx)
	case <-ctx.Done():
		return fmt.Errorf("sip: cancel: %w", context.Cause(ctx))
	}
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

// retire ends the transaction of a refused INVITE when the refusal, which sipgo
// acknowledges as often as it comes, cannot come again.
func retire(tx *gosip.ClientTx) { time.AfterFunc(linger, tx.Terminate) }

// escaped is text that may stand between quotes (RFC 3261 §25.1).
func escaped(text string) string {
	if !strings.ContainsAny(text, `\"`) {
		return text
	}
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text)
}
