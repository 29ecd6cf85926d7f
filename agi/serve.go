package agi

import (
	"context"
	"fmt"
	"runtime/debug"
	"time"
)

// serve runs a session to its end, whatever the handler does.
func (s *Server) serve(ctx context.Context, session *Session) {
	start := time.Now()
	defer s.dropSession(session)
	defer session.cancel(nil)

	session.ctx = ctx
	session.deadline = start.Add(s.cfg.SessionTimeout)
	alarm := time.AfterFunc(s.cfg.SessionTimeout, func() { session.abort(ErrTimeout) })
	defer alarm.Stop()

	s.metrics.sessions.Inc()
	err := s.exchange(ctx, session)
	s.metrics.sessions.Dec()
	_ = session.conn.Close() // all was said, or nothing can be

	result := resultOf(err, session.finished)
	s.metrics.ended(session.req.Script, result, time.Since(start))
	s.journal.ended(session, result, err)
	if err == nil && session.err == nil && ctx.Err() == nil {
		s.pool.put(session.buf)
	}
	session.err = ErrClosed // for a handler that kept it
}

// exchange reads the question and has it answered. A panic of the handler
// becomes an error: one call is lost, not all of them.
func (s *Server) exchange(ctx context.Context, session *Session) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &panicError{value: value, stack: debug.Stack()}
		}
	}()
	buf, err := s.pool.get(session.conn)
	if err != nil {
		return err
	}
	if err := session.open(buf); err != nil {
		return err
	}
	return s.handler.ServeAGI(ctx, session)
}

// panicError is a panic of the handler, with where it happened.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string {
	return fmt.Sprintf("agi: handler panicked: %v\n%s", e.value, e.stack)
}
