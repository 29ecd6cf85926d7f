package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"tandem/api"
	"tandem/billing"
	"tandem/callflow"
	"tandem/internal/money"
	"tandem/routing"
)

// scene is what goes on: some calls, and the money of their accounts.
type scene struct {
	mu     sync.Mutex
	calls  []callflow.Running
	money  map[int64]billing.Balance
	broken error
	looks  atomic.Int32 // at the calls
	asked  [][]int64
}

func (s *scene) Running() []callflow.Running {
	s.looks.Add(1)
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]callflow.Running(nil), s.calls...)
}

func (s *scene) Balances(_ context.Context, ids []int64) ([]billing.Balance, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, ids)
	var list []billing.Balance
	for _, id := range ids {
		if b, ok := s.money[id]; ok {
			list = append(list, b)
		}
	}
	return list, s.broken
}

const unit = money.Amount(1_000_000)

// twoCalls are one of a prepaid account that is low, and one of one that may
// talk as it likes.
func twoCalls() *scene {
	began := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return &scene{
		calls: []callflow.Running{
			{CallID: "alpha-2.1", Server: "alpha", AccountID: 2, BeganAt: began.Add(time.Second), Sold: true, CurrencyID: 1, LeftS: 7200},
			{CallID: "alpha-1.1", Server: "alpha", AccountID: 1, BeganAt: began, Sold: true, CurrencyID: 1, Cost: unit, Held: 2 * unit, LeftS: 60, Limited: true},
		},
		money: map[int64]billing.Balance{
			1: {AccountID: 1, CurrencyID: 1, Balance: 3 * unit, Held: 2 * unit, Calls: 1},
			2: {AccountID: 2, CurrencyID: 1, Balance: -9 * unit, Calls: 1},
		},
	}
}

// accounts is a snapshot of two accounts: 1 is prepaid and low below 5, 2 has no
// limit.
func accounts(t *testing.T) *routing.Snapshot {
	t.Helper()
	none, five := money.Amount(0), 5*unit
	s, problems, err := routing.NewSnapshot(routing.Data{
		Currencies: []routing.Currency{{ID: 1, ISO: "USD"}}, FX: map[int64]money.FX{1: 1},
		Servers:  []routing.Server{{ID: 1, Name: "alpha", Driver: routing.PJSIP, Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.1")}}},
		Accounts: []routing.Account{{ID: 1, Name: "corner shop", Enabled: true, CurrencyID: 1, Credit: &none, LowBalance: &five}, {ID: 2, Name: "mill", Enabled: true, CurrencyID: 1}},
	}, routing.Options{BaseCurrency: "USD"}, time.Now())
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	return s
}

func hub(t *testing.T, s *scene, every time.Duration) *api.Hub {
	t.Helper()
	snapshot := accounts(t)
	return api.NewHub(api.HubConfig{
		Node: "n1", Running: s.Running, Balances: s, Snapshot: func() *routing.Snapshot { return snapshot }, Every: every, Listeners: 2,
		Now: time.Now, Log: zerolog.Nop(),
	})
}

// door is the HTTP door over pipes, with the deadlines that it has in service:
// in a synctest bubble its time is the bubble's.
type door struct {
	t      *testing.T
	server *http.Server
	conns  chan net.Conn
	shut   chan struct{}
	once   sync.Once
	stop   func()
}

// pipe is a connection from this machine.
type pipe struct {
	net.Conn
	from string
}

func (p pipe) RemoteAddr() net.Addr { return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(p.from)) }

func (p pipe) LocalAddr() net.Addr {
	return net.TCPAddrFromAddrPort(netip.MustParseAddrPort("10.0.0.7:8073"))
}

func (d *door) Accept() (net.Conn, error) {
	select {
	case c := <-d.conns:
		return c, nil
	case <-d.shut:
		return nil, net.ErrClosed
	}
}
func (d *door) Addr() net.Addr { return pipe{}.LocalAddr() }
func (d *door) Close() error   { d.once.Do(func() { close(d.shut) }); return nil }

func openDoor(t *testing.T, h *api.Hub) *door {
	t.Helper()
	handler := api.NewHandler(api.Config{
		Flow: &callflow.Flow{}, Peers: func(a netip.Addr) bool { return a == netip.MustParseAddr("192.0.2.1") }, Ready: func() []string { return nil },
		Registry: prometheus.NewRegistry(), Live: h, Log: zerolog.Nop(),
	})
	ctx, cancel := context.WithCancel(t.Context())
	d := &door{t: t, server: api.NewServer(handler), conns: make(chan net.Conn), shut: make(chan struct{})}
	var group sync.WaitGroup
	group.Go(func() { h.Run(ctx) })
	group.Go(func() {
		if err := d.server.Serve(d); !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
	})
	d.stop = func() {
		cancel()
		if err := d.server.Shutdown(t.Context()); err != nil {
			t.Errorf("the door does not close: %v", err)
		}
		group.Wait()
	}
	return d
}

// listen asks for /live and returns the answer; its body must be closed.
func (d *door) listen(path string) *http.Response {
	d.t.Helper()
	ours, theirs := net.Pipe()
	d.conns <- pipe{theirs, "127.0.0.1:40000"}
	if _, err := io.WriteString(ours, "GET "+path+" HTTP/1.1\r\nHost: 10.0.0.7:8073\r\n\r\n"); err != nil {
		d.t.Fatal(err)
	}
	answer, err := http.ReadResponse(bufio.NewReader(ours), nil)
	if err != nil {
		d.t.Fatal(err)
	}
	answer.Body = both{answer.Body, ours}
	return answer
}

type both struct {
	io.Reader
	conn io.Closer
}

func (b both) Close() error { return b.conn.Close() }

func TestLiveEventsComeEverySecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := twoCalls()
		d := openDoor(t, hub(t, s, time.Second))
		defer d.stop()
		time.Sleep(time.Hour)
		if n := s.looks.Load(); n != 0 {
			t.Fatalf("looked %d times while nobody listened", n)
		}
		began := time.Now()
		answer := d.listen("/api/live")
		defer answer.Body.Close()
		for key, want := range map[string]string{"Content-Type": "text/event-stream", "X-Accel-Buffering": "no", "Cache-Control": "no-store"} {
			if got := answer.Header.Get(key); got != want {
				t.Errorf("%s %q, want %q", key, got, want)
			}
		}
		lines := bufio.NewScanner(answer.Body)
		next := func() string { lines.Scan(); return lines.Text() }
		if first := next() + next(); first != "retry: 2000" {
			t.Fatalf("begins with %q", first)
		}
		// Far longer than the 5 and 10 seconds that the server gives other requests.
		for n := range 60 {
			at := began.Add(time.Duration(n) * time.Second)
			if kind, id := next(), next(); kind != "event: live" || id != "id: "+jsonNumber(at.UnixMilli()) {
				t.Fatalf("event %d: %q %q", n, kind, id)
			}
			data, empty := next(), next()
			if !strings.HasPrefix(data, `data: {"at":`) || empty != "" || !time.Now().Equal(at) {
				t.Fatalf("event %d at %s: %q %q", n, time.Since(began), data, empty)
			}
		}
	})
}

