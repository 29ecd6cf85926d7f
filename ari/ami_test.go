package ari_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tandem/ari"
	"tandem/ari/aritest"
)

// manager is a running client of a fake.
func manager(t *testing.T, address string, change func(*ari.AMI, *ari.AMIConfig)) *ari.AMI {
	t.Helper()
	config := ari.AMIConfig{Server: aritest.Name, Address: address, User: aritest.User, Secret: aritest.Secret, Timeout: long}
	if change != nil {
		change(nil, &config)
	}
	a, err := ari.NewAMI(config)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(a, &config)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.Run(ctx)
	}()
	t.Cleanup(func() { cancel(); <-done })
	return a
}

// soonest waits for what shall become true.
func soonest(t *testing.T, wrong func() error) {
	t.Helper()
	deadline := time.NewTimer(long)
	defer deadline.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		err := wrong()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatal(err)
		}
	}
}

func TestAMIVariables(t *testing.T) {
	t.Parallel()
	f := aritest.NewAMI(t)
	f.SetVariable("alpha-1.1", "limit", "60")
	a := manager(t, f.Address, nil)
	for name, want := range map[string]string{"limit": "60", "T_NEVER_SET": ""} {
		if got, err := a.Getvar(t.Context(), "alpha-1.1", name); err != nil || got != want {
			t.Errorf("%s is %q, %v; want %q", name, got, err, want)
		}
	}
	if err := a.Setvar(t.Context(), "alpha-1.1", "TIMEOUT(absolute)", "12.345"); err != nil || f.Variable("alpha-1.1", "TIMEOUT(absolute)") != "12.345" {
		t.Error(err)
	}
	for _, channel := range []string{"alpha-1.2", ""} {
		if _, err := a.Getvar(t.Context(), channel, "limit"); !errors.Is(err, ari.ErrNoChannel) {
			t.Errorf("channel %q: %v", channel, err)
		}
		if err := a.Setvar(t.Context(), channel, "limit", "1"); !errors.Is(err, ari.ErrNoChannel) {
			t.Errorf("channel %q: %v", channel, err)
		}
	}
	_, err := a.Getvar(t.Context(), "alpha-1.1", "EVAL(${limit})")
	if refused, ok := errors.AsType[*ari.ActionError](err); !ok || !strings.Contains(refused.Error(), "manager.conf") {
		t.Errorf("without the right: %v", err)
	}
	if f.Logins() != 1 {
		t.Errorf("%d connections, want one", f.Logins())
	}
}

// Whatever would make another line of a request is not sent at all.
func TestAMIHostileValues(t *testing.T) {
	t.Parallel()
	f := aritest.NewAMI(t)
	f.SetVariable("alpha-1.1", "x", "1")
	a := manager(t, f.Address, nil)
	for _, evil := range []string{
		"x\r\nAction: Command", "x\n", "\r", "x\x00y", "\x7f", "\x1b[2J", "a\vb", strings.Repeat("x", ari.AMIMaxText+1),
	} {
		_, channel := a.Getvar(t.Context(), evil, "x")
		_, name := a.Getvar(t.Context(), "alpha-1.1", evil)
		for what, err := range map[string]error{
			"channel": channel, "name": name, "name to set": a.Setvar(t.Context(), "alpha-1.1", evil, "1"),
			"value": a.Setvar(t.Context(), "alpha-1.1", "x", evil), "channel to set": a.Setvar(t.Context(), evil, "x", "1"),
		} {
			if !errors.Is(err, ari.ErrText) || strings.ContainsAny(err.Error(), "\r\n\x00") || len(err.Error()) > 400 {
				t.Errorf("%s %.20q: %v", what, evil, err)
			}
		}
	}
	if r := f.Requests(); len(r) != 0 {
		t.Errorf("sent all the same: %q", r)
	}
	fine := strings.Repeat("ü: x ", ari.AMIMaxText/6)
	if err := a.Setvar(t.Context(), "alpha-1.1", "x", fine); err != nil || f.Variable("alpha-1.1", "x") != fine {
		t.Errorf("a harmless value: %v", err)
	}
}

