//go:build e2e

package e2e_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem/api/live"
	"tandem/play"
)

// console is somebody signed in at one node.
type console struct {
	base   string
	client *http.Client
}

// user makes a user and returns the password.
func (x *exchange) user(t *testing.T, login, role string) string {
	t.Helper()
	password := "correct horse battery 7"
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte(password), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := x.Tandem(soon(t), "user", "create", login, "--role", role, "--password-file", file); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return password
}

func signIn(t *testing.T, n *play.Node, login, password string) *console {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &console{base: "http://" + n.HTTP.String(), client: &http.Client{Jar: jar}}
	c.do(t, http.MethodPost, "/session", map[string]string{"login": login, "password": password}, nil)
	return c
}

// do asks the API and wants it to do so.
func (c *console) do(t *testing.T, method, path string, in, out any) {
	t.Helper()
	text, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(soon(t), method, c.base+"/api/v1"+path, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if in == nil {
		r.Body = http.NoBody
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := c.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode >= 300 {
		t.Fatalf("%s %s: %d %s, %v", method, path, answer.StatusCode, said, err)
	}
	if out != nil {
		if err := json.Unmarshal(said, out); err != nil {
			t.Fatalf("%s %s: %s: %v", method, path, said, err)
		}
	}
}

// screen is a page that shows calls in progress, as a browser keeps it: it comes
// back by itself with the last id it has.
type screen struct {
	mu      sync.Mutex
	calls   map[string]live.Call
	account live.Own
	wholes  int
	last    string
	closed  int // how often the stream was over
	ended   string
}

func (c *console) watch(t *testing.T, topics string) *screen {
	t.Helper()
	s := &screen{calls: map[string]live.Call{}}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil && s.gone() == "" {
			s.listen(ctx, c, topics)
			select { // its node may be down
			case <-ctx.Done():
			case <-time.After(50 * time.Millisecond):
			}
		}
	}()
	t.Cleanup(func() { cancel(); <-done })
	return s
}

func (s *screen) listen(ctx context.Context, c *console, topics string) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/api/v1/stream?topics="+topics, nil)
	if err != nil {
		return
	}
	s.mu.Lock()
	r.Header.Set("Last-Event-ID", s.last)
	s.mu.Unlock()
	answer, err := c.client.Do(r)
	if err != nil {
		return
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 16<<20)
	event := ""
	for lines.Scan() {
		key, value, _ := strings.Cut(lines.Text(), ": ")
		s.mu.Lock()
		switch key {
		case "event":
			event = value
		case "id":
			s.last = value
		case "data":
			s.take(event, []byte(value))
		}
		s.mu.Unlock()
	}
	s.mu.Lock()
	s.closed++
	s.mu.Unlock()
}

func (s *screen) take(event string, data []byte) {
	switch {
	case event == "live":
		var d live.Delta
		if json.Unmarshal(data, &d) != nil {
			return
		}
		if d.Full {
			clear(s.calls)
			s.wholes++
		}
		for _, c := range append(d.Calls, d.Upsert...) {
			s.calls[c.CallID] = c
		}
		for _, id := range d.Remove {
			delete(s.calls, id)
		}
		for id, m := range d.Cost {
			c := s.calls[id]
			c.Cost = m.Cost
			s.calls[id] = c
		}
	case strings.HasPrefix(event, "account:"):
		_ = json.Unmarshal(data, &s.account)
	case event == "end":
		s.ended = string(data)
	}
}

func (s *screen) gone() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
}

// now is what the screen shows.
func (s *screen) now() (calls map[string]live.Call, account live.Own, wholes int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.calls), s.account, s.wholes
}

// shows waits until the screen shows one call as it should be.
func (s *screen) shows(t *testing.T, what string, right func(live.Call) bool) live.Call {
	t.Helper()
	var got live.Call
	eventually(t, patience, func() error {
		calls, _, _ := s.now()
		for _, c := range calls {
			if len(calls) == 1 && right(c) {
				got = c
				return nil
			}
		}
		return fmt.Errorf("%s: the screen shows %+v", what, calls)
	})
	return got
}

func (s *screen) empty(t *testing.T) {
	t.Helper()
	eventually(t, patience, func() error {
		if calls, _, _ := s.now(); len(calls) > 0 {
			return fmt.Errorf("the screen shows %+v", calls)
		}
		return nil
	})
}
