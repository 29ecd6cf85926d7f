package agitest_test

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tandem/agi/agitest"
)

// The recorded conversations that a whole Asterisk would have: our Asterisk
// says every word of its part by itself.
func TestAsteriskSaysItsPart(t *testing.T) {
	all, err := agitest.LoadDir("../testdata")
	if err != nil {
		t.Fatal(err)
	}
	played := 0
	for _, c := range all {
		if c.Meta["both"] != "yes" {
			continue
		}
		played++
		t.Run(strings.TrimSuffix(c.Name, ".agi"), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := &agitest.Asterisk{Vars: map[string]string{"NAME": `say "hi", (x) \n`, "EMPTY": "", "AGISIGHUP": "no"}}
				if out := playServer(t, c, a, c.Environment()); out.Status != agitest.StatusSuccess {
					t.Errorf("outcome is %+v", out)
				}
				if a.Vars["T_OK"] != "1" {
					t.Errorf("variables are %q, want the sentinel", a.Vars)
				}
			})
		})
	}
	if played == 0 {
		t.Error("no conversation is marked @both yes")
	}
}

// playServer plays the server's part of c to a.
func playServer(t *testing.T, c *agitest.Conversation, a *agitest.Asterisk, env []string) agitest.Outcome {
	t.Helper()
	t.Helper()
	near, far := net.Pipe()
	played := make(chan error, 1)
	go func() {
		defer far.Close()
		played <- c.Play(t.Context(), far, agitest.ServerSide)
	}()
	out, err := a.Run(t.Context(), near, env)
	if err != nil {
		t.Errorf("Asterisk: %v", err)
	}
	if err := <-played; err != nil {
		t.Error(err)
	}
	return out
}

func TestEnvironment(t *testing.T) {
	env := agitest.Channel{}.Environment("h:4573", "route?x=1", "a", "b c")
	if want := 25; len(env) != want {
		t.Errorf("%d writes, want %d", len(env), want)
	}
	text := strings.Join(env, "")
	for _, want := range []string{"agi_network_script: route?x=1\n", "agi_arg_2: b c\n\n", "agi_type: PJSIP\n", "agi_accountcode: \n"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q has no %q", text, want)
		}
	}
}

// What each command gets, with the channel alive and dead.
func TestCommands(t *testing.T) {
	const usage = "> 520-Invalid command syntax.  Proper usage follows:\n"
	for _, test := range []struct{ name, text string }{
		{"unknown", "< SING\n> 510 Invalid or unknown command\n"},
		{"nothing", "<\n> 510 Invalid or unknown command\n"},
		{"half a command", "< SET\n> 510 Invalid or unknown command\n"},
		{"case and spaces", "<  set  Variable A b\n> 200 result=1\n< GET VARIABLE A\n> 200 result=1 (b)\n"},
		{"not set", "< GET VARIABLE X\n> 200 result=0\n"},
		{"no application", "< EXEC Nope \"x\"\n> 200 result=-2\n"},
		{"own application", "< EXEC Answerless \"x\"\n> 200 result=7\n"},
		{"MSet", "< EXEC mset \"A=1,__B=\"\n> 200 result=0\n< GET VARIABLE B\n> 200 result=1 ()\n"},
		{"too few words", "< SET VARIABLE A\n" + usage + "> Usage: SET VARIABLE <variablename> <value>\n> 520 End of proper usage.\n"},
		{"too many words", "< SET VARIABLE A b c\n" + usage + "> Usage: SET VARIABLE <variablename> <value>\n> 520 End of proper usage.\n"},
		{"no word", "< EXEC\n" + usage + "> Usage: EXEC <application> <options>\n> 520 End of proper usage.\n"},
		{"playing", "< STREAM FILE a \"\"\n> 200 result=0 endpos=8000\n"},
		{"answer", "< ANSWER\n> 200 result=0\n< NOOP\n> 200 result=0\n"},
		{"line without end", "<+ NOOP\n<! close\n"},
	} {
		synctest.Test(t, func(t *testing.T) {
			a := &agitest.Asterisk{
				Vars: map[string]string{"AGISIGHUP": "no"},
				Apps: map[string]func(string) int{"answerless": func(string) int { return 7 }},
			}
			c := parse(t, ">= \"env\\n\"\n"+test.text)
			if out := playServer(t, c, a, []string{"env\n"}); out.Status != agitest.StatusSuccess {
				t.Errorf("%s: %+v", test.name, out)
			}
		})
	}
}

