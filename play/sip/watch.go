package sip

import (
	"bytes"
	"net"
	"sync"

	gosip "github.com/emiago/sipgo/sip"
)

// watch looks at every datagram before sipgo does, on the goroutine that reads
// the socket. It exists for two things sipgo cannot do: answer a call in the
// moment of its CANCEL, and close without opening new sockets.
type watch struct {
	mu       sync.Mutex
	deaf     bool                // closing: nothing is read any more
	crossers map[string]func()   // Call-ID → answer now, its CANCEL is here
	sources  map[string]struct{} // addresses that wrote to us
	last     string              // the newest of them
}

func newWatch() *watch {
	return &watch{crossers: make(map[string]func()), sources: make(map[string]struct{})}
}

// filter is sipgo's read filter; a datagram it returns empty is dropped.
func (w *watch) filter(from gosip.TransportReadProps, data []byte) ([]byte, error) {
	answer, deaf := w.look(from.RemoteAddr.String(), data)
	if deaf {
		return nil, nil
	}
	if answer != nil {
		answer()
	}
	return data, nil
}

func (w *watch) look(source string, data []byte) (answer func(), deaf bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.deaf {
		return nil, true
	}
	if source != w.last {
		w.last = source
		w.sources[source] = struct{}{}
	}
	if len(w.crossers) > 0 && bytes.HasPrefix(data, []byte("CANCEL ")) {
		answer = w.crossers[lineOf(string(data), "Call-ID", "i")]
	}
	return answer, false
}

// cross has the function called when the CANCEL of a call arrives, before sipgo
// answers it with 487; the result undoes that.
func (w *watch) cross(callID string, answer func()) (undo func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.crossers[callID] = answer
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.crossers, callID)
	}
}

// close makes the socket deaf and puts a dead connection in its place. sipgo
// handles each message on a goroutine of its own; one that is still under way
// when the socket is gone would open a new one, and a reader with it.
func (w *watch) close(pool *gosip.ConnectionPool, own string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.deaf = true
	pool.Add(own, gone{})
	for source := range w.sources {
		pool.Add(source, gone{})
	}
}

// gone is the connection of an agent that has closed.
type gone struct{}

// LocalAddr implements gosip.Connection.
func (gone) LocalAddr() net.Addr { return &net.UDPAddr{} }

// WriteMsg implements gosip.Connection.
func (gone) WriteMsg(gosip.Message) error { return ErrClosed }

// Ref implements gosip.Connection.
func (gone) Ref(int) int { return 1 }

// TryClose implements gosip.Connection.
func (gone) TryClose() (int, error) { return 1, nil }

// Close implements gosip.Connection.
func (gone) Close() error { return nil }
