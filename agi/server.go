package agi

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// Handler answers an exchange. It runs on a goroutine of its own, asks and
// sets variables through s, ends with [Session.Finish] and returns; the
// connection is closed then. ctx is over when the session's time is up, when
// an error has closed the session, or when the server is cut; context.Cause
// tells which.
type Handler interface {
	ServeAGI(ctx context.Context, s *Session) error
}

// HandlerFunc is a function as a [Handler].
type HandlerFunc func(ctx context.Context, s *Session) error

// ServeAGI calls f.
func (f HandlerFunc) ServeAGI(ctx context.Context, s *Session) error { return f(ctx, s) }

// Server lets Asterisk in. It owns its listeners and sessions.
type Server struct {
	cfg     Config
	handler Handler
	peers   func(netip.Addr) bool
	journal journal
	metrics *Metrics
	pool    bufferPool

	mu        sync.Mutex
	listeners map[net.Listener]struct{}
	sessions  map[*Session]struct{}
	closing   bool
	stop      chan struct{} // closed when the drain begins
	idle      chan struct{} // closed when it has begun and no session is left
	done      chan struct{} // closed when it is over
	drainErr  error         // valid after done
}

// NewServer makes a server that asks peers about every connection's address;
// IPv4 in IPv6 is unwrapped and zones are dropped before. peers is called on
// the accepting goroutine and must not block: it reads the current snapshot.
func NewServer(cfg Config, handler Handler, peers func(netip.Addr) bool, log zerolog.Logger, metrics *Metrics) (*Server, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	switch {
	case handler == nil:
		return nil, errors.New("agi: handler is nil")
	case peers == nil:
		return nil, errors.New("agi: peers is nil")
	case metrics == nil:
		return nil, errors.New("agi: metrics is nil")
	}
	return &Server{
		cfg:       cfg,
		handler:   handler,
		peers:     peers,
		journal:   journal{log: log},
		metrics:   metrics,
		listeners: make(map[net.Listener]struct{}),
		sessions:  make(map[*Session]struct{}),
		stop:      make(chan struct{}),
		idle:      make(chan struct{}),
		done:      make(chan struct{}),
	}, nil
}

// Serve accepts connections until ctx is over or Shutdown is called, and
// returns when the drain is: nil when every session ended by itself, an error
// when some were cut or when the listener failed. It closes ln. ctx being over
// does not touch the sessions in progress before DrainTimeout.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	if !s.addListener(ln) {
		_ = ln.Close() // never served
		return ErrServerClosed
	}
	defer s.dropListener(ln)
	defer context.AfterFunc(ctx, func() { _ = ln.Close() })()

	sessions := context.WithoutCancel(ctx)
	var wait backoff
	for {
		conn, err := ln.Accept()
		if err == nil {
			wait.reset()
			s.admit(sessions, conn)
			continue
		}
		switch {
		case s.isClosing():
			<-s.done
			return s.drainErr
		case ctx.Err() != nil:
			return s.Shutdown(sessions)
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("agi: accept: %w", err)
		}
		// Out of files or memory: the connections stay in the backlog while
		// we wait for sessions to give some back.
		delay := wait.next()
		s.metrics.acceptErrors.Inc()
		s.journal.acceptError(err, delay)
		s.pause(ctx, delay)
	}
}

// admit starts a session, or closes the connection at once.
func (s *Server) admit(ctx context.Context, conn net.Conn) {
	peer := peerOf(conn)
	if !peer.IsValid() || !s.peers(peer.Addr()) {
		s.reject(conn, peer, rejectPeer)
		return
	}
	ctx, cancel := context.WithCancelCause(ctx)
	session := &Session{cfg: &s.cfg, conn: conn, peer: peer, cancel: cancel}
	if reason := s.addSession(session); reason != "" {
		cancel(nil)
		s.reject(conn, peer, reason)
		return
	}
	go s.serve(ctx, session)
}

func (s *Server) reject(conn net.Conn, peer netip.AddrPort, reason string) {
	_ = conn.Close() // nothing was said on it
	s.metrics.rejected.WithLabelValues(reason).Inc()
	s.journal.reject(reason, peer)
}

// addSession returns the reason why the session may not run, if there is one.
func (s *Server) addSession(session *Session) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closing:
		return rejectDrain
	case len(s.sessions) >= s.cfg.MaxSessions:
		return rejectLimit
	}
	s.sessions[session] = struct{}{}
	return ""
}

func (s *Server) dropSession(session *Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, session)
	if s.closing && len(s.sessions) == 0 {
		close(s.idle)
	}
}

func (s *Server) addListener(ln net.Listener) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return false
	}
	s.listeners[ln] = struct{}{}
	return true
}

func (s *Server) dropListener(ln net.Listener) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.listeners, ln)
}

func (s *Server) isClosing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closing
}

func (s *Server) pause(ctx context.Context, delay time.Duration) {
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	case <-s.stop:
	}
}

// backoff grows from 5 ms to 1 s while accepting fails.
type backoff struct{ delay time.Duration }

func (b *backoff) reset() { b.delay = 0 }

func (b *backoff) next() time.Duration {
	b.delay = min(max(2*b.delay, 5*time.Millisecond), time.Second)
	return b.delay
}
