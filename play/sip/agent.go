package sip

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	gosip "github.com/emiago/sipgo/sip"
	"github.com/rs/zerolog"
)

const (
	// linger is how long a finished transaction still absorbs retransmissions.
	// RFC 3261 keeps it 32 s; on loopback nothing is that late, and at hundreds
	// of calls a second the difference is tens of megabytes.
	linger = 5 * time.Second
	// readBuffer is room for the messages that come while we are not scheduled: at
	// hundreds of calls a second the usual 200 kB are a tenth of a second.
	readBuffer = 4 << 20
)

// agent is a SIP user agent on one UDP socket, able to be called and to call.
// Carrier and Phone are two faces of it. Messages, transactions and their
// retransmissions are sipgo's; what a call does is ours.
type agent struct {
	// Set by the owner, constant.
	name          string // user part of our Contact
	log           zerolog.Logger
	choose        Profile           // what becomes of an INVITE
	logins        map[string]string // who may register, and the password
	realm         string            // of our challenges
	registeredFor time.Duration     // longest registration granted; 0 has no limit
	authCalls     bool              // challenge INVITEs as well
	sendsMedia    bool              // calls send silence
	countsMedia   bool              // calls have a media socket and count what comes
	keepText      bool              // records have the INVITE
	records       *recorder
	registrar     *registrar

	// Set by start, constant from then on.
	addr        netip.AddrPort // ours
	laddr       gosip.Addr     // the same, as sipgo wants it
	nonce       string         // of our challenges; one is enough for a simulator
	conn        *net.UDPConn   // SIP
	sink        *net.UDPConn   // media of calls without a media socket: nobody reads it
	transport   *gosip.TransportLayer
	tx          *gosip.TransactionLayer
	watch       *watch
	served      chan struct{}   // closed when nobody reads conn any more
	lifetime    context.Context // ends with stop
	endLifetime context.CancelCauseFunc

	heard atomic.Int64 // packets with sound, in all calls

	mu      sync.Mutex
	running bool
	used    bool             // was started once
	parties map[string]party // our tag → the call
	busy    sync.WaitGroup   // handlers and calls in progress
}

// party is our side of one call, as requests within the call see it.
type party interface {
	acked()              // ACK of our 200
	hungUp()             // BYE
	abandon()            // we close
	description() []byte // our session description
}

// start binds the socket and serves it until stop.
func (a *agent) start(ctx context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.used {
		return ErrStarted
	}
	if err := a.open(ctx); err != nil {
		return err
	}
	a.used, a.running = true, true
	a.parties = make(map[string]party)
	a.nonce = rand.Text()
	// The agent lives until stop, not until the caller of Start is done.
	a.lifetime, a.endLifetime = context.WithCancelCause(context.WithoutCancel(ctx))

	quiet := slog.New(slog.DiscardHandler)
	a.watch = newWatch()
	a.transport = gosip.NewTransportLayer(net.DefaultResolver, gosip.NewParser(), nil,
		gosip.WithTransportLayerLogger(quiet), gosip.WithTransportLayerReadFilter(a.watch.filter))
	a.tx = gosip.NewTransactionLayer(a.transport, gosip.WithTransactionLayerLogger(quiet),
		gosip.WithTransactionLayerUnhandledResponseHandler(func(*gosip.Response) {}))
	a.tx.OnRequest(a.onRequest)
	return a.serve()
}

// serve hands the socket to sipgo. sipgo must know it before we send from it, or
// it would try to bind the address a second time; it does so just before it
// reads for the first time.
func (a *agent) serve() error {
	conn := &announcedConn{UDPConn: a.conn, reading: make(chan struct{})}
	a.served = make(chan struct{})
	go func() {
		defer close(a.served)
		if err := a.transport.ServeUDP(conn); err != nil {
			a.log.Error().Err(err).Str("agent", a.name).Msg("sip socket not served")
		}
	}()
	select {
	case <-conn.reading:
		return nil
	case <-a.served:
		return fmt.Errorf("sip: %s on %s is not served", a.name, a.addr)
	}
}

// open binds the SIP socket and the one that stands in for media.
func (a *agent) open(ctx context.Context) error {
	if !a.addr.Addr().IsValid() || a.addr.Addr().IsUnspecified() {
		return fmt.Errorf("sip: %s needs one address of its own, not %q", a.name, a.addr)
	}
	conn, err := listenUDP(ctx, a.addr)
	if err != nil {
		return fmt.Errorf("sip: %s: %w", a.name, err)
	}
	sink, err := listenUDP(ctx, netip.AddrPortFrom(a.addr.Addr(), 0))
	if err != nil {
		return errors.Join(fmt.Errorf("sip: %s: %w", a.name, err), conn.Close())
	}
	enlarge(conn, readBuffer)
	a.conn, a.sink = conn, sink
	a.addr = localAddr(conn)
	a.laddr = gosip.Addr{IP: a.addr.Addr().AsSlice(), Port: int(a.addr.Port())}
	return nil
}

// stop ends every call (BYE, CANCEL or a refusal), waits for the handlers and
// releases the sockets. It may be called more than once.
func (a *agent) stop() error {
	a.mu.Lock()
	if !a.running {
		a.mu.Unlock()
		return nil
	}
	a.running = false
	left := make([]party, 0, len(a.parties))
	for _, p := range a.parties {
		left = append(left, p)
	}
	a.mu.Unlock()

	for _, p := range left {
		p.abandon()
	}
	a.endLifetime(ErrClosed)
	a.busy.Wait()
	a.watch.close(a.transport.Pool("udp"), a.laddr.String())
	a.tx.Close()
	err := errors.Join(a.conn.Close(), a.sink.Close())
	<-a.served
	// The transport layer itself has nothing left to close; its Close would only
	// forget the dead connections that watch has put there.
	if err != nil {
		return fmt.Errorf("sip: %s: %w", a.name, err)
	}
	return nil
}

// enter counts a handler or call in; only a running agent lets it.
func (a *agent) enter() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.running {
		a.busy.Add(1)
	}
	return a.running
}

// join makes a call reachable for requests within it, by our tag.
func (a *agent) join(tag string, p party) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.parties[tag] = p
}

func (a *agent) part(tag string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.parties, tag)
}

// partyOf finds the call a request belongs to; nil if there is none. Our tag
// alone identifies it: it is random and ours.
func (a *agent) partyOf(req *gosip.Request) party {
	tag, _ := req.To().Params.Get("tag")
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.parties[tag]
}

// hangup ends a call that came in, by its Call-ID.
func (a *agent) hangup(callID string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, p := range a.parties {
		if in, ok := p.(*inbound); ok && in.callID == callID {
			in.hangup.raise()
			return true
		}
	}
	return false
}

// announcedConn says when it is read for the first time.
type announcedConn struct {
	*net.UDPConn
	once    sync.Once
	reading chan struct{}
}

// ReadFrom implements net.PacketConn.
func (c *announcedConn) ReadFrom(b []byte) (int, net.Addr, error) {
	c.once.Do(func() { close(c.reading) })
	return c.UDPConn.ReadFrom(b)
}

func listenUDP(ctx context.Context, addr netip.AddrPort) (*net.UDPConn, error) {
	conn, err := new(net.ListenConfig).ListenPacket(ctx, "udp", addr.String())
	if err != nil {
		return nil, err
	}
	udp, ok := conn.(*net.UDPConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("%T is not a UDP socket", conn), conn.Close())
	}
	return udp, nil
}

func localAddr(conn *net.UDPConn) netip.AddrPort {
	addr, _ := netip.ParseAddrPort(conn.LocalAddr().String())
	return addr
}
