//go:build e2e

package e2e_test

import (
	"crypto/md5"
	"encoding/hex"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// iaxUser is the user by which all neighbours call our Asterisk.
const iaxUser = "macomnet"

// neighbour is the other server of ours, asterisk-msm, as far as our Asterisk
// can tell.
type neighbour struct {
	iaxSocket
	asterisk netip.AddrPort
	secret   string
	calls    uint16
}

// neighbour takes the other server's address; one test at a time has it.
func (x *exchange) neighbour(t *testing.T) *neighbour {
	t.Helper()
	x.oneNeighbour.Lock()
	t.Cleanup(x.oneNeighbour.Unlock)
	r, err := x.Describe()
	if err != nil {
		t.Fatal(err)
	}
	asterisk, err := netip.ParseAddrPort(r.IAX2)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := os.ReadFile(filepath.Join(x.Dir, "secrets", "iax"))
	if err != nil {
		t.Fatal(err)
	}
	return &neighbour{iaxSocket: openIAX(t, x.Neighbour()), asterisk: asterisk, secret: string(secret)}
}

// offered waits for a call that our Asterisk hands over.
func (n *neighbour) offered(t *testing.T, called string) iaxFrame {
	t.Helper()
	for {
		f, err := n.next(t, patience, iaxNew)
		if err != nil {
			t.Fatalf("no call to %s: %v", called, err)
		}
		if f.elements[ieCalled] == called {
			return f
		}
	}
}

// reject refuses an offered call with a Q.850 cause.
func (n *neighbour) reject(t *testing.T, offer iaxFrame, cause byte) {
	t.Helper()
	answer := iaxFrame{source: 1, dest: offer.source, stamp: offer.stamp + 1, in: 1, command: iaxReject}
	n.send(t, n.asterisk, answer.bytes(ie{ieCauseCode, string([]byte{cause})}))
}

// call hands a call over to our Asterisk: token, challenge, answer. From the
// answer on all is encrypted; what our Asterisk says then nobody reads.
func (n *neighbour) call(t *testing.T, called, calling string, variables ...string) {
	t.Helper()
	n.calls++
	begin := iaxFrame{source: n.calls, command: iaxNew, stamp: 1}
	elements := []ie{
		{ieVersion, "\x00\x02"},
		{ieCalled, called},
		{ieCalling, calling},
		{ieUser, iaxUser},
		{ieCapability, "\x00\x00\x00\x0c"},
		{ieFormat, "\x00\x00\x00\x08"},
		{ieEncryption, "\x00\x01"},
	}
	for _, v := range variables {
		elements = append(elements, ie{ieVariable, v})
	}
	n.send(t, n.asterisk, begin.bytes(append(elements, ie{ieToken, ""})...))
	token := n.answer(t, iaxToken)
	n.send(t, n.asterisk, begin.bytes(append(elements, ie{ieToken, token.elements[ieToken]})...))
	asked := n.answer(t, iaxAuthReq)
	sum := md5.Sum([]byte(asked.elements[ieChallenge] + n.secret)) // as RFC 5456 §8.6.15 wants it
	reply := iaxFrame{source: n.calls, dest: asked.source, stamp: asked.stamp + 3, out: 1, in: 1, command: iaxAuthRep}
	n.send(t, n.asterisk, iaxSeal(t, sum[:], reply.bytes(ie{ieMD5, hex.EncodeToString(sum[:])})))
}

func (n *neighbour) answer(t *testing.T, command byte) iaxFrame {
	t.Helper()
	f, err := n.next(t, patience, command, iaxReject)
	if err != nil {
		t.Fatalf("no answer %d: %v", command, err)
	}
	if f.command == iaxReject {
		t.Fatalf("refused: %q", f.elements[ieCause])
	}
	return f
}

// nothing fails when our Asterisk offers a call within a moment.
func (n *neighbour) nothing(t *testing.T, called string) {
	t.Helper()
	for {
		f, err := n.next(t, 50*time.Millisecond, iaxNew)
		if err != nil {
			return
		}
		if f.elements[ieCalled] == called {
			t.Fatalf("was offered %s: %v", called, f)
		}
	}
}

// variable is one that came with a call.
func (f iaxFrame) variable(name string) string {
	for _, v := range f.variables {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	return ""
}
