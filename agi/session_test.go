package agi_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"tandem/agi"
	"tandem/agi/agitest"
)

// serveOne runs handler for one exchange with a well-behaved Asterisk, and
// returns what each saw.
func serveOne(t *testing.T, a *agitest.Asterisk, handler agi.HandlerFunc) (agitest.Outcome, error) {
	t.Helper()
	ln := agitest.NewListener()
	ended := make(chan error, 1)
	start(t, agi.DefaultConfig(), agi.HandlerFunc(func(ctx context.Context, s *agi.Session) error {
		err := handler(ctx, s)
		ended <- err
		return err
	}), ln, zerolog.Nop())
	out, err := a.Run(t.Context(), dial(t, ln), agitest.Channel{}.Environment("h", "route", "a", "", "c"))
	if err != nil {
		t.Errorf("Asterisk: %v", err)
	}
	return out, <-ended
}

func TestRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got agi.Request
		_, err := serveOne(t, &agitest.Asterisk{}, func(_ context.Context, s *agi.Session) error {
			got = s.Request()
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		want := agi.Request{
			Script: "route", Args: []string{"a", "", "c"}, UniqueID: "agitest-1700000000.1",
			Channel: "PJSIP/agitest-00000001", Context: "make_a_call", Version: "22.10.1",
		}
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
			t.Errorf("request is %q, want %q", got, want)
		}
	})
}

// Whatever MSet may carry arrives as it was sent, in as few commands as
// Asterisk's limits allow.
func TestSetVariablesSplits(t *testing.T) {
	for _, test := range []struct {
		name           string
		count, size    int
		commands, most int
	}{
		{"none", 0, 0, 0, 0},
		{"one", 1, 10, 1, 1},
		{"all places of a command", 99, 10, 1, 99},
		{"one place more", 100, 10, 2, 99},
		{"three commands", 250, 3, 3, 99},
		{"by length", 20, 1000, 3, 8},
		{"as long as can be", 2, 8191 - len("EXEC MSet \"V000=\"\n"), 2, 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			var vars []agi.Var
			for i := range test.count {
				vars = append(vars, agi.Var{Name: fmt.Sprintf("V%03d", i), Value: strings.Repeat("x", test.size)})
			}
			a := &agitest.Asterisk{}
			out, err := serveOne(t, a, func(ctx context.Context, s *agi.Session) error { return s.SetVariables(ctx, vars) })
			if err != nil {
				t.Fatalf("%s: %v", test.name, err)
			}
			if len(out.Commands) != test.commands {
				t.Errorf("%s: %d commands, want %d", test.name, len(out.Commands), test.commands)
			}
			for _, command := range out.Commands {
				if n := strings.Count(command, "="); n > test.most || len(command)+1 > 8191 {
					t.Errorf("%s: a command of %d pairs and %d bytes", test.name, n, len(command))
				}
			}
			for _, v := range vars {
				if a.Vars[v.Name] != v.Value {
					t.Errorf("%s: %s is %q, want %q", test.name, v.Name, a.Vars[v.Name], v.Value)
				}
			}
		})
	}
}

