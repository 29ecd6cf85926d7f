package agi

import (
	"net/netip"
	"time"

	"github.com/rs/zerolog"
)

// journal writes what the operator should see of the door. Each kind of line
// has a limit of its own, so that one flood does not hide another trouble.
//
//	rejected, protocol, refused, timeout  warn   limited
//	handler error, panic, accept error    error  limited
//	hang-up, peer closed, cut             debug
//
// The last ones are daily life, and the port checks of a monitor among them.
type journal struct {
	log      zerolog.Logger
	rejected limiter
	warned   limiter
	failed   limiter
	accepts  limiter
}

func (j *journal) reject(reason string, peer netip.AddrPort) {
	if event := limited(&j.rejected, j.log.Warn()); event != nil {
		event.Str("reason", reason).Stringer("peer", peer).Msg("agi: connection rejected")
	}
}

func (j *journal) acceptError(err error, delay time.Duration) {
	if event := limited(&j.accepts, j.log.Error()); event != nil {
		event.Err(err).Dur("retry_ms", delay).Msg("agi: accept failed")
	}
}

// maxError bounds the text of an error in a line, in bytes: it may repeat what
// a peer sent. A panic brings its stack along.
const maxError = 4096

// ended tells of an exchange that did not go well.
func (j *journal) ended(s *Session, result string, err error) {
	var event *zerolog.Event
	switch result {
	case resultOK:
		return
	case resultProtocol, resultRefused, resultTimeout, resultUnfinished:
		event = limited(&j.warned, j.log.Warn())
	case resultPanic, resultError:
		event = limited(&j.failed, j.log.Error())
	default:
		event = j.log.Debug()
	}
	if event == nil {
		return
	}
	text := ""
	if err != nil {
		text = err.Error()
	}
	event.Str("result", result).Stringer("peer", s.peer).
		Str("script", s.req.Script).Str("call_id", s.req.UniqueID).
		Str(zerolog.ErrorFieldName, text[:min(len(text), maxError)]).Msg("agi: exchange failed")
}

// limited returns the event, or nil when the limit holds it back.
func limited(l *limiter, event *zerolog.Event) *zerolog.Event {
	suppressed, ok := l.allow(time.Now())
	if !ok {
		return event.Discard()
	}
	if suppressed > 0 {
		event = event.Int("suppressed", suppressed)
	}
	return event
}
