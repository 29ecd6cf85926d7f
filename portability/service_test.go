package portability_test

import (
	"bytes"
	"context"
	"encoding/pem"
	"fmt"
	"io"
	stdlog "log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tandem/internal/e164"
	"tandem/portability"
)

// overSockets asks a real HTTP server once, with all the time there is.
func overSockets(t *testing.T, c portability.Config, server *httptest.Server) (a portability.Answer, log string) {
	t.Helper()
	c = patient(c)
	c.Enabled = true
	if c.URL == "" {
		c.URL = server.URL + "/lookup?number={number}&key=hush"
	}
	var text safeBuffer
	d, err := portability.New(c, zerolog.New(&text), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	// Three times, so that the log tells what the failure was.
	for range 3 {
		a = d.Dip(t.Context(), "447700900001")
	}
	return a, text.String()
}

func TestServiceAnswers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		status int
		body   string
		want   e164.Number // empty: the number itself
		fault  string      // in the log; empty: no fault
	}{
		{"ported", 200, `{"routing_number":"441234500001"}`, "441234500001", ""},
		{"LRN", 200, `{"lrn":"12125550100","ocn":"1234","ported":true}`, "12125550100", ""},
		{"rn with a plus", 200, `{"rn":"+0049151"}`, "0049151", ""},
		{"agreeing keys", 200, `{"rn":"441","lrn":"441","routing_number":null}`, "441", ""},
		{"fifteen digits", 200, `{"rn":"123456789012345"}`, "123456789012345", ""},
		{"null", 200, `{"routing_number":null}`, "", ""},
		{"not found", 404, `{"error":"no such number"}`, "", ""},
		{"not found, a page", 404, `<html>` + strings.Repeat("x", 1<<20), "", ""},
		{"contradiction", 200, `{"rn":"441","lrn":"442"}`, "", "differ"},
		{"nothing of ours", 200, `{"error":"quota exceeded"}`, "", "none of the keys"},
		{"hex digits", 200, `{"rn":"D104123"}`, "", "digits"},
		{"sixteen digits", 200, `{"rn":"1234567890123456"}`, "", "digits"},
		{"empty", 200, `{"rn":""}`, "", "digits"},
		{"other alphabet's digits", 200, `{"rn":"४४१"}`, "", "digits"},
		{"a number", 200, `{"rn":441234500001}`, "", "neither a string nor null"},
		{"two objects", 200, `{"rn":"441"}{"rn":"442"}`, "", "not a JSON object"},
		{"array", 200, `["441"]`, "", "not a JSON object"},
		{"null body", 200, `null`, "", "not a JSON object"},
		{"no body", 200, ``, "", "not a JSON object"},
		{"page", 200, `<html>Log in</html>`, "", "not a JSON object"},
		{"deep", 200, strings.Repeat("[", 4000), "", "not a JSON object"},
		{"too long", 200, `{"rn":"441"}` + strings.Repeat(" ", 4<<10), "", "longer than 4096 bytes"},
		{"just short enough", 200, `{"rn":"441"}` + strings.Repeat(" ", 4<<10-12), "441", ""},
		{"huge", 200, strings.Repeat("x", 8<<20), "", "longer than 4096 bytes"},
		{"refused", 401, `{"rn":"441"}`, "", "HTTP status 401"},
		{"broken", 500, `{"rn":"441"}`, "", "HTTP status 500"},
		{"no content", 204, ``, "", "HTTP status 204"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.status)
				fmt.Fprint(w, c.body)
			}))
			defer server.Close()
			a, log := overSockets(t, portability.Config{CacheSize: 1, CacheFor: time.Hour}, server)
			check(t, a, log, c.want, c.fault)
		})
	}
}

// check compares an answer after three dips and the log of the third.
func check(t *testing.T, a portability.Answer, log string, want e164.Number, fault string) {
	t.Helper()
	source := portability.SourceCache
	if want == "" {
		want = "447700900001"
	}
	if fault != "" {
		source = portability.SourceError
	}
	if a.Routing != want || a.Source != source {
		t.Errorf("got %+v, want %s of %s", a, want, source)
	}
	if fault == "" && log != "" || !strings.Contains(log, fault) {
		t.Errorf("log, want %q:\n%s", fault, log)
	}
	for _, secret := range []string{"hush", "447700900001", "t0ps3cret"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log has %q:\n%s", secret, log)
		}
	}
}

// What the service is sent.
func TestServiceRequest(t *testing.T) {
	t.Parallel()
	got := make(chan *http.Request, 1)
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got <- r
		fmt.Fprint(w, `{"rn":"441"}`)
	}))
	defer server.Close()
	c := portability.Config{CacheSize: 1, CacheFor: time.Hour, Token: "t0ps3cret"}
	c.CA = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	c.URL = server.URL + "/{number}?key=hush&again={number}"
	a, log := overSockets(t, c, server)
	check(t, a, log, "441", "")
	r := <-got
	if r.Method != http.MethodGet || r.RequestURI != "/447700900001?key=hush&again=447700900001" ||
		r.Header.Get("Authorization") != "Bearer t0ps3cret" || r.Header.Get("Accept") != "application/json" || r.ContentLength != 0 {
		t.Fatalf("%s %s %v", r.Method, r.RequestURI, r.Header)
	}
}

func TestServiceCertificate(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = stdlog.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	a, log := overSockets(t, portability.Config{CacheSize: 1, CacheFor: time.Hour}, server)
	check(t, a, log, "", "unknown authority")
}