func jsonNumber(n int64) string { text, _ := json.Marshal(n); return string(text) }

func TestLiveShowsCallsAndTheirMoney(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := twoCalls()
		d := openDoor(t, hub(t, s, time.Second))
		defer d.stop()
		answer := d.listen("/api/live?format=ndjson")
		defer answer.Body.Close()
		lines := json.NewDecoder(answer.Body)
		var got api.Live
		if err := lines.Decode(&got); err != nil || answer.Header.Get("Content-Type") != "application/x-ndjson" {
			t.Fatal(err, answer.Header)
		}
		room := unit
		want := api.Live{
			At: time.Now().UTC(), Node: "n1", Total: 2, Calls: []callflow.Running{s.calls[1], s.calls[0]},
			Accounts: []api.LiveAccount{
				{AccountID: 1, Name: "corner shop", Currency: "USD", Balance: 3 * unit, Held: 2 * unit, Available: &room, Calls: 1, Low: true},
				{AccountID: 2, Name: "mill", Currency: "USD", Balance: -9 * unit, Calls: 1},
			},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
		// A database that is away takes the accounts off, not the calls.
		s.mu.Lock()
		s.broken = errors.New("away at /run/mysqld")
		s.mu.Unlock()
		if err := lines.Decode(&got); err != nil || got.Total != 2 || !strings.Contains(got.Problem, "balances") || strings.Contains(got.Problem, "/run") {
			t.Fatalf("%+v, %v", got, err)
		}
	})
}

// Silence is broken every 15 seconds, so that nobody in between closes the
// connection.
func TestLiveHeartbeat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := openDoor(t, hub(t, twoCalls(), 40*time.Second))
		defer d.stop()
		began := time.Now()
		answer := d.listen("/api/live")
		defer answer.Body.Close()
		var beats []time.Duration
		for lines := bufio.NewScanner(answer.Body); len(beats) < 3 && lines.Scan(); {
			if strings.HasPrefix(lines.Text(), ":") {
				beats = append(beats, time.Since(began))
			}
		}
		if diff := cmp.Diff([]time.Duration{15 * time.Second, 30 * time.Second, 55 * time.Second}, beats); diff != "" {
			t.Fatal(diff)
		}
	})
}

