package v1_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"tandem/api/access"
	"tandem/api/live"
	fake "tandem/ari/aritest"
)

// The events of Asterisk break off, calls come and go meanwhile, and they come back:
// what is shown is right.
func TestStreamWhileEventsBreak(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	v := x.session(access.Operator).open(t, "live,overview", "")
	x.shows(t, v, map[string]live.State{})
	x.tell(t, "Dial", call("a-1", "Ring", "8.c.a1"))
	x.shows(t, v, map[string]live.State{"a-1": live.Ringing})
	x.tell(t, "ChannelStateChange", call("a-1", "Up", "8.c.a1"))
	x.tell(t, "Dial", call("a-2", "Ring", "8.c.a1"))
	x.shows(t, v, map[string]live.State{"a-1": live.Talking, "a-2": live.Ringing})

	x.asterisk.SetChannels(call("a-2", "Up", "8.c.a1"), call("a-3", "Ring", ""), fake.Channel{ID: "other", Name: "PJSIP/trunk-8-1-00000002", State: "Up", Created: time.Now()})
	connects := x.events.Stats().Generation
	x.asterisk.DropStreams()
	x.soon(t, func() error {
		if s := x.events.Stats(); s.Generation == connects || !s.Connected {
			return fmt.Errorf("%+v", s)
		}
		return nil
	})
	x.shows(t, v, map[string]live.State{"a-2": live.Talking, "a-3": live.Routing})
	x.tell(t, "ChannelDestroyed", call("a-2", "Up", ""))
	x.tell(t, "ChannelDestroyed", call("other", "Up", ""))
	x.shows(t, v, map[string]live.State{"a-3": live.Routing})
	x.soon(t, func() error {
		v.mu.Lock()
		defer v.mu.Unlock()
		if v.states["overview"] == "" {
			return errors.New("no overview")
		}
		return nil
	})
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.wholes != 1 {
		t.Errorf("%d wholes", v.wholes)
	}
}

// A tab that comes back gets what it missed, and the whole from another hub.
func TestStreamResumes(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	c := x.session(access.Analyst)
	stays := x.session(access.Admin).open(t, "live", "")
	v := c.open(t, "live", "")
	x.tell(t, "Dial", call("a-1", "Ring", "8.c.a1"))
	x.shows(t, v, map[string]live.State{"a-1": live.Ringing})
	v.close()
	x.tell(t, "Dial", call("a-2", "Ring", "8.c.a1"))
	x.tell(t, "ChannelDestroyed", call("a-1", "Ring", ""))
	x.shows(t, stays, map[string]live.State{"a-2": live.Ringing})
	back := c.open(t, "live", v.last)
	x.soon(t, func() error {
		back.mu.Lock()
		defer back.mu.Unlock()
		if text := strings.Join(back.heard, "\n"); !strings.Contains(text, `"remove":["a-1"]`) || back.wholes != 0 {
			return fmt.Errorf("%d wholes, heard %s", back.wholes, text)
		}
		return nil
	})
	back.close()
	other := c.open(t, "live", "AAAAAAAA-1-00000000")
	x.shows(t, other, map[string]live.State{"a-2": live.Ringing})
}

// Whoever signs out, is switched off or loses the key hears no more.
func TestStreamEndsWithTheSession(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	for name, end := range map[string]func() *tab{
		"signed out": func() *tab {
			c := x.session(access.Operator)
			v := c.open(t, "live", "")
			c.delete("/session").want(t, http.StatusNoContent)
			return v
		},
		"switched off": func() *tab {
			v := x.session(access.Analyst).open(t, "live", "")
			x.exec(`UPDATE users SET enabled = 0 WHERE login = 'analyst'`)
			return v
		},
		"no longer that account's": func() *tab {
			v := x.session(access.Customer).open(t, "mine", "")
			x.exec(`UPDATE users SET account_id = NULL WHERE login = 'customer'`)
			return v
		},
		"key deleted": func() *tab {
			v := x.key(access.Admin, "calls:read", "own:read").open(t, "live", "")
			x.exec(`DELETE FROM api_keys`)
			return v
		},
	} {
		v := end()
		select {
		case <-v.done:
		case <-time.After(15 * time.Second):
			t.Fatalf("%s: the stream goes on", name)
		}
		if v.status != http.StatusOK || v.ended == "" {
			t.Errorf("%s: %d, %q", name, v.status, v.ended)
		}
	}
}