// Everybody gets the own answer, many at once and in any order.
func TestAMIManyAtOnce(t *testing.T) {
	t.Parallel()
	f := aritest.NewAMI(t)
	const channels, rounds = 40, 25
	for n := range channels {
		f.SetVariable(fmt.Sprintf("alpha-1.%d", n), "who", strconv.Itoa(n))
	}
	var mu sync.Mutex
	var held []func()
	f.SetFault(func(c net.Conn, action map[string]string) bool {
		if action["Action"] != "Getvar" || action["Channel"] == "" {
			return false
		}
		mu.Lock()
		defer mu.Unlock()
		held = append(held, func() { f.Pass(c, action) })
		if len(held) == channels { // the last first
			for i := range held {
				held[len(held)-1-i]()
			}
			held = nil
		}
		return true
	})
	a := manager(t, f.Address, nil)
	var group sync.WaitGroup
	for n := range channels {
		group.Go(func() {
			for range rounds {
				if got, err := a.Getvar(t.Context(), fmt.Sprintf("alpha-1.%d", n), "who"); err != nil || got != strconv.Itoa(n) {
					t.Errorf("channel %d: %q, %v", n, got, err)
					return
				}
			}
		})
	}
	group.Wait()
}

// What a caller could write into a variable is never taken for another answer.
func TestAMIForgedAnswers(t *testing.T) {
	t.Parallel()
	f := aritest.NewAMI(t)
	f.SetVariable("alpha-1.1", "a", "1\r\nActionID: x\r\nValue: 2\r\n\r\nResponse: Success\r\nActionID: 1\r\nValue: 3\r\n\r\n\r\n: \r\nx")
	f.SetVariable("alpha-1.1", "b", "4")
	a := manager(t, f.Address, nil)
	for range 3 {
		if got, err := a.Getvar(t.Context(), "alpha-1.1", "a"); err != nil || got != "1" {
			t.Errorf("%q, %v", got, err)
		}
		if got, err := a.Getvar(t.Context(), "alpha-1.1", "b"); err != nil || got != "4" {
			t.Errorf("%q, %v", got, err)
		}
	}
}

func TestAMIRefusals(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		fake   func(*aritest.AMI)
		config func(*ari.AMI, *ari.AMIConfig)
		want   error
		text   string
	}{
		"wrong secret": {nil, func(_ *ari.AMI, c *ari.AMIConfig) { c.Secret = "guess" }, ari.ErrRefused, "manager.conf"},
		"other server": {func(f *aritest.AMI) { f.SetName("beta") }, nil, ari.ErrOtherServer, `"beta"`},
		"half an answer": {func(f *aritest.AMI) {
			f.SetFault(func(c net.Conn, _ map[string]string) bool {
				fmt.Fprint(c, "Response: Succ")
				c.Close()
				return true
			})
		}, nil, ari.ErrAnswer, "14 bytes"},
		"a line without end": {func(f *aritest.AMI) {
			f.SetFault(func(c net.Conn, _ map[string]string) bool {
				for chunk := bytes.Repeat([]byte("x"), 1<<16); ; {
					if _, err := c.Write(chunk); err != nil {
						return true
					}
				}
			})
		}, nil, ari.ErrTooLong, "65536"},
		"a message without end": {func(f *aritest.AMI) {
			f.SetFault(func(c net.Conn, _ map[string]string) bool {
				for {
					if _, err := fmt.Fprint(c, "Value: 1\r\n"); err != nil {
						return true
					}
				}
			})
		}, nil, ari.ErrTooLong, "65536"},
		"silence": {func(f *aritest.AMI) {
			f.SetFault(func(net.Conn, map[string]string) bool { return true })
		}, func(_ *ari.AMI, c *ari.AMIConfig) { c.Timeout = short }, ari.ErrAway, "connected"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := aritest.NewAMI(t)
			if test.fake != nil {
				test.fake(f)
			}
			a := manager(t, f.Address, test.config)
			_, err := a.Getvar(t.Context(), "alpha-1.1", "x")
			if !errors.Is(err, ari.ErrAway) || !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.text) || strings.Contains(err.Error(), "guess") {
				t.Error(err)
			}
		})
	}
}