func TestServiceRedirects(t *testing.T) {
	t.Parallel()
	var followed atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/elsewhere" {
			followed.Store(true)
			fmt.Fprint(w, `{"rn":"441"}`)
			return
		}
		http.Redirect(w, r, "/elsewhere?hush", http.StatusFound)
	}))
	defer server.Close()
	a, log := overSockets(t, portability.Config{CacheSize: 1, CacheFor: time.Hour}, server)
	check(t, a, log, "", "HTTP status 302")
	if followed.Load() {
		t.Fatal("the redirect was followed")
	}
}

// A server that keeps talking, a byte at a time, in the headers or the body,
// costs the timeout and no more.
func TestServiceDrips(t *testing.T) {
	t.Parallel()
	for name, opening := range map[string]string{
		"silence": "",
		"headers": "HTTP/1.1 200 OK\r\nX-Endless: ",
		"body":    "HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n{",
		"404":     "HTTP/1.1 404 Not Found\r\nContent-Length: 4000\r\n\r\n{",
		"interim": "HTTP/1.1 100 Continue\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := speak(t, func(conn net.Conn) {
				if _, err := conn.Read(make([]byte, 4096)); err != nil {
					return
				}
				fmt.Fprint(conn, opening)
				tick := time.NewTicker(5 * time.Millisecond)
				defer tick.Stop()
				for range tick.C {
					drip := " "
					if name == "silence" {
						drip = ""
					}
					if _, err := io.WriteString(conn, drip); err != nil {
						return
					}
				}
			})
			c := enabled(nil, url+"/{number}")
			c.Timeout = 100 * time.Millisecond
			d := mustNew(t, c, nil)
			begin := time.Now()
			a := d.Dip(t.Context(), "447700900001")
			if a.Source != portability.SourceTimeout || a.Routing != "447700900001" {
				t.Errorf("got %+v, want a timeout", a)
			}
			if took := time.Since(begin); took < c.Timeout || took > 10*time.Second {
				t.Errorf("took %v, want about %v", took, c.Timeout)
			}
		})
	}
}

// What is no HTTP at all does not reach the log: a server that echoes would
// write our own key into it.
func TestServiceIsNoHTTP(t *testing.T) {
	t.Parallel()
	for name, say := range map[string]string{
		"echo":           "%s",
		"echo in header": "HTTP/1.1 200 OK\r\n%s",
		"echo in chunk":  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%s",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := speak(t, func(conn net.Conn) {
				request := make([]byte, 4096)
				n, err := conn.Read(request)
				if err == nil {
					fmt.Fprintf(conn, say, request[:n])
				}
			})
			c := portability.Config{CacheSize: 1, CacheFor: time.Hour, Token: "t0ps3cret", URL: url + "/{number}?hush"}
			a, log := overSockets(t, c, nil)
			// The token over http is warned of.
			_, log, _ = strings.Cut(log, "\n")
			check(t, a, log, "", "no valid HTTP answer")
		})
	}
	t.Run("nobody there", func(t *testing.T) {
		t.Parallel()
		ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ln.Close()
		c := portability.Config{CacheSize: 1, CacheFor: time.Hour, URL: "http://" + ln.Addr().String() + "/{number}?hush"}
		a, log := overSockets(t, c, nil)
		check(t, a, log, "", "connection refused")
	})
}

// Headers are bounded as the body is.
func TestServiceHeaders(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Pad", strings.Repeat("x", 32<<10))
		fmt.Fprint(w, `{"rn":"441"}`)
	}))
	defer server.Close()
	a, log := overSockets(t, portability.Config{CacheSize: 1, CacheFor: time.Hour}, server)
	check(t, a, log, "", "no valid HTTP answer")
}

// A page "not found" without end is not ported, and costs its beginning only.
func TestServiceEndlessPage(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		for {
			if _, err := fmt.Fprint(w, strings.Repeat("x", 1<<16)); err != nil {
				return
			}
		}
	}))
	defer server.Close()
	a, log := overSockets(t, portability.Config{CacheSize: 1, CacheFor: time.Hour}, server)
	check(t, a, log, "", "")
}

// speak serves TCP connections until the test ends.
func speak(t *testing.T, talk func(net.Conn)) (url string) {
	t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var talks sync.WaitGroup
	talks.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			talks.Go(func() {
				defer conn.Close()
				defer context.AfterFunc(ctx, func() { conn.Close() })()
				talk(conn)
			})
		}
	})
	t.Cleanup(func() {
		stop()
		ln.Close()
		talks.Wait()
	})
	return "http://" + ln.Addr().String()
}

// A hundred calls to one number over real sockets are one request.
func TestOneRequest(t *testing.T) {
	t.Parallel()
	var requests atomic.Int64
	started := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		requests.Add(1)
		<-started
		fmt.Fprint(w, `{"routing_number":"441234500001"}`)
	}))
	defer server.Close()
	d := mustNew(t, patient(enabled(nil, server.URL+"/{number}")), nil)
	var calls sync.WaitGroup
	for i := range 100 {
		calls.Go(func() {
			if i == 99 {
				close(started)
			}
			if a := d.Dip(t.Context(), "447700900001"); a.Routing != "441234500001" {
				t.Errorf("call %d: %+v", i, a)
			}
		})
	}
	calls.Wait()
	if n := requests.Load(); n != 1 {
		t.Fatalf("%d requests", n)
	}
}

// safeBuffer is a log that several goroutines write.
type safeBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
