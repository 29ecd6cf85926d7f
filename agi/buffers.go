package agi

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"sync"

	zaf "github.com/zaf/agi"
)

const (
	readBuffer  = 2 << 10
	writeBuffer = 8 << 10 // the longest line Asterisk takes, so each is one write
	envBuffer   = 2 << 10 // a usual environment; grows up to MaxEnvBytes
	keepEnv     = 8 << 10 // a larger one is not kept
)

// buffers is all that a session needs and the next one can use again.
type buffers struct {
	wire   wire
	reader *bufio.Reader
	writer *bufio.Writer
	zaf    *zaf.Session
	env    []byte
	parsed environment
}

// bufferPool lends buffers. Those of a session that failed are never returned
// to it: what they still hold belongs to no one.
type bufferPool struct{ pool sync.Pool }

func (p *bufferPool) get(conn net.Conn) (*buffers, error) {
	b, ok := p.pool.Get().(*buffers)
	if !ok {
		var err error
		if b, err = newBuffers(); err != nil {
			return nil, err
		}
	}
	b.wire = wire{conn: conn}
	b.reader.Reset(&b.wire)
	b.writer.Reset(&b.wire)
	return b, nil
}

func (p *bufferPool) put(b *buffers) {
	if b.reader.Buffered() != 0 || b.writer.Buffered() != 0 {
		return
	}
	b.wire = wire{}
	if cap(b.env) > keepEnv {
		b.env = make([]byte, 0, envBuffer)
	}
	p.pool.Put(b)
}

// newBuffers makes a library session once: an empty environment ties it to
// the two buffers, which later only change their connection. The library
// allocates 4 KiB and a map each time it reads an environment.
func newBuffers() (*buffers, error) {
	b := &buffers{
		reader: bufio.NewReaderSize(strings.NewReader("\n"), readBuffer),
		writer: bufio.NewWriterSize(nil, writeBuffer),
		zaf:    zaf.New(),
		env:    make([]byte, 0, envBuffer),
	}
	if err := b.zaf.Init(bufio.NewReadWriter(b.reader, b.writer)); err != nil {
		return nil, fmt.Errorf("agi: start a library session: %w", err)
	}
	return b, nil
}
