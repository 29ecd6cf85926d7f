package portability

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"tandem/internal/e164"
)

var (
	errAtRest   = errors.New("left alone after failures")
	errPanicked = errors.New("panicked")
	errDigits   = fmt.Errorf("a routing number must be 1 to %d digits", e164.MaxDigits)
)

// source is a table that may fail, hang or crash, and is left alone for a
// while when it does.
type source struct {
	name    Source
	table   Table
	breaker breaker
	log     zerolog.Logger
}

// finding is what a source says of a number; no routing number means that the
// source does not know it.
type finding struct {
	routing e164.Number
	err     error
}

// ask returns when ctx ends at the latest, even if the table does not.
func (s *source) ask(ctx context.Context, number e164.Number) (routing e164.Number, err error) {
	probe, ok := s.breaker.allow(time.Now())
	if !ok {
		return "", errAtRest
	}
	answer := make(chan finding, 1)
	go func() { answer <- s.guard(ctx, number) }()
	var f finding
	select {
	case f = <-answer:
	case <-ctx.Done():
		f.err = context.Cause(ctx)
	}
	switch s.breaker.done(time.Now(), probe, f.err != nil) {
	case opened:
		s.log.Warn().Err(f.err).Str("source", string(s.name)).
			Msg("number portability: source fails, it is left alone and tried now and then; numbers it would know are routed as not ported")
	case closed:
		s.log.Info().Str("source", string(s.name)).Msg("number portability: source answers again")
	case unchanged:
	}
	return f.routing, f.err
}

// guard asks the table and checks what it says.
func (s *source) guard(ctx context.Context, number e164.Number) (f finding) {
	defer func() {
		if p := recover(); p != nil {
			f = finding{err: errPanicked}
			s.log.Error().Interface("panic", p).Str("source", string(s.name)).Bytes("stack", debug.Stack()).
				Msg("number portability: source panicked")
		}
	}()
	routing, found, err := s.table.RoutingNumber(ctx, number)
	switch {
	case err != nil:
		return finding{err: err}
	case !found:
		return finding{}
	}
	routing, err = readRouting(string(routing))
	return finding{routing: routing, err: err}
}

// readRouting checks a routing number that somebody else wrote; a plus before
// it is dropped. Hex digits, which some networks use among themselves, are
// refused: no provider could be matched on them.
func readRouting(s string) (e164.Number, error) {
	digits := strings.TrimPrefix(s, "+")
	if !validDigits(digits) {
		return "", errDigits
	}
	return e164.Number(digits), nil
}