// One bad variable among good ones: nothing is sent, the error names it.
func TestUnwritableVariables(t *testing.T) {
	for _, bad := range []agi.Var{
		{Name: "T_R1", Value: "PJSIP/1&PJSIP/2"},
		{Name: "T_R1", Value: "a,T_OK=1"},
		{Name: "T_R1", Value: `a"b`},
		{Name: "T_R1", Value: `a\b`},
		{Name: "T_R1", Value: "a b"},
		{Name: "T_R1", Value: "a\nSET VARIABLE T_OK 1"},
		{Name: "T_R1", Value: "${SHELL(x)}"},
		{Name: "T_R1", Value: "a(b"},
		{Name: "T_R1", Value: "ж"},
		{Name: "T_R1", Value: strings.Repeat("x", 8191)},
		{Name: "", Value: "1"},
		{Name: "1T", Value: "1"},
		{Name: "T R", Value: "1"},
		{Name: "SHELL(x)", Value: "1"},
		{Name: "T_R1=1,X", Value: "1"},
		{Name: strings.Repeat("T", 81), Value: "1"},
		{Name: agi.Sentinel, Value: "1"},
		{Name: "__" + agi.Sentinel, Value: "1"},
	} {
		synctest.Test(t, func(t *testing.T) {
			vars := []agi.Var{{Name: "T_ACTION", Value: "dial"}, bad}
			out, err := serveOne(t, &agitest.Asterisk{}, func(ctx context.Context, s *agi.Session) error { return s.Finish(ctx, vars) })
			if !errors.Is(err, agi.ErrVariable) || bad.Name != "" && !strings.Contains(err.Error(), bad.Name[:1]) {
				t.Errorf("%.40q: error is %v, want ErrVariable", bad, err)
			}
			if len(out.Commands) != 0 {
				t.Errorf("%.40q: %q was sent", bad, out.Commands)
			}
		})
	}
}

func TestSetVariableRefusesControlBytes(t *testing.T) {
	for _, bad := range []string{"a\nb", "a\rb", "a\x00b", "a\x1bb", "a\x7f", strings.Repeat(`"`, 4096)} {
		synctest.Test(t, func(t *testing.T) {
			out, err := serveOne(t, &agitest.Asterisk{}, func(ctx context.Context, s *agi.Session) error {
				return s.SetVariable(ctx, "NOTE", bad)
			})
			if !errors.Is(err, agi.ErrVariable) || len(out.Commands) != 0 {
				t.Errorf("%.20q: error is %v and %q was sent, want ErrVariable and nothing", bad, err, out.Commands)
			}
		})
	}
}

func TestInheritedVariable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &agitest.Asterisk{}
		if _, err := serveOne(t, a, func(ctx context.Context, s *agi.Session) error {
			return s.SetVariables(ctx, []agi.Var{{Name: "__T_CALL", Value: "v1-1.2"}})
		}); err != nil {
			t.Fatal(err)
		}
		if a.Vars["T_CALL"] != "v1-1.2" {
			t.Errorf("variables are %q, want T_CALL", a.Vars)
		}
	})
}

func TestNothingFollowsTheSentinel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out, err := serveOne(t, &agitest.Asterisk{}, func(ctx context.Context, s *agi.Session) error {
			if err := s.Finish(ctx, nil); err != nil {
				t.Error(err)
			}
			for _, err := range []error{
				s.Finish(ctx, nil),
				s.SetVariable(ctx, "A", "1"),
				s.SetVariables(ctx, answer()),
			} {
				if !errors.Is(err, agi.ErrFinished) {
					t.Errorf("after Finish: %v, want ErrFinished", err)
				}
			}
			_, _, err := s.GetVariable(ctx, "A")
			return err
		})
		if !errors.Is(err, agi.ErrFinished) {
			t.Errorf("after Finish: %v, want ErrFinished", err)
		}
		if len(out.Commands) != 1 {
			t.Errorf("commands are %q, want one", out.Commands)
		}
	})
}

func TestErrorsCloseTheSession(t *testing.T) {
	for _, test := range []struct {
		name string
		a    agitest.Asterisk
		want error
	}{
		{"hang-up", agitest.Asterisk{HangupAt: 1}, agi.ErrHangup},
		{"hang-up and exit", agitest.Asterisk{HangupAt: 1, Vars: map[string]string{"AGIEXITONHANGUP": "yes"}}, agi.ErrHangup},
		{"no such application", agitest.Asterisk{Apps: map[string]func(string) int{"mset": func(string) int { return -2 }}}, agi.ErrRefused},
	} {
		synctest.Test(t, func(t *testing.T) {
			out, err := serveOne(t, &test.a, func(ctx context.Context, s *agi.Session) error {
				err := s.Finish(ctx, answer())
				if ctx.Err() == nil || !errors.Is(context.Cause(ctx), test.want) {
					t.Errorf("%s: the context ended by %v, want %v", test.name, context.Cause(ctx), test.want)
				}
				again := s.Finish(ctx, answer())
				if !errors.Is(again, agi.ErrClosed) || !errors.Is(again, test.want) {
					t.Errorf("%s: the next command says %v, want ErrClosed and why", test.name, again)
				}
				return err
			})
			if !errors.Is(err, test.want) {
				t.Errorf("%s: error is %v, want %v", test.name, err, test.want)
			}
			if len(out.Commands) != 1 || test.a.Vars[agi.Sentinel] != "" {
				t.Errorf("%s: commands are %q, want the first only", test.name, out.Commands)
			}
		})
	}
}

