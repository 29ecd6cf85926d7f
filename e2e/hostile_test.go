//go:build e2e

package e2e_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"tandem/billing"
	"tandem/internal/e164"
	"tandem/internal/q850"
	"tandem/play/sip"
)

// Whatever a caller writes into a number, a name or a header is data at most:
// it makes no second call, no variable, no line of its own in an exchange.

// evil is what breaks out of numbers elsewhere: line ends in the AGI
// environment, the separators of Dial, of arguments and of expressions.
func evil() []string {
	return []string{
		"%s%%0Aagi_arg_1%%3A%%20other-server%%0A", "%s%%0D%%0Aagi_accountcode:%%202", "%s%%0a", "%s%%0d",
		"%s&%[1]s", "%s%%26PJSIP/%[1]s%%40trunk-8-1", "%s/sip:%[1]s%%40127.0.0.1", "%s%%40trunk-8-1", "%s%%2Fn", "PJSIP%%2F%s",
		"%s,30", "%s%%2C30%%2CgF(public%%5E1)", "%s%%3B", "%s;phone-context=x", "%s%%5E1", "%s%%7C1",
		"%%22%s%%22", "%s%%22%%20%%22x", "%s'", "%s%%5C", "%s%%60id%%60",
		"$%%7BEXTEN%%7D%s", "%s$%%7BSHELL(id)%%7D", "%s%%24%%5B1+1%%5D", "%s%%25n", "%s%%20", "%%20%s",
		"%sA", "%s%%D1%%84", "++%s", "%s+", "%s*", "%s%%23", "%s.", "%s!",
	}
}

func TestHostileCalledNumber(t *testing.T) {
	t.Parallel()
	x := shared(t)
	for _, format := range evil() {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			b := x.number("0486")
			to := fmt.Sprintf(format, national(b))
			answer, err := sip.RawInvite(soon(t), sip.RawSpec{
				Local: x.Loopback.Addr(hostileHost), Server: x.SIP(), URI: "sip:" + to + "@" + x.SIP().String(),
				From: "<sip:" + moscow + "@" + x.SIP().Addr().String() + ">", Login: moscow, Password: "demo-" + moscow,
			})
			if err != nil || answer.Status < 400 || answer.Status > 499 {
				t.Errorf("%s was answered with %d %s, %v; want a 4xx", to, answer.Status, answer.Reason, err)
			}
			x.untouched(t, b)
		})
	}
}

// hostileHost is the address in the loopback range that hostile calls come from.
const hostileHost = 200

// untouched checks that nobody was called and nothing was recorded.
func (x *exchange) untouched(t *testing.T, b e164.Number) {
	t.Helper()
	core := string(b[1:])
	for _, c := range x.Carriers {
		for _, r := range c.Calls() {
			if strings.Contains(r.Called, core) {
				t.Errorf("%s was called at %s", c.Name(), r.Called)
			}
		}
	}
	if ids, err := x.callsWhere(t, "dialled LIKE ?", "%"+core+"%"); err != nil || len(ids) != 0 {
		t.Errorf("records %v, %v", ids, err)
	}
}

// Digits that are merely written in a human way go through, cleaned, and so do
// those before a NUL, which ends a text in C.
func TestCalledNumberIsCleaned(t *testing.T) {
	t.Parallel()
	x := shared(t)
	for _, c := range []struct{ name, format string }{{"dashes", "8-%s-%s-%s"}, {"NUL", "8%s%s%s%%00agi_arg_1"}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := x.number("0486")
			n := string(b)
			refused(t, x.dial(t, moscow, fmt.Sprintf(c.format, n[1:4], n[4:7], n[7:])), 486)
			check(t, x.record(t, national(b)), fromMoscow(b).failed(billing.Busy, q850.UserBusy, 486, busy(westcall())))
			x.wantOffers(t, n, "WestCall "+n)
		})
	}
}

func TestHostileCallersNumber(t *testing.T) {
	t.Parallel()
	x := shared(t)
	for _, format := range evil() {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			x.harmless(t, sip.RawSpec{From: "<sip:" + fmt.Sprintf(format, "74951815001") + "@" + x.SIP().Addr().String() + ">"}, "74951815001")
		})
	}
}

