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
	"time"

	gosip "github.com/emiago/sipgo/sip"
	"github.com/rs/zerolog"
)

const (
	// linger is how long a finished transaction still absorbs retransmissions.
	// RFC 3261 keeps it 32 s; on loopback nothing is that late, and at hundreds
	// of calls a second the difference is tens of megabytes.
	linger = 5 * time.Second
	// readBuffer asks the kernel for room for a burst of messages; it may give less.
	readBuffer = 4 << 20
)

// agent is a SIP user agent on one UDP socket, able to be called and to call.
// Carrier and Phone are two faces of it. Messages, transactions and their
// retransmissions are sipgo's; what a call does is ours.
type agent struct {
	name  string // user part of our Contact
	addr  netip.AddrPort
	log   zerolog.Logger
	realm string
	nonce string // one for the life of the agent: this is a simulator

	// How incoming requests are met; set before start.
	choose       Profile           // what becomes of an INVITE
	logins       map[string]string // who may register, and the password
	authCalls    bool              // challenge INVITEs as well
	sendsMedia   bool              // calls open a media socket and send silence
	countsMedia  bool              // calls open a media socket and count packets
	keepText     bool
	records      *recorder
	registrar    *registrar
	layers       layers
	laddr        gosip.Addr // addr as sipgo wants it
	sink         *net.UDPConn
	served       chan struct{} // closed when the reading goroutine is gone
	lifetime     context.Context
	endLifetime  context.CancelCauseFunc
	crossersLock sync.Mutex
	crossers     map[string]func() // Call-ID → answer now, its CANCEL is here

	mu      sync.Mutex
	started bool
	closed  bool
	parties map[string]party // our tag → the call
	busy    sync.WaitGroup   // handlers and calls in progress
}

// layers are sipgo's two lower layers around our socket.
type layers struct {
	conn      *net.UDPConn
	transport *gosip.TransportLayer
	tx        *gosip.TransactionLayer
}

// party is our side of one call, as requests within the call see it.
type party interface {
	acked(seq uint32)
	hungUp()
	abandon()
	description() []byte
}

// start binds the socket and serves it until stop.
func (a *agent) start(ctx context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.started {
		return ErrStarted
	}
	if err := a.open(ctx); err != nil {
		return err
	}
	a.started = true
	a.parties = make(map[string]party)
	a.crossers = make(map[string]func())
	a.nonce = rand.Text()
	a.served = make(chan struct{})
	// The agent lives until stop, not until the caller of Start is done.
	a.lifetime, a.endLifetime = context.WithCancelCause(context.WithoutCancel(ctx))

	quiet := slog.New(slog.DiscardHandler)
	a.layers.transport = gosip.NewTransportLayer(net.DefaultResolver, gosip.NewParser(), nil,
		gosip.WithTransportLayerLogger(quiet), gosip.WithTransportLayerReadFilter(a.watchCancel))
	a.layers.tx = gosip.NewTransactionLayer(a.layers.transport,
		gosip.WithTransactionLayerLogger(quiet),
		gosip.WithTransactionLayerUnhandledResponseHandler(func(*gosip.Response) {}))
	a.layers.tx.OnRequest(a.onRequest)

	// sipgo must know the socket before we send from it, or it would try to
	// bind the address a second time; it does so just before its first read.
	conn := &announcedConn{UDPConn: a.layers.conn, reading: make(chan struct{})}
	go func() {
		defer close(a.served)
		if err := a.layers.transport.ServeUDP(conn); err != nil {
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

// open binds the SIP socket and the socket that calls without media name in
// their session description.
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
	// Best effort: the kernel caps it at net.core.rmem_max.
	_ = conn.SetReadBuffer(readBuffer)
	a.layers.conn, a.sink = conn, sink
	a.addr = localAddr(conn)
	a.laddr = gosip.Addr{IP: a.addr.Addr().AsSlice(), Port: int(a.addr.Port())}
	return nil
}

// stop ends every call (BYE, or a refusal), waits for the handlers and releases
// the sockets. It may be called more than once.
func (a *agent) stop() error {
	a.mu.Lock()
	if !a.started || a.closed {
		a.mu.Unlock()
		return nil
	}
	a.closed = true
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
	a.layers.tx.Close()
	err := errors.Join(a.layers.conn.Close(), a.sink.Close())
	<-a.served
	if err := errors.Join(err, a.layers.transport.Close()); err != nil {
		return fmt.Errorf("sip: %s: %w", a.name, err)
	}
	return nil
}

// enter counts a handler or call in; after stop nobody enters.
func (a *agent) enter() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.started || a.closed {
		return false
	}
	a.busy.Add(1)
	return true
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
	to := req.To()
	if to == nil {
		return nil
	}
	tag, _ := to.Params.Get("tag")
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

// watchCancel looks at every datagram before sipgo does. sipgo answers a CANCEL
// by itself (200, then 487); a call that shall be answered in spite of it must
// be answered before sipgo sees it.
func (a *agent) watchCancel(_ gosip.TransportReadProps, data []byte) ([]byte, error) {
	if len(data) < 7 || string(data[:7]) != "CANCEL " {
		return data, nil
	}
	a.crossersLock.Lock()
	answer := a.crossers[lineOf(string(data), "Call-ID", "i")]
	a.crossersLock.Unlock()
	if answer != nil {
		answer()
	}
	return data, nil
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
