package agi

import (
	"context"
	"fmt"
	"time"
)

// cutGrace is how long sessions that were cut may take to notice it.
const cutGrace = time.Second

// Shutdown stops accepting and lets the sessions in progress finish, for
// DrainTimeout or until ctx is over. What runs then is cut: its connection is
// closed and its context cancelled with [ErrServerClosed]; the error tells how
// many. Later calls wait for the first and return the same.
func (s *Server) Shutdown(ctx context.Context) error {
	if !s.beginDrain() {
		select {
		case <-s.done:
			return s.drainErr
		case <-ctx.Done():
			return fmt.Errorf("agi: wait for the drain: %w", context.Cause(ctx))
		}
	}
	s.drainErr = s.drain(ctx)
	close(s.done)
	return s.drainErr
}

// beginDrain closes the door, and reports false when it was closed already.
func (s *Server) beginDrain() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return false
	}
	s.closing = true
	close(s.stop)
	for ln := range s.listeners {
		_ = ln.Close() // its Serve sees the end
	}
	if len(s.sessions) == 0 {
		close(s.idle)
	}
	return true
}

func (s *Server) drain(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.DrainTimeout)
	defer cancel()
	select {
	case <-s.idle:
		return nil
	case <-ctx.Done():
	}
	cut := s.cut()
	timer := time.NewTimer(cutGrace)
	defer timer.Stop()
	select {
	case <-s.idle:
		return fmt.Errorf("agi: drain: %d sessions cut: %w", cut, context.Cause(ctx))
	case <-timer.C:
		return fmt.Errorf("agi: drain: %d sessions cut, a handler does not end: %w", cut, context.Cause(ctx))
	}
}

// cut aborts the sessions that are left.
func (s *Server) cut() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	for session := range s.sessions {
		session.abort(ErrServerClosed)
	}
	return len(s.sessions)
}
