package agi_test

import (
	"bytes"
	"encoding/json"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"tandem/agi"
	"tandem/agi/agitest"
)

func conversations(tb testing.TB) []*agitest.Conversation {
	tb.Helper()
	all, err := agitest.LoadDir("testdata")
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

// Every recorded conversation, Asterisk's part played to the server, in
// memory and in a bubble: time-outs take no time. In the files @result is what
// the metrics must call it, @error a part of the log's line, "@timer yes" keeps it off real sockets, "@both yes"
// has agitest.Asterisk find its part by itself (there in the tests).
func TestConversations(t *testing.T) {
	for _, c := range conversations(t) {
		t.Run(strings.TrimSuffix(c.Name, ".agi"), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ln := agitest.NewListener()
				var log bytes.Buffer
				r := start(t, agi.DefaultConfig(), agi.HandlerFunc(scripts), ln, zerolog.New(zerolog.SyncWriter(&log)))
				checkConversation(t, r, c, dial(t, ln), &log)
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
			var log bytes.Buffer
			r := start(t, patient(), agi.HandlerFunc(scripts), ln, zerolog.New(zerolog.SyncWriter(&log)))
			var dialer net.Dialer
			conn, err := dialer.DialContext(t.Context(), "tcp", ln.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			checkConversation(t, r, c, conn, &log)
		})
	}
}

func checkConversation(t *testing.T, r *rig, c *agitest.Conversation, conn net.Conn, log *bytes.Buffer) {
	t.Helper()
	defer conn.Close()
	if err := c.Play(t.Context(), conn, agitest.AsteriskSide); err != nil {
		t.Error(err)
	}
	// The peer may be done before the server has accepted; a closed door lets nobody in.
	for end := time.Now().Add(10 * time.Second); len(r.counts(t, "tandem_agi_exchanges_total", "result")) == 0 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	r.stop()
	if err := <-r.served; err != nil {
		t.Errorf("Serve: %v", err)
	}
	results := r.counts(t, "tandem_agi_exchanges_total", "result")
	if want := c.Meta["result"]; len(results) != 1 || results[want] != 1 {
		t.Errorf("results are %v, want one %s", results, want)
	}
	var line struct{ Error string }
	if log.Len() > 0 {
		if err := json.Unmarshal(log.Bytes(), &line); err != nil {
			t.Errorf("log is %s: %v", log, err)
		}
	}
	if want := c.Meta["error"]; !strings.Contains(line.Error, want) || (want == "") != (line.Error == "") {
		t.Errorf("error is %q, want %q in it", line.Error, want)
	}
	if open := r.counts(t, "tandem_agi_sessions", ""); len(open) != 0 {
		t.Errorf("sessions in progress: %v, want none", open)
	}
}