// One user cannot take all the streams there are.
func TestStreamsOfOneUser(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	greedy := x.session(access.Analyst)
	var last *tab
	for range 24 {
		last = greedy.open(t, "live", "")
	}
	if v := greedy.open(t, "live", ""); v.status != http.StatusTooManyRequests {
		t.Errorf("the twenty-fifth: %d", v.status)
	}
	if v := x.session(access.Operator).open(t, "live", ""); v.status != http.StatusOK {
		t.Errorf("somebody else: %d", v.status)
	}
	last.close()
	x.soon(t, func() error {
		if v := greedy.open(t, "live", ""); v.status != http.StatusOK {
			return fmt.Errorf("after one was closed: %d", v.status)
		}
		return nil
	})
}

// Nor as many topics as there are accounts: each asks the database.
func TestTopicsOfOneUser(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	greedy := x.session(access.Analyst)
	topics := func(i int) string {
		var list []string
		for n := range 16 {
			list = append(list, fmt.Sprintf("account:%d", 16*i+n+1))
		}
		return strings.Join(list, ",")
	}
	for i := range 4 {
		if v := greedy.open(t, topics(i), ""); v.status != http.StatusOK {
			t.Fatalf("stream %d: %d", i, v.status)
		}
	}
	if v := greedy.open(t, "live", ""); v.status != http.StatusTooManyRequests {
		t.Errorf("the sixty-fifth topic: %d", v.status)
	}
	if v := x.session(access.Operator).open(t, "live", ""); v.status != http.StatusOK {
		t.Errorf("somebody else: %d", v.status)
	}
}

func TestStreamTopicsByRole(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	for _, c := range []struct {
		who    *client
		topics string
		want   int
	}{
		{x.nobody(), "live", 401},
		{x.session(access.Customer), "live", 403},
		{x.session(access.Customer), "mine,overview", 403},
		{x.session(access.Customer), "account:1", 403},
		{x.session(access.Customer), "mine", 200},
		{x.session(access.Agent), "mine", 200},
		{x.session(access.Agent), "import:3", 403},
		{x.session(access.Analyst), "mine", 403},
		{x.session(access.Analyst), "live,overview,account:1,import:3,replay:3", 200},
		{x.key(access.Admin, "routing:read", "own:read"), "live", 403},
		{x.key(access.Admin, "calls:read", "own:read"), "live", 200},
		{x.session(access.Operator), "", 422},
		{x.session(access.Operator), "nothing", 422},
		{x.session(access.Operator), "live:3", 422},
		{x.session(access.Operator), "account", 422},
		{x.session(access.Operator), "account:0", 422},
		{x.session(access.Operator), "account:-1", 422},
		{x.session(access.Operator), "account:01", 422},
		{x.session(access.Operator), "account:1;drop", 422},
		{x.session(access.Operator), "mine:1.0", 422},
		{x.session(access.Operator), strings.Repeat("account:1,", 30) + "live", 200},
		{x.session(access.Operator), manyTopics(17), 422},
	} {
		v := c.who.open(t, c.topics, "")
		if v.close(); v.status != c.want {
			t.Errorf("%.60s: %d, want %d", c.topics, v.status, c.want)
		}
	}
}

func manyTopics(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprint("account:", i+1)
	}
	return strings.Join(list, ",")
}

// A customer's own calls, without by whom they are sent.
func TestStreamOfACustomer(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	mine, theirs := call("a-1", "Up", "8.c.a1"), call("a-2", "Up", "8.c.a1")
	x.exec(`INSERT INTO calls (call_id, server, direction, account_id, started_at) VALUES ('a-1', 'alpha', 'out', ?, UTC_TIMESTAMP(3)), ('a-2', 'alpha', 'out', 99, UTC_TIMESTAMP(3))`, x.account())
	x.tell(t, "Dial", mine)
	x.tell(t, "Dial", theirs)
	v := x.session(access.Customer).open(t, "mine", "")
	x.soon(t, func() error {
		v.mu.Lock()
		defer v.mu.Unlock()
		if text := v.states["mine"]; !strings.Contains(text, `"a-1"`) {
			return fmt.Errorf("told: %v", v.states)
		}
		return nil
	})
	v.close()
	if text := v.states["mine"]; strings.Contains(text, "a-2") || strings.Contains(text, "VoxBeam") || strings.Contains(text, "8.c.a1") || strings.Contains(text, "provider_id") {
		t.Errorf("a customer was told %s", text)
	}
	var own live.Own
	x.session(access.Customer).get("/mine/live").want(t, 200).into(t, &own)
	if own.Total != 1 || own.Calls[0].CallID != "a-1" || own.Calls[0].Provider != "" {
		t.Errorf("%+v", own)
	}
}

