//go:build e2e

package e2e_test

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"testing"
	"time"
)

// What the tests need of IAX2 (RFC 5456).
const (
	iaxFullHeader = 12
	iaxTypeIAX    = 6 // frame type of the commands below

	iaxNew     = 1
	iaxPong    = 3
	iaxAck     = 4
	iaxHangup  = 5
	iaxReject  = 6
	iaxAuthReq = 8
	iaxAuthRep = 9
	iaxPoke    = 30
	iaxToken   = 40 // CALLTOKEN, Asterisk's answer to spoofed sources

	ieCalled      = 1
	ieCalling     = 2
	ieUser        = 6
	ieCapability  = 8
	ieFormat      = 9
	ieCallingName = 4
	ieVersion     = 11
	ieAuthMethod  = 14
	ieChallenge   = 15
	ieMD5         = 16
	ieCause       = 22
	ieCauseCode   = 42
	ieEncryption  = 43
	ieVariable    = 52 // name=value, see IAXVAR
	ieToken       = 54
)

// iaxFrame is a full frame.
type iaxFrame struct {
	source, dest uint16 // call numbers
	stamp        uint32
	out, in      byte // sequence numbers
	command      byte
	elements     map[byte]string // the last of each
	variables    []string        // name=value
}

// iaxRead understands a full frame of type IAX; everything else is false.
func iaxRead(b []byte) (iaxFrame, bool) {
	if len(b) < iaxFullHeader || b[0]&0x80 == 0 || b[10] != iaxTypeIAX {
		return iaxFrame{}, false
	}
	f := iaxFrame{
		source: binary.BigEndian.Uint16(b) & 0x7fff, dest: binary.BigEndian.Uint16(b[2:]) & 0x7fff,
		stamp: binary.BigEndian.Uint32(b[4:]), out: b[8], in: b[9], command: b[11], elements: map[byte]string{},
	}
	for b = b[iaxFullHeader:]; len(b) >= 2 && len(b) >= 2+int(b[1]); b = b[2+int(b[1]):] {
		value := string(b[2 : 2+int(b[1])])
		f.elements[b[0]] = value
		if b[0] == ieVariable {
			f.variables = append(f.variables, value)
		}
	}
	return f, true
}

// ie is one information element.
type ie struct {
	kind  byte
	value string
}

func (f iaxFrame) bytes(elements ...ie) []byte {
	b := binary.BigEndian.AppendUint16(nil, f.source|0x8000)
	b = binary.BigEndian.AppendUint16(b, f.dest)
	b = binary.BigEndian.AppendUint32(b, f.stamp)
	b = append(b, f.out, f.in, iaxTypeIAX, f.command)
	for _, e := range elements {
		b = append(append(b, e.kind, byte(len(e.value))), e.value...)
	}
	return b
}

// iaxSeal encrypts a full frame the way chan_iax2 does once a call is
// authenticated: a block of padding first, AES-128 in CBC mode without an
// initial vector, behind the two call numbers.
func iaxSeal(t *testing.T, key, frame []byte) []byte {
	t.Helper()
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	const open = 4
	padding := 16 + (16-(len(frame)-open)%16)%16
	sealed := make([]byte, open+padding, open+padding+len(frame))
	copy(sealed, frame[:open])
	sealed[open+15] = byte(padding & 0xf)
	sealed = append(sealed, frame[open:]...)
	cipher.NewCBCEncrypter(block, make([]byte, aes.BlockSize)).CryptBlocks(sealed[open:], sealed[open:])
	return sealed
}

// iaxSocket is an IAX2 party made of one socket.
type iaxSocket struct{ *net.UDPConn }

func openIAX(t *testing.T, at netip.AddrPort) iaxSocket {
	t.Helper()
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(at))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
	})
	return iaxSocket{conn}
}

// next waits for a frame with one of these commands.
func (s iaxSocket) next(t *testing.T, within time.Duration, commands ...byte) (iaxFrame, error) {
	t.Helper()
	if err := s.SetReadDeadline(time.Now().Add(within)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 4096)
	for {
		n, _, err := s.ReadFromUDPAddrPort(buf)
		if err != nil {
			return iaxFrame{}, err
		}
		f, ok := iaxRead(buf[:n])
		for _, c := range commands {
			if ok && f.command == c {
				return f, nil
			}
		}
	}
}

func (s iaxSocket) send(t *testing.T, to netip.AddrPort, packet []byte) {
	t.Helper()
	if _, err := s.WriteToUDPAddrPort(packet, to); err != nil {
		t.Fatal(err)
	}
}