// Something else listens there.
func TestAMINotAMI(t *testing.T) {
	t.Parallel()
	s := aritest.New(t)
	address, _, _ := strings.Cut(strings.TrimPrefix(s.URL, "http://"), "/")
	a := manager(t, address, func(_ *ari.AMI, c *ari.AMIConfig) { c.Timeout = short })
	if _, err := a.Getvar(t.Context(), "alpha-1.1", "x"); !errors.Is(err, ari.ErrAway) {
		t.Error(err)
	}
}

// The secret itself never goes over the wire, whatever the other side says.
func TestAMILogin(t *testing.T) {
	t.Parallel()
	for _, challenged := range []bool{true, false} {
		f := aritest.NewAMI(t)
		f.SetVariable("alpha-1.1", "x", "1")
		shown := make(chan string, 100)
		f.SetFault(func(c net.Conn, action map[string]string) bool {
			switch {
			case action["Action"] == "Login":
				shown <- action["Secret"] + "/" + action["Events"]
			case action["Action"] == "Challenge" && !challenged:
				fmt.Fprintf(c, "Response: Error\r\nActionID: %s\r\nMessage: Must specify AuthType\r\n\r\n", action["ActionID"])
				return true
			}
			return false
		})
		a := manager(t, f.Address, func(_ *ari.AMI, c *ari.AMIConfig) { c.Timeout = 5 * time.Second })
		_, err := a.Getvar(t.Context(), "alpha-1.1", "x")
		if !challenged {
			if err == nil || len(shown) != 0 {
				t.Errorf("without a challenge: %v, %d logins", err, len(shown))
			}
			continue
		}
		if err != nil {
			t.Error(err)
		}
		if got := <-shown; got != "/off" {
			t.Errorf("sent %q", got)
		}
	}
}

// A request that gets no answer costs nobody else's.
func TestAMITimeout(t *testing.T) {
	t.Parallel()
	f := aritest.NewAMI(t)
	f.SetVariable("alpha-1.1", "x", "1")
	f.SetVariable("alpha-1.2", "x", "2")
	f.SetFault(func(_ net.Conn, action map[string]string) bool { return action["Channel"] == "alpha-1.1" })
	a := manager(t, f.Address, func(_ *ari.AMI, c *ari.AMIConfig) { c.Timeout = 2 * time.Second }) // to log in, too
	if _, err := a.Getvar(t.Context(), "alpha-1.1", "x"); !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "within 2s") {
		t.Error(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := a.Getvar(ctx, "alpha-1.1", "x"); !errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "within") {
		t.Errorf("the caller's own time-out: %v", err)
	}
	if got, err := a.Getvar(t.Context(), "alpha-1.2", "x"); err != nil || got != "2" || f.Logins() != 1 {
		t.Errorf("%q, %v, %d logins", got, err, f.Logins())
	}
	if n := a.Pending(); n != 0 {
		t.Errorf("%d answers are awaited for ever", n)
	}
}

