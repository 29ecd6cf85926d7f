package aritest

import (
	"bufio"
	"crypto/md5" //nolint:gosec // G501: what AMI's challenge is made of
	"encoding/hex"
	"fmt"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
)

// AMI is a small fake of Asterisk's AMI. It knows the variables that it is
// given; names of functions are names as any other. Its methods may be called
// from any goroutine.
type AMI struct {
	Address string

	mu        sync.Mutex
	name      string
	variables map[string]map[string]string // by channel
	requests  []string
	conns     map[net.Conn]struct{}
	logins    int
	fault     AMIFault
}

// AMIFault answers a request in its own way, or returns false to let it pass.
type AMIFault func(c net.Conn, action map[string]string) bool

// NewAMI starts a fake that ends with the test.
func NewAMI(tb testing.TB) *AMI {
	tb.Helper()
	var lc net.ListenConfig
	listener, err := lc.Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	a := &AMI{Address: listener.Addr().String(), name: Name, variables: map[string]map[string]string{}, conns: map[net.Conn]struct{}{}}
	var group sync.WaitGroup
	group.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			a.set(func() { a.conns[c] = struct{}{} })
			group.Go(func() { a.serve(c) })
		}
	})
	tb.Cleanup(func() {
		_ = listener.Close()
		a.Drop()
		group.Wait()
	})
	return a
}

// SetName makes another Asterisk of it.
func (a *AMI) SetName(name string) { a.set(func() { a.name = name }) }

// SetVariable makes a channel and gives it a variable.
func (a *AMI) SetVariable(channel, name, value string) {
	a.set(func() {
		if a.variables[channel] == nil {
			a.variables[channel] = map[string]string{}
		}
		a.variables[channel][name] = value
	})
}

// Variable is what a channel's variable is.
func (a *AMI) Variable(channel, name string) (value string) {
	a.set(func() { value = a.variables[channel][name] })
	return value
}

// HangUp ends a channel.
func (a *AMI) HangUp(channel string) { a.set(func() { delete(a.variables, channel) }) }

// SetFault has every request shown to it first; nil ends that.
func (a *AMI) SetFault(fault AMIFault) { a.set(func() { a.fault = fault }) }

// Drop closes every connection.
func (a *AMI) Drop() {
	a.set(func() {
		for c := range a.conns {
			_ = c.Close()
		}
	})
}

// Requests are all that came after the logins, "Setvar CHANNEL NAME VALUE", and
// forgets them.
func (a *AMI) Requests() (all []string) {
	a.set(func() { all, a.requests = a.requests, nil })
	return all
}

// Logins is how many connections were let in.
func (a *AMI) Logins() (n int) {
	a.set(func() { n = a.logins })
	return n
}

func (a *AMI) set(change func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change()
}

func (a *AMI) serve(c net.Conn) {
	defer a.set(func() { delete(a.conns, c) })
	defer c.Close()
	fmt.Fprint(c, "Asterisk Call Manager/11.0.0\r\n")
	lines := bufio.NewScanner(c)
	action := map[string]string{}
	for lines.Scan() {
		if key, value, ok := strings.Cut(lines.Text(), ": "); ok {
			action[key] = value
			continue
		}
		var fault AMIFault
		a.set(func() { fault = a.fault })
		if fault == nil || !fault(c, maps.Clone(action)) {
			a.Pass(c, action)
		}
		clear(action)
	}
}

// challenge is the same for all.
const challenge = "132784033"

// Pass answers as without a fault.
func (a *AMI) Pass(c net.Conn, action map[string]string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	say := func(response string, lines ...string) {
		fmt.Fprintf(c, "Response: %s\r\nActionID: %s\r\n%s\r\n\r\n", response, action["ActionID"], strings.Join(lines, "\r\n"))
	}
	channel, name := action["Channel"], action["Variable"]
	switch action["Action"] {
	case "Challenge":
		say("Success", "Challenge: "+challenge)
		return
	case "Login":
		sum := md5.Sum([]byte(challenge + Secret)) //nolint:gosec // G401: AMI knows no other
		if action["Username"] != User || action["Secret"] != Secret && action["Key"] != hex.EncodeToString(sum[:]) {
			say("Error", "Message: Authentication failed")
			return
		}
		a.logins++
		say("Success", "Message: Authentication accepted")
		return
	case "Ping":
		say("Success", "Ping: Pong")
		return
	}
	if channel == "" && name == "SYSTEMNAME" {
		say("Success", "Variable: SYSTEMNAME", "Value: "+a.name)
		return
	}
	a.requests = append(a.requests, strings.TrimRight(strings.Join([]string{action["Action"], channel, name, action["Value"]}, " "), " "))
	variables := a.variables[channel]
	switch {
	case !slices.Contains([]string{"Getvar", "Setvar"}, action["Action"]):
		say("Error", "Message: Invalid/unknown command")
	case variables == nil:
		say("Error", "Message: No such channel")
	case strings.Contains(name, "EVAL"):
		say("Error", "Message: GetVar Access Forbidden: Variable")
	case action["Action"] == "Setvar":
		variables[name] = action["Value"]
		say("Success", "Message: Variable Set")
	default:
		say("Success", "Variable: "+name, "Value: "+variables[name])
	}
}
