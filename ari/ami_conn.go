package ari

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// amiConn is one connection. Its receiver reads, whoever asks writes.
type amiConn struct {
	socket net.Conn
	reader *amiReader
	prefix string // of ActionIDs; nobody who writes into a call can guess it
	heard  atomic.Int64
	done   chan struct{} // closed with the socket
	once   sync.Once

	writing sync.Mutex

	mu      sync.Mutex
	last    uint64
	pending map[string]chan<- amiMessage // each has room for its answer
}

func newAMIConn(socket net.Conn) *amiConn {
	c := &amiConn{
		socket: socket, reader: newAMIReader(socket), prefix: rand.Text() + "-",
		done: make(chan struct{}), pending: map[string]chan<- amiMessage{},
	}
	c.heard.Store(time.Now().UnixNano())
	return c
}

func (c *amiConn) close() {
	c.once.Do(func() {
		close(c.done)
		// An error here could only say that it is closed.
		_ = c.socket.Close()
	})
}

// register gives an id under which an answer is awaited.
func (c *amiConn) register(answer chan<- amiMessage) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last++
	id := c.prefix + strconv.FormatUint(c.last, 36)
	if answer != nil {
		c.pending[id] = answer
	}
	return id
}

func (c *amiConn) forget(ids []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, id := range ids {
		delete(c.pending, id)
	}
}

// write sends whole requests or gives the connection up.
func (c *amiConn) write(b []byte, within time.Duration) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	err := c.socket.SetWriteDeadline(time.Now().Add(within))
	if err == nil {
		_, err = c.socket.Write(b)
	}
	if err != nil {
		c.close()
	}
	return err
}

// alone asks before anybody else does, and reads the answer itself.
func (c *amiConn) alone(r amiAction) (amiMessage, error) {
	id := c.register(nil)
	if _, err := c.socket.Write(r.append(nil, id)); err != nil {
		return amiMessage{}, err
	}
	for {
		m, err := c.reader.message()
		if err != nil {
			return m, silence(err)
		}
		if m.id == id {
			return m, nil
		}
	}
}

// receive hands answers to those who wait for them, until the connection ends
// or has said nothing for too long.
func (c *amiConn) receive(patience time.Duration) error {
	for {
		if err := c.socket.SetReadDeadline(time.Now().Add(patience)); err != nil {
			return err
		}
		m, err := c.reader.message()
		if err != nil {
			return silence(err)
		}
		c.heard.Store(time.Now().UnixNano())
		c.mu.Lock()
		answer := c.pending[m.id]
		delete(c.pending, m.id)
		c.mu.Unlock()
		if answer != nil {
			answer <- m
		}
	}
}

// silence puts a name to what reading failed of.
func silence(err error) error {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("it says nothing any more: %w", err)
	case errors.Is(err, io.EOF):
		return fmt.Errorf("closed by Asterisk: %w", err)
	}
	return err
}

// pings asks for a sign of life when there was none for a while.
func (c *amiConn) pings(idle time.Duration) {
	tick := time.NewTicker(idle)
	defer tick.Stop()
	ping := amiAction{name: "Ping"}
	for {
		select {
		case now := <-tick.C:
			if now.Sub(time.Unix(0, c.heard.Load())) < idle/2 {
				continue
			}
			if c.write(ping.append(nil, c.register(nil)), idle) != nil {
				return
			}
		case <-c.done:
			return
		}
	}
}

// exchange sends several requests at once and returns their answers in order.
func (c *amiConn) exchange(ctx context.Context, within time.Duration, requests []amiAction) ([]amiMessage, error) {
	ids := make([]string, len(requests))
	answers := make([]chan amiMessage, len(requests))
	var b []byte
	for i, r := range requests {
		answers[i] = make(chan amiMessage, 1)
		ids[i] = c.register(answers[i])
		b = r.append(b, ids[i])
	}
	defer c.forget(ids)
	if err := c.write(b, within); err != nil {
		return nil, err
	}
	said := make([]amiMessage, len(requests))
	for i := range requests {
		select {
		case said[i] = <-answers[i]:
		case <-c.done:
			return nil, fmt.Errorf("%w: the connection ended before the answer", ErrAway)
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	return said, nil
}