// A connection that ends fails the requests on it at once, and another is made.
func TestAMIReconnects(t *testing.T) {
	t.Parallel()
	f := aritest.NewAMI(t)
	f.SetVariable("alpha-1.1", "x", "1")
	var log lockedBuffer
	a := manager(t, f.Address, func(_ *ari.AMI, c *ari.AMIConfig) { c.Log = zerolog.New(&log) })
	if _, err := a.Getvar(t.Context(), "alpha-1.1", "x"); err != nil {
		t.Fatal(err)
	}
	f.SetFault(func(c net.Conn, action map[string]string) bool {
		if action["Channel"] != "" {
			c.Close()
		}
		return action["Channel"] != ""
	})
	if _, err := a.Getvar(t.Context(), "alpha-1.1", "x"); !errors.Is(err, ari.ErrAway) {
		t.Errorf("in the moment of the break: %v", err)
	}
	f.SetFault(nil)
	soonest(t, func() error {
		_, err := a.Getvar(t.Context(), "alpha-1.1", "x")
		return err
	})
	if n := strings.Count(log.String(), "no AMI"); n != 1 || strings.Count(log.String(), "answers again") != 1 {
		t.Errorf("logged:\n%s", log.String())
	}
}

// A peer that is gone without a word is noticed, an idle one is left alone.
func TestAMIHalfOpen(t *testing.T) {
	t.Parallel()
	f := aritest.NewAMI(t)
	f.SetVariable("alpha-1.1", "x", "1")
	a := manager(t, f.Address, func(a *ari.AMI, _ *ari.AMIConfig) {
		if a != nil {
			a.SetSilence(100*time.Millisecond, 3*time.Second)
		}
	})
	get := func() error {
		_, err := a.Getvar(t.Context(), "alpha-1.1", "x")
		return err
	}
	soonest(t, get)
	pings := make(chan struct{}, 100)
	f.SetFault(func(_ net.Conn, action map[string]string) bool {
		if action["Action"] == "Ping" {
			pings <- struct{}{}
		}
		return false
	})
	for range 60 { // twice the patience
		<-pings
	}
	if f.Logins() != 1 {
		t.Errorf("%d logins of an idle client that is answered", f.Logins())
	}
	f.SetFault(func(_ net.Conn, action map[string]string) bool { return action["Action"] == "Ping" })
	soonest(t, func() error {
		if n := f.Logins(); n < 2 {
			return fmt.Errorf("%d logins, the dead connection is not given up", n)
		}
		return nil
	})
}

func TestAMIConfig(t *testing.T) {
	t.Parallel()
	good := ari.AMIConfig{Server: "a", Address: "127.0.0.1:5038", User: "u", Secret: "s"}
	for field, change := range map[string]func(*ari.AMIConfig){
		"Server": func(c *ari.AMIConfig) { c.Server = "" }, "Address": func(c *ari.AMIConfig) { c.Address = "127.0.0.1" },
		"User": func(c *ari.AMIConfig) { c.User = "u\r\n" }, "Secret": func(c *ari.AMIConfig) { c.Secret = "" },
		"Timeout": func(c *ari.AMIConfig) { c.Timeout = time.Hour },
	} {
		c := good
		change(&c)
		if _, err := ari.NewAMI(c); err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := ari.NewAMI(good); err != nil {
		t.Error(err)
	}
}

// FuzzAMI: whatever comes is read with bounded memory, to its end or an error.
func FuzzAMI(f *testing.F) {
	for _, seed := range []string{
		"", "\r\n\r\n", "Response: Success\r\nActionID: 1\r\nValue: x\r\n\r\n", "Response: Success\nValue\n\n\n\nX: y\n\n", "ActionID: 1\r\nActionID: 2\r\n\r\n",
		"\x00\r\n\xff: \r\n\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		kept, err := ari.ReadAMI(b)
		if err == nil {
			t.Fatal("no end")
		}
		for _, n := range kept {
			if n > ari.AMIMaxMessage {
				t.Errorf("%d bytes kept of one message", n)
			}
		}
		if blank := bytes.Count(b, []byte("\n")); len(kept) > blank {
			t.Errorf("%d messages in %d lines", len(kept), blank)
		}
	})
}

// lockedBuffer is a log that is read while it is written.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