func TestHostileCallersName(t *testing.T) {
	t.Parallel()
	x := shared(t)
	for _, name := range []string{
		`"x%0Aagi_arg_1: other%0A"`, `"74951815001"`, `"\"74951815001\" <74951815001>"`, `"&PJSIP/1@trunk-8-1"`, `"a,b;c|d^e"`,
		`"${SHELL(id)}"`, `"$[1+1]"`, `"` + strings.Repeat("n", 2000) + `"`, "\"\xd1\x84\xff\"", `"T_OK=1"`,
	} {
		t.Run(name[:min(len(name), 20)], func(t *testing.T) {
			t.Parallel()
			x.harmless(t, sip.RawSpec{From: name + " <sip:" + moscow + "@" + x.SIP().Addr().String() + ">"}, "74951815000")
		})
	}
}

func TestHostileHeaders(t *testing.T) {
	t.Parallel()
	x := shared(t)
	for _, lines := range [][]string{
		{`P-Asserted-Identity: "x" <sip:74951815001@evil>`, `Privacy: id`},
		{`Remote-Party-ID: <sip:74951815001@evil>;party=calling;screen=yes`},
		{`P-Preferred-Identity: <sip:442038070121@evil>`},
		{`Diversion: <sip:74951815001%0aagi_arg_1%3a%20x@evil>;reason=unconditional`},
		{`History-Info: <sip:74951815001@evil>;index=1`},
		{`X-Account: 2`, `X-Asterisk-HangupCause: 16`, `X-tandem_hops: 0`, `agi_arg_1: other-server`},
		{`Reason: Q.850;cause=16`},
		{`Call-Info: <http://evil/>`, `Alert-Info: <http://evil/>`, `Replaces: x;to-tag=a;from-tag=b`},
		{`User-Agent: ${SHELL(id)}` + "%0aagi_arg_1: x"},
		{`Contact: <sip:` + moscow + `@127.0.0.1:1>`},
	} {
		t.Run(lines[0][:min(len(lines[0]), 20)], func(t *testing.T) {
			t.Parallel()
			x.harmless(t, sip.RawSpec{From: "<sip:" + moscow + "@" + x.SIP().Addr().String() + ">", Lines: lines}, "74951815000")
		})
	}
}

// harmless places a call of moscow-101 whose From or headers are hostile. It
// must be refused, or go on exactly like an honest one that shows a number it
// may show. A hostile number whose digits are the subscriber's own may count as
// that number. It returns the id of the call, if it was one.
func (x *exchange) harmless(t *testing.T, spec sip.RawSpec, mayShow e164.Number) string {
	t.Helper()
	b := x.number("0486")
	spec.Local, spec.Server = x.Loopback.Addr(hostileHost), x.SIP()
	spec.URI = "sip:" + national(b) + "@" + x.SIP().String()
	spec.Login, spec.Password = moscow, "demo-"+moscow
	answer, err := sip.RawInvite(soon(t), spec)
	if err != nil {
		t.Fatal(err)
	}
	if answer.Status != 486 {
		if answer.Status < 400 || answer.Status > 499 {
			t.Errorf("answered with %d %s, want a 4xx", answer.Status, answer.Reason)
		}
		x.untouched(t, b)
		return ""
	}
	got := x.record(t, national(b))
	want := fromMoscow(b)
	attempt := busy(westcall())
	if got.Start.CLI == mayShow && mayShow == "74951815001" {
		want.Start.ANumber, want.Start.CLI, want.Start.Reason = mayShow, mayShow, "shows 74951815001: asked for by the caller"
		attempt.Key, attempt.GateID = "7.c.g9", 9
	}
	check(t, got, want.failed(billing.Busy, q850.UserBusy, 486, attempt))
	x.wantOffers(t, string(b), "WestCall "+string(b))
	for _, leg := range x.legs(string(b)) {
		if leg.From != string(want.Start.CLI) || leg.FromDisplay != "" || !strings.HasPrefix(leg.PAI, "<sip:"+leg.From+"@") {
			t.Errorf("on the wire: From %q %s, P-Asserted-Identity %s", leg.FromDisplay, leg.From, leg.PAI)
		}
	}
	return got.Start.CallID
}