// AGISIGHUP=no: the line that upsets the order of replies does not come, and
// the answer goes through on the dead channel.
func TestAnswerToADeadChannel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &agitest.Asterisk{HangupAt: 1, Vars: map[string]string{"AGISIGHUP": "no"}}
		if _, err := serveOne(t, a, func(ctx context.Context, s *agi.Session) error { return s.Finish(ctx, answer()) }); err != nil {
			t.Error(err)
		}
		if a.Vars[agi.Sentinel] != "1" {
			t.Errorf("variables are %q, want the sentinel", a.Vars)
		}
	})
}

// The handler's own, shorter context: nothing is sent, and the session can
// still be used, as nothing on the line is out of order.
func TestCallersContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := &agitest.Asterisk{}
		_, err := serveOne(t, a, func(ctx context.Context, s *agi.Session) error {
			mine, cancel := context.WithCancelCause(ctx)
			cause := errors.New("found nothing in time")
			cancel(cause)
			if err := s.SetVariable(mine, "A", "1"); !errors.Is(err, cause) {
				t.Errorf("error is %v, want the cause", err)
			}
			return s.Finish(ctx, nil)
		})
		if err != nil || a.Vars["A"] != "" || a.Vars[agi.Sentinel] != "1" {
			t.Errorf("error %v and variables %q, want the sentinel only", err, a.Vars)
		}
	})
}

func TestDeadlines(t *testing.T) {
	cfg := agi.DefaultConfig()
	for _, test := range []struct {
		name string
		wait func(ctx context.Context, s *agi.Session) error
		want time.Duration
	}{
		{"a reply", func(ctx context.Context, s *agi.Session) error { return s.Finish(ctx, answer()) }, cfg.CommandTimeout},
		{"the session, by its context", func(ctx context.Context, _ *agi.Session) error {
			<-ctx.Done()
			return context.Cause(ctx)
		}, cfg.SessionTimeout},
		{"the session, in a command", func(ctx context.Context, s *agi.Session) error {
			<-time.After(cfg.SessionTimeout - time.Second)
			return s.Finish(ctx, answer())
		}, cfg.SessionTimeout},
		{"the caller's context, in a command", func(ctx context.Context, s *agi.Session) error {
			ctx, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
			defer cancel()
			return s.Finish(ctx, answer())
		}, 100 * time.Millisecond},
	} {
		synctest.Test(t, func(t *testing.T) {
			stuck := &agitest.Asterisk{Apps: map[string]func(string) int{"mset": func(string) int {
				<-time.After(time.Minute)
				return 0
			}}}
			began := time.Now()
			_, err := serveOne(t, stuck, func(ctx context.Context, s *agi.Session) error {
				err := test.wait(ctx, s)
				if took := time.Since(began); took != test.want {
					t.Errorf("%s: took %v, want %v", test.name, took, test.want)
				}
				return err
			})
			if !errors.Is(err, agi.ErrTimeout) {
				t.Errorf("%s: error is %v, want ErrTimeout", test.name, err)
			}
		})
	}
}

// A handler that keeps the session cannot use it any more.
func TestSessionEndsWithItsHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept *agi.Session
		if _, err := serveOne(t, &agitest.Asterisk{}, func(_ context.Context, s *agi.Session) error {
			kept = s
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if err := kept.Finish(t.Context(), nil); !errors.Is(err, agi.ErrClosed) {
			t.Errorf("error is %v, want ErrClosed", err)
		}
	})
}
