package agi_test

import (
	"net"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/rs/zerolog"

	"tandem/agi"
	"tandem/agi/agitest"
)

func conversations(t testing.TB) []*agitest.Conversation {
	t.Helper()
	all, err := agitest.LoadDir("testdata")
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Every recorded conversation, Asterisk's part played to the server, in
// memory and in a bubble: time-outs take no time.
func TestConversations(t *testing.T) {
	for _, c := range conversations(t) {
		t.Run(strings.TrimSuffix(c.Name, ".agi"), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ln := agitest.NewListener()
				r := start(t, agi.DefaultConfig(), agi.HandlerFunc(scripts), ln, zerolog.Nop())
				checkConversation(t, r, c, dial(t, ln))
			})
		})
	}
}

// The same over TCP, where closing and segments are real.
func TestConversationsTCP(t *testing.T) {
	for _, c := range conversations(t) {
		if c.Meta["timer"] == "yes" {
			continue
		}
		t.Run(strings.TrimSuffix(c.Name, ".agi"), func(t *testing.T) {
			t.Parallel()
			ln := listen(t)
			r := start(t, agi.DefaultConfig(), agi.HandlerFunc(scripts), ln, zerolog.Nop())
			var dialer net.Dialer
			conn, err := dialer.DialContext(t.Context(), "tcp", ln.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			checkConversation(t, r, c, conn)
		})
	}
}

func checkConversation(t *testing.T, r *rig, c *agitest.Conversation, conn net.Conn) {
	t.Helper()
	defer conn.Close()
	if err := c.Play(t.Context(), conn, agitest.AsteriskSide); err != nil {
		t.Error(err)
	}
	r.stop()
	if err := <-r.served; err != nil {
		t.Errorf("Serve: %v", err)
	}
	results := r.counts(t, "tandem_agi_exchanges_total", "result")
	if want := c.Meta["result"]; len(results) != 1 || results[want] != 1 {
		t.Errorf("results are %v, want one %s", results, want)
	}
	if open := r.counts(t, "tandem_agi_sessions", ""); len(open) != 0 {
		t.Errorf("sessions in progress: %v, want none", open)
	}
}
