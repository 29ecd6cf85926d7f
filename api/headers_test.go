package api

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tandem/api/access"
)

// pipes is a listener without a network, whose time can be a test's own.
type pipes struct {
	next   chan net.Conn
	closed chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.next:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.closed); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{} }

// known serves a handler to somebody who is signed in, over one connection.
func known(t *testing.T, h http.HandlerFunc) (conn net.Conn, end func()) {
	t.Helper()
	signedIn := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		unhurried(h).ServeHTTP(w, r.WithContext(access.With(r.Context(), access.Principal{UserID: 1})))
	})
	listener := &pipes{make(chan net.Conn), make(chan struct{})}
	server, served := NewServer(signedIn), make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	conn, other := net.Pipe()
	listener.next <- other
	return conn, func() {
		if err := errors.Join(conn.Close(), server.Close()); err != nil {
			t.Error(err)
		}
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
		<-time.After(time.Minute) // of the bubble: whoever still waits finds it closed
	}
}

// An upload that drips ends, however steadily it drips; one that is only slow does not.
func TestUploadsEnd(t *testing.T) {
	for _, c := range []struct {
		name  string
		pause time.Duration // before each 64 KiB
		good  bool
	}{
		{"slow", 900 * time.Millisecond, true},
		{"dripping", 10 * time.Second, false},
		{"stopped", 16 * time.Second, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const parts, part = 64, 64 << 10
				got := make(chan error, 1)
				conn, end := known(t, func(_ http.ResponseWriter, r *http.Request) {
					n, err := io.Copy(io.Discard, r.Body)
					if err == nil && n != parts*part {
						err = io.ErrShortBuffer
					}
					got <- err
				})
				defer end()
				began := time.Now()
				go func() {
					_, err := io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4194304\r\n\r\n")
					for i := 0; i < parts && err == nil; i++ {
						<-time.After(c.pause)
						_, err = conn.Write(make([]byte, part))
					}
				}()
				err := <-got
				if took := time.Since(began); (err == nil) != c.good || took > patience+parts*time.Second {
					t.Errorf("after %v: %v", took, err)
				}
			})
		})
	}
}

// What takes long after its body was read is not given up.
func TestWorkAfterTheBodyGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn, end := known(t, func(w http.ResponseWriter, r *http.Request) {
			if _, err := io.Copy(io.Discard, r.Body); err != nil {
				t.Error(err)
			}
			if _, err := r.Body.Read(make([]byte, 1)); !errors.Is(err, io.EOF) { // as some decoders do
				t.Error(err)
			}
			select {
			case <-r.Context().Done():
				t.Errorf("given up: %v", r.Context().Err())
			case <-time.After(10 * patience):
			}
			_, _ = io.WriteString(w, "done")
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Error(err)
			}
		})
		defer end()
		go func() { _, _ = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello") }()
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = answer.Body.Close() }()
		line, err := io.ReadAll(io.LimitReader(answer.Body, 4))
		if err != nil || !strings.Contains(string(line), "done") {
			t.Errorf("%q %v", line, err)
		}
	})
}