// A provider's packet source proves who calls; its From does not.
func TestHostileIncoming(t *testing.T) {
	t.Parallel()
	x := shared(t)
	x.phone(t, moscow)
	for _, format := range evil() {
		b := x.number("1111")
		call, err := x.Carrier("WestCall").Call(soon(t), sip.CallSpec{
			Server: x.SIP(), To: "74951815000", FromUser: strings.NewReplacer("%s", string(b), "%[1]s", string(b), "%%", "%").Replace(format),
			FromDisplay: `${SHELL(id)}" <sip:74951815000@x>`,
		})
		if errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		if err != nil {
			continue // not even a message
		}
		if err := call.WaitAnswer(soon(t)); err == nil {
			_ = call.Hangup(soon(t)) // the other side may be faster
		} else if status := call.Result().Status; status < 400 || status > 499 {
			t.Errorf("%s: %d, want an answer or a 4xx", format, status)
		}
	}
	for _, r := range x.phone(t, moscow).Calls() {
		if strings.ContainsAny(r.From, "%&/@,;\"'$") || r.FromDisplay != "" {
			t.Errorf("the telephone was called by %q %s", r.FromDisplay, r.From)
		}
	}
}

// Calls from where no provider is are not even calls, whatever they say they
// are: they are asked for a password nobody has.
func TestForeignAddress(t *testing.T) {
	t.Parallel()
	x := shared(t)
	stranger := x.Loopback.Addr(hostileHost + 1)
	host := x.SIP().Addr().String()
	for _, c := range []struct{ name, from, login, password string }{
		{"a provider's endpoint", "<sip:trunk-7@" + host + ">", "", ""},
		{"a provider's address", "<sip:74952000000@" + x.Carrier("WestCall").Addr().Addr().String() + ">", "", ""},
		{"a gate", "<sip:westcall@" + host + ">", "", ""},
		{"a subscriber without a password", "<sip:" + moscow + "@" + host + ">", "", ""},
		{"a subscriber with a wrong password", "<sip:" + moscow + "@" + host + ">", moscow, "guess"},
		{"a number of ours", "<sip:74951815000@" + host + ">", "", ""},
		{"nobody", "<sip:anonymous@anonymous.invalid>", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := x.number("0486")
			for _, to := range []string{"74951815000", national(b)} {
				answer, err := sip.RawInvite(soon(t), sip.RawSpec{
					Local: stranger, Server: x.SIP(), URI: "sip:" + to + "@" + host, From: c.from, Login: c.login, Password: c.password,
					Lines: []string{`P-Asserted-Identity: <sip:74951815001@` + host + `>`},
				})
				if err != nil || answer.Status != 401 {
					t.Errorf("%s: %d %s, %v; want 401", to, answer.Status, answer.Reason, err)
				}
			}
			x.untouched(t, b)
		})
	}
	if ids, err := x.callsWhere(t, "source LIKE ?", stranger.String()+":%"); err != nil || len(ids) != 0 {
		t.Errorf("records %v, %v; want none", ids, err)
	}
}

// Asterisk's own records, the second source, stay one JSON object a line.
func TestHostileNamesInAsterisksRecords(t *testing.T) {
	t.Parallel()
	x := shared(t)
	var lines []string
	ours := false
	for n := 0; n < 5 && !ours; n++ { // the node takes the file away now and then
		var ids []string
		for _, from := range []string{"74951815001%0A%22%7D%0A%7B", "%22,%22dst%22:%22", "74951815001%5C"} {
			id := x.harmless(t, sip.RawSpec{From: `"\"}{x%0A" <sip:` + from + "@" + x.SIP().Addr().String() + ">"}, "74951815001")
			ids = append(ids, id)
		}
		for _, path := range []string{x.CDRFile(), x.CDRFile() + ".collecting-" + x.Nodes[0].Name} {
			text, err := os.ReadFile(path)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
			whole := strings.Split(string(text), "\n")
			lines = append(lines, whole[:len(whole)-1]...)
		}
		for _, id := range ids {
			ours = ours || id != "" && strings.Contains(strings.Join(lines, "\n"), id)
		}
	}
	if !ours {
		t.Fatal("Asterisk has written no record of these calls")
	}
	for _, line := range lines {
		if !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %s", line)
		}
	}
}
