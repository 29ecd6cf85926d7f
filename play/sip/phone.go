package sip

import (
	"context"
	"fmt"
	"net/netip"
	"strconv"
	"sync/atomic"
	"time"

	gosip "github.com/emiago/sipgo/sip"
	"github.com/rs/zerolog"
)

// PhoneConfig describes a subscriber's phone.
type PhoneConfig struct {
	Login    string
	Password string
	// Local is the phone's own address; port 0 takes a free one.
	Local netip.AddrPort
	// Server is the registrar and the one it calls through.
	Server netip.AddrPort
	// Incoming is what becomes of calls to the phone; the zero value answers.
	Incoming Outcome
	// Media sends silence; packets are counted either way.
	Media bool
	Log   zerolog.Logger
}

// Phone is a subscriber's phone: it registers, calls and is called.
type Phone struct {
	agent    *agent
	cfg      PhoneConfig
	incoming atomic.Pointer[Outcome]
}

// NewPhone makes a phone; it has no socket before Start.
func NewPhone(cfg PhoneConfig) *Phone {
	p := &Phone{cfg: cfg}
	p.SetIncoming(cfg.Incoming)
	p.agent = &agent{
		name: cfg.Login, addr: cfg.Local, log: cfg.Log, realm: cfg.Login,
		sendsMedia: cfg.Media, countsMedia: true,
		records: newRecorder(0), registrar: newRegistrar(),
		choose: func(Invite) Outcome { return *p.incoming.Load() },
	}
	return p
}

// Start binds the address. ctx bounds the binding only.
func (p *Phone) Start(ctx context.Context) error { return p.agent.start(ctx) }

// Close hangs up what is left, waits for it and releases the sockets. It does
// not take back the registration.
func (p *Phone) Close() error { return p.agent.stop() }

// Addr is the phone's own address, with the real port once it is started.
func (p *Phone) Addr() netip.AddrPort { return p.agent.addr }

// SetIncoming changes what becomes of calls to the phone.
func (p *Phone) SetIncoming(o Outcome) { p.incoming.Store(&o) }

// Calls are the newest calls to the phone, oldest first.
func (p *Phone) Calls() []CallRecord { return p.agent.records.calls() }

// WaitCall waits for a call to the phone that matches; see Offered and Ended.
func (p *Phone) WaitCall(ctx context.Context, match func(CallRecord) bool) (CallRecord, error) {
	return p.agent.records.wait(ctx, match)
}

// Hangup ends a call the phone took, by its Call-ID.
func (p *Phone) Hangup(callID string) bool { return p.agent.hangup(callID) }

// Dial places a call through the server with the phone's login. Fields of spec
// that are empty are the phone's own. ctx bounds the sending of the INVITE only;
// whoever gives the call up says so with Hangup.
func (p *Phone) Dial(ctx context.Context, spec CallSpec) (*Call, error) {
	return p.agent.dial(ctx, p.complete(spec))
}

// Load places calls at a steady rate through the server.
func (p *Phone) Load(ctx context.Context, spec LoadSpec) (LoadResult, error) {
	spec.Call = p.complete(spec.Call)
	return p.agent.load(ctx, spec)
}

func (p *Phone) complete(spec CallSpec) CallSpec {
	if !spec.Server.IsValid() {
		spec.Server = p.cfg.Server
	}
	if spec.FromUser == "" {
		spec.FromUser = p.cfg.Login
	}
	if spec.Login == "" {
		spec.Login, spec.Password = p.cfg.Login, p.cfg.Password
	}
	return spec
}

// Register makes the phone known to the server for the given time (RFC 3261
// §10.2); 0 takes it back. Nothing refreshes it. A refusal is a RejectedError.
func (p *Phone) Register(ctx context.Context, life time.Duration) error {
	a := p.agent
	if !a.enter() {
		return fmt.Errorf("register %s: %w", p.cfg.Login, ErrClosed)
	}
	defer a.busy.Done()

	server := gosip.Uri{Scheme: "sip", Host: p.cfg.Server.Addr().String(), Port: int(p.cfg.Server.Port())}
	record := server
	record.User = p.cfg.Login
	d := &dialog{
		agent: a, callID: newTag(), dest: p.cfg.Server.String(), target: server,
		local:  gosip.FromHeader{Address: record, Params: gosip.HeaderParams{{K: "tag", V: newTag()}}},
		remote: gosip.ToHeader{Address: record},
	}
	build := func(auth *Header) *gosip.Request {
		d.seq++
		req := a.newRequest(gosip.REGISTER, server, d)
		req.AppendHeader(a.contact())
		req.AppendHeader(gosip.NewHeader("Expires", strconv.Itoa(int(life.Seconds()))))
		if auth != nil {
			req.AppendHeader(gosip.NewHeader(auth.Name, auth.Value))
		}
		return req
	}
	res, err := a.transact(ctx, build(nil))
	if err != nil {
		return fmt.Errorf("register %s: %w", p.cfg.Login, err)
	}
	if asked := challengeOf(res); asked != "" {
		auth, err := credentials(res.StatusCode, asked, gosip.REGISTER.String(), server.String(), p.cfg.Login, p.cfg.Password)
		if err != nil {
			return fmt.Errorf("register %s: %w", p.cfg.Login, err)
		}
		if res, err = a.transact(ctx, build(&auth)); err != nil {
			return fmt.Errorf("register %s: %w", p.cfg.Login, err)
		}
	}
	if !res.IsSuccess() {
		return fmt.Errorf("register %s: %w", p.cfg.Login, &RejectedError{Status: res.StatusCode, Reason: res.Reason})
	}
	return nil
}