// Two listen: one reads, one never does. The sum is worked out once, the reader
// misses nothing, the other is let go and makes room for a third.
func TestLiveDropsWhoDoesNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := twoCalls()
		for range 200 { // more than any buffer on the way
			s.calls = append(s.calls, s.calls[0])
		}
		d := openDoor(t, hub(t, s, time.Second))
		defer d.stop()
		deaf := d.listen("/api/live?format=ndjson")
		defer deaf.Body.Close()
		reader := d.listen("/api/live?format=ndjson")
		defer reader.Body.Close()
		if third := d.listen("/api/live"); third.StatusCode != http.StatusServiceUnavailable || third.Header.Get("Retry-After") == "" {
			t.Fatalf("a third listener: %d", third.StatusCode)
		} else if err := third.Body.Close(); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		lines := json.NewDecoder(reader.Body)
		for n := range 20 {
			var got api.Live
			if err := lines.Decode(&got); err != nil || got.At.Sub(began) != time.Duration(n)*time.Second {
				t.Fatalf("moment %d: at %s, %v", n, got.At.Sub(began), err)
			}
		}
		if n := s.looks.Load(); n != 20 {
			t.Errorf("looked %d times for 20 moments of two listeners", n)
		}
		third := d.listen("/api/live?format=ndjson")
		defer third.Body.Close()
		if third.StatusCode != http.StatusOK {
			t.Fatalf("after one was dropped: %d", third.StatusCode)
		}
	})
}

// The hub itself waits for nobody, however long a network takes to notice.
func TestHubDropsWhoLiesBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub(t, twoCalls(), time.Second)
		ctx, cancel := context.WithCancel(t.Context())
		var group sync.WaitGroup
		group.Go(func() { h.Run(ctx) })
		asleep, err := h.Subscribe()
		if err != nil {
			t.Fatal(err)
		}
		awake, err := h.Subscribe()
		if err != nil {
			t.Fatal(err)
		}
		for range 10 {
			<-awake.Frames()
		}
		n := 0
		for range asleep.Frames() {
			n++
		}
		if n != 4 {
			t.Errorf("%d moments were kept for it", n)
		}
		asleep.Close()
		awake.Close()
		awake.Close()
		cancel()
		group.Wait()
	})
}

// A node that goes down lets its listeners go, or its door would not close.
func TestLiveEndsWithTheNode(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := hub(t, twoCalls(), time.Second)
		d := openDoor(t, h)
		answer := d.listen("/api/live")
		defer answer.Body.Close()
		over := readOut(answer.Body)
		time.Sleep(3 * time.Second)
		began := time.Now()
		d.stop()
		if err := <-over; err != nil {
			t.Errorf("cut short: %v", err)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("the door took %s to close", took)
		}
		if _, err := h.Subscribe(); !errors.Is(err, api.ErrEnded) {
			t.Errorf("%v", err)
		}
	})
}

// readOut reads to the end and tells how that was.
func readOut(r io.Reader) <-chan error {
	over := make(chan error, 1)
	go func() { _, err := io.Copy(io.Discard, r); over <- err }()
	return over
}

func TestLiveIsForNeighboursOnly(t *testing.T) {
	t.Parallel()
	h := hub(t, twoCalls(), time.Second)
	handler := api.NewHandler(api.Config{
		Flow: &callflow.Flow{}, Peers: func(a netip.Addr) bool { return a == netip.MustParseAddr("192.0.2.1") }, Ready: func() []string { return nil },
		Registry: prometheus.NewRegistry(), Live: h, Log: zerolog.Nop(),
	})
	for _, c := range []struct {
		from, host, format string
		want               int
	}{
		{"127.0.0.1:9", "127.0.0.1:8073", "", http.StatusOK},
		{"[::1]:9", "[::1]:8073", "ndjson", http.StatusOK},
		{"127.0.0.1:9", "localhost", "", http.StatusOK},
		{"192.0.2.1:9", "10.0.0.7", "", http.StatusOK},
		{"10.0.0.7:9", "10.0.0.7:8073", "", http.StatusOK}, // this machine by its own address
		{"10.0.0.8:9", "10.0.0.7:8073", "", http.StatusForbidden},
		{"203.0.113.5:9", "127.0.0.1:8073", "", http.StatusForbidden},
		{"127.0.0.1:9", "evil.example:8073", "", http.StatusForbidden}, // a web page that has rebound its name
		{"127.0.0.1:9", "", "", http.StatusForbidden},
		{"pipe", "127.0.0.1", "", http.StatusForbidden},
		{"127.0.0.1:9", "127.0.0.1:8073", "xml", http.StatusBadRequest},
	} {
		ctx, cancel := context.WithCancel(context.WithValue(t.Context(), http.LocalAddrContextKey, pipe{}.LocalAddr()))
		cancel() // whoever is let in leaves at once
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/api/live?format="+c.format, nil)
		r.RemoteAddr, r.Host = c.from, c.host
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("from %s to %q: %d, want %d", c.from, c.host, w.Code, c.want)
		}
		// Through a proxy of this machine everybody would be near.
		for name, values := range map[string][]string{
			"X-Forwarded-For": {"", "127.0.0.1"}, "Forwarded": {""}, "Via": {"1.1 proxy"}, "X-Real-Ip": {"127.0.0.1"}, "X-Forwarded-Host": {"a.example"},
			"Origin": {"http://a.example"}, "Sec-Fetch-Site": {"cross-site"},
		} {
			r.Header = http.Header{name: values}
			w := httptest.NewRecorder()
			if handler.ServeHTTP(w, r); w.Code != http.StatusForbidden {
				t.Errorf("from %s to %q with %s: %d, want 403", c.from, c.host, name, w.Code)
			}
		}
	}
}