// A tab that does not read is let go without holding up the others.
func TestStreamOfASlowTab(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	c := x.session(access.Operator)
	quick := c.open(t, "import:3", "")
	slow := c.sleeps(t, "import:3")
	defer slow.Close()
	x.soon(t, func() error {
		if n := x.config.Stream.Listeners(); n != 2 {
			return fmt.Errorf("%d listeners", n)
		}
		return nil
	})
	big := strings.Repeat("x", 256<<10)
	for n := range 100 {
		x.config.Progress("import:3", map[string]any{"done": n, "big": big})
		x.soon(t, func() error {
			quick.mu.Lock()
			defer quick.mu.Unlock()
			if !strings.Contains(quick.states["import:3"], fmt.Sprintf(`"done":%d`, n)) {
				return fmt.Errorf("the quick tab did not hear of %d", n)
			}
			return nil
		})
	}
	x.soon(t, func() error {
		if n := x.config.Stream.Listeners(); n != 1 {
			return fmt.Errorf("%d listeners, want the quick one alone", n)
		}
		return nil
	})
}

// sleeps opens a stream and never reads it.
func (c *client) sleeps(t *testing.T, topics string) net.Conn {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.h.url+"/stream?topics="+topics, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, cookie := range c.http.Jar.Cookies(request.URL) {
		request.AddCookie(cookie)
	}
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", request.URL.Host)
	if err != nil {
		t.Fatal(err)
	}
	if err := request.Write(conn); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(conn, make([]byte, 12)); err != nil {
		t.Fatal(err)
	}
	return conn
}

func TestHangUp(t *testing.T) {
	t.Parallel()
	x := newExchange(t)
	x.tell(t, "Dial", call("a-1", "Up", "8.c.a1"))
	x.soon(t, func() error {
		if calls, _, _ := x.board.Count(); calls != 1 {
			return fmt.Errorf("%d calls", calls)
		}
		return nil
	})
	why := map[string]any{"reason": "it costs too much"}
	x.session(access.Analyst).post("/live/calls/a-1/hangup", why).want(t, 403)
	x.session(access.Customer).post("/live/calls/a-1/hangup", why).want(t, 403)
	operator := x.session(access.Operator)
	operator.post("/live/calls/a-2/hangup", why).want(t, 404)
	operator.post("/live/calls/a-1/hangup", map[string]any{}).want(t, 422)
	operator.post("/live/calls/a-1/hangup", map[string]any{"reason": "x", "cause": 128}).want(t, 422)
	if len(x.hungUp) != 0 {
		t.Fatalf("hung up: %v", x.hungUp)
	}
	operator.post("/live/calls/a-1/hangup", why).want(t, 204)
	if len(x.hungUp) != 1 || x.hungUp[0] != "a-1 16" {
		t.Errorf("hung up: %v", x.hungUp)
	}
	if text := x.one(`SELECT CONCAT(actor, ' ', action, ' ', object_id, ' ', after_json) FROM audit_log WHERE kind = 'call'`); !strings.Contains(text, "operator hangup a-1") || !strings.Contains(text, "it costs too much") {
		t.Errorf("audit log: %s", text)
	}
	var picture live.Picture
	operator.get("/live/calls").want(t, 200).into(t, &picture)
	if picture.Total != 1 || picture.Calls[0].Provider != "VoxBeam" {
		t.Errorf("%+v", picture)
	}
	// beta's ARI is not asked from here.
	x.exec(`INSERT INTO holds (call_id, amount, paid_s, terms, server, began_at) VALUES ('b-1', 0, 60, '{}', 'beta', UTC_TIMESTAMP(3))`)
	x.soon(t, func() error {
		if a := operator.post("/live/calls/b-1/hangup", why); a.status != 503 || !strings.Contains(string(a.body), "beta") {
			return fmt.Errorf("%d %s", a.status, a.body)
		}
		return nil
	})
}
