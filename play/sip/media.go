package sip

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

const (
	frame        = 20 * time.Millisecond // one RTP packet
	frameSamples = 160                   // at 8000 samples a second
	rtpHeader    = 12
	rtpVersion   = 2
	ulawSilence  = 0xff
)

// media is the RTP socket of one call: it counts what arrives and, if asked,
// sends silence. A nil media is a call without a socket of its own.
type media struct {
	conn    *net.UDPConn
	talking atomic.Bool
	early   atomic.Int64 // packets before the answer
	packets atomic.Int64 // all packets
	sound   atomic.Int64 // of these, more than silence
	arrived chan struct{}
	closed  signal
	sending sync.Once
	work    *sync.WaitGroup
	heard   *atomic.Int64 // sound in all calls of the agent
}

// openMedia opens a socket for one call. If there is none to be had the call
// goes without, which the log says.
func (a *agent) openMedia(wanted bool) *media {
	if !wanted {
		return nil
	}
	conn, err := listenUDP(a.lifetime, netip.AddrPortFrom(a.addr.Addr(), 0))
	if err != nil {
		a.log.Error().Err(err).Str("agent", a.name).Msg("no media socket")
		return nil
	}
	m := &media{conn: conn, arrived: make(chan struct{}, 1), closed: newSignal(), work: new(sync.WaitGroup), heard: &a.heard}
	m.work.Go(m.receive)
	return m
}

// mediaAddr is what the session description names: the call's own socket, or
// the one nobody reads.
func (a *agent) mediaAddr(m *media) netip.AddrPort {
	if m == nil {
		return localAddr(a.sink)
	}
	return localAddr(m.conn)
}

// receive counts RTP packets until the socket is closed.
func (m *media) receive() {
	buf := make([]byte, 1500)
	for {
		n, _, err := m.conn.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		if n < rtpHeader || buf[0]>>6 != rtpVersion {
			continue
		}
		if !m.talking.Load() {
			m.early.Add(1)
		}
		m.packets.Add(1)
		if loud(buf[1]&0x7f, buf[rtpHeader:n]) {
			m.sound.Add(1)
			m.heard.Add(1)
		}
		select {
		case m.arrived <- struct{}{}:
		default:
		}
	}
}

// loudFrom is the amplitude, of 32,767, from which a sample is more than the
// noise that decoding leaves of silence.
const loudFrom = 256

// loud says whether a packet of G.711 holds more than silence.
func loud(payload byte, samples []byte) bool {
	for _, b := range samples {
		if payload == payloadPCMU && ulawAmplitude(b) >= loudFrom || payload == payloadPCMA && alawAmplitude(b) >= loudFrom {
			return true
		}
	}
	return false
}

// ulawAmplitude is how far from 0 a sample is (G.711, µ-law).
func ulawAmplitude(b byte) int {
	b = ^b
	return (int(b&0x0f)<<3+132)<<(b>>4&7) - 132
}

// alawAmplitude is the same for A-law.
func alawAmplitude(b byte) int {
	b ^= 0x55
	step := int(b>>4) & 7
	if step == 0 {
		return int(b&0x0f)<<4 + 8
	}
	return (int(b&0x0f)<<4 + 264) << (step - 1)
}

// answered ends the time of early media.
func (m *media) answered() {
	if m != nil {
		m.talking.Store(true)
	}
}

// counts returns the packets received before the answer, and in all.
func (m *media) counts() (early, all int) {
	if m == nil {
		return 0, 0
	}
	return int(m.early.Load()), int(m.packets.Load())
}

// await waits until n packets have been received in all.
func (m *media) await(ctx context.Context, n int) error {
	if m == nil {
		return fmt.Errorf("sip: wait for media: %w", errNoMedia)
	}
	for m.packets.Load() < int64(n) {
		select {
		case <-m.arrived:
		case <-m.closed.raised():
			return fmt.Errorf("sip: %d of %d packets: %w", m.packets.Load(), n, ErrClosed)
		case <-ctx.Done():
			return fmt.Errorf("sip: %d of %d packets: %w", m.packets.Load(), n, context.Cause(ctx))
		}
	}
	return nil
}

// sendTo starts sending silence, once. Of every loseEvery packets one gets lost;
// 0: none.
func (m *media) sendTo(to netip.AddrPort, loseEvery int) {
	if m == nil || !to.IsValid() {
		return
	}
	m.sending.Do(func() { m.work.Go(func() { m.send(to, loseEvery) }) })
}

func (m *media) send(to netip.AddrPort, loseEvery int) {
	packet := make([]byte, rtpHeader+frameSamples)
	packet[0] = rtpVersion << 6
	packet[1] = payloadPCMU
	for i := rtpHeader; i < len(packet); i++ {
		packet[i] = ulawSilence
	}
	seq, stamp := uint16(rand.Uint32()), rand.Uint32()    //nolint:gosec // RTP start values need no secrecy
	binary.BigEndian.PutUint32(packet[8:], rand.Uint32()) //nolint:gosec // nor does the source id
	tick := time.NewTicker(frame)
	defer tick.Stop()
	for n := 1; ; n++ {
		binary.BigEndian.PutUint16(packet[2:], seq)
		binary.BigEndian.PutUint32(packet[4:], stamp)
		if loseEvery == 0 || n%loseEvery != 0 {
			if _, err := m.conn.WriteToUDPAddrPort(packet, to); err != nil {
				return
			}
		}
		seq++
		stamp += frameSamples
		select {
		case <-tick.C:
		case <-m.closed.raised():
			return
		}
	}
}

// close releases the socket and waits for its goroutines.
func (m *media) close() {
	if m == nil {
		return
	}
	m.closed.raise()
	// An error here could only say that it is closed.
	_ = m.conn.Close()
	m.work.Wait()
}