func TestHangup(t *testing.T) {
	for _, test := range []struct {
		name   string
		vars   map[string]string
		text   string
		status string
	}{
		{"before the reply", nil, "< NOOP\n> HANGUP\n> 200 result=0\n< ANSWER\n> 511 Command Not Permitted on a dead channel or intercept routine\n", agitest.StatusHangup},
		{"silent", map[string]string{"AGISIGHUP": "no"}, "< NOOP\n> 200 result=0\n< STREAM FILE a b\n> 511 Command Not Permitted on a dead channel or intercept routine\n", agitest.StatusHangup},
		{"and exit", map[string]string{"AGIEXITONHANGUP": "yes"}, "< NOOP\n> HANGUP\n> HANGUP\n>! close\n", agitest.StatusHangup},
		{"failure", nil, "< FAILURE\n> HANGUP\n>! close\n", agitest.StatusFailure},
	} {
		synctest.Test(t, func(t *testing.T) {
			a := &agitest.Asterisk{HangupAt: 1, Vars: test.vars}
			out := playServer(t, parse(t, "> env\n"+test.text), a, []string{"env\n"})
			if out.Status != test.status {
				t.Errorf("%s: status is %s, want %s", test.name, out.Status, test.status)
			}
		})
	}
}

// TIMEOUT(absolute) ends the wait for a server that says nothing.
func TestAbsoluteTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		said := make(chan string)
		go func() {
			text, _ := io.ReadAll(far)
			said <- string(text)
		}()
		out, err := new(agitest.Asterisk).Run(ctx, near, []string{"env\n", "\n"})
		if err != nil || out.Status != agitest.StatusHangup {
			t.Errorf("outcome is %+v, %v, want HANGUP", out, err)
		}
		if got := <-said; got != "env\n\nHANGUP\n" {
			t.Errorf("Asterisk said %q", got)
		}
	})
}

// A server that would hurt Asterisk is found out.
func TestBreaches(t *testing.T) {
	for _, test := range []struct {
		said string
		want error
	}{
		{"NOOP\nNOOP\n", agitest.ErrPipelined},
		{"NOOP \x00\n", agitest.ErrNUL},
		{strings.Repeat(`"a" `, 128) + "\n", agitest.ErrArgsOverflow},
	} {
		synctest.Test(t, func(t *testing.T) {
			near, far := net.Pipe()
			done := make(chan struct{})
			go func() {
				defer close(done)
				_, _ = far.Read(make([]byte, 10))
				_, _ = io.WriteString(far, test.said)
				_, _ = io.Copy(io.Discard, far)
			}()
			if _, err := new(agitest.Asterisk).Run(t.Context(), near, []string{"env\n"}); !errors.Is(err, test.want) {
				t.Errorf("%.10q: error is %v, want %v", test.said, err, test.want)
			}
			<-done
		})
	}
}

// A line that is longer than Asterisk's buffer falls apart there.
func TestLineIsCutAtTheBuffer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		long := "NOOP " + strings.Repeat("x", 8191-len("NOOP "))
		c := parse(t, "> env\n<+ "+long+"\n> 200 result=0\n< NOOP\n> 200 result=0\n")
		out := playServer(t, c, &agitest.Asterisk{Vars: map[string]string{"AGISIGHUP": "no"}}, []string{"env\n"})
		if want := []string{long, "NOOP"}; !slices.Equal(out.Commands, want) {
			t.Errorf("%d commands, the first of %d bytes", len(out.Commands), len(out.Commands[0]))
		}
	})
}

func TestListenerCloses(t *testing.T) {
	ln := agitest.NewListener()
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := ln.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Accept: %v, want closed", err)
	}
	if ln.Addr().Network() != "tcp" {
		t.Errorf("address is %v", ln.Addr())
	}
}
