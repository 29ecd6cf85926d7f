package ari_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/ari"
	"tandem/ari/aritest"
	"tandem/dialplan"
)

const now = `EVAL(${direction}/${IF($["${open}" = "1"]?${T_K${route}}:)})`

// talking is the caller's channel of a call in an attempt.
func talking(n int) aritest.Channel {
	return aritest.Channel{
		ID: fmt.Sprintf("alpha-1.%d", 2*n), Name: fmt.Sprintf("PJSIP/moscow-101-%08x", n), State: "Up", Account: "5",
		Context: "make_a_call", Exten: "hunt", Application: "Dial",
		AppData: "PJSIP/74950000001@trunk-11-35,20^3,giU(predial^7200^11.c.a35^out)",
		Created: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC),
	}
}

// called is the other channel of it.
func called(n int) aritest.Channel {
	return aritest.Channel{
		ID: fmt.Sprintf("alpha-1.%d", 2*n+1), Name: fmt.Sprintf("PJSIP/trunk-11-35-%08x", n), State: "Up",
		Context: "public", Application: "AppDial", AppData: "(Outgoing Line)",
	}
}

// elsewhere is a caller's channel that executes something else than Dial.
func elsewhere(n int, exten, application, variables string) aritest.Channel {
	c := talking(n)
	c.State, c.Context, c.Exten, c.Application, c.AppData = "Ring", "service", exten, application, "whatever"
	c.Variables = map[string]string{now: variables}
	return c
}

func TestCallsUp(t *testing.T) {
	t.Parallel()
	s := aritest.New(t)
	armed := called(1)
	armed.Context, armed.Exten, armed.Application = "predial", "s", "Set"
	door := talking(9)
	door.Context, door.Exten, door.Application = "public", "74950000001", ""
	old := talking(6) // seized before the dialplan told ARI of keys
	old.AppData, old.Variables = "PJSIP/74950000001@westcall,20^3,giU(predial^7200)", map[string]string{now: "in/7.c.g8"}
	s.SetChannels(
		talking(1), armed, talking(2), called(2), door, old,
		elsewhere(3, "ask", "AGI", "out/"),
		elsewhere(4, "seize", "Set", "/"),
		elsewhere(5, "echo", "Echo", "out/"),
	)
	got, err := client(t, s, nil).CallsUp(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	up := func(n int, state, direction, key string) ari.Up {
		return ari.Up{
			CallID: fmt.Sprintf("alpha-1.%d", 2*n), Endpoint: "moscow-101", Account: "5", Direction: direction, Key: key, State: state,
			Created: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC),
		}
	}
	want := []ari.Up{
		up(1, "Up", "out", "11.c.a35"), up(2, "Up", "out", "11.c.a35"), up(6, "Up", "in", "7.c.g8"),
		up(3, "Ring", "out", ""), up(4, "Ring", "", ""), up(5, "Ring", "out", ""),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if n := len(s.Requests()); n != 1+4 {
		t.Errorf("%d requests, want one and one for each of the four that Dial says nothing of", n)
	}
}

// Calls in attempts, which are nearly all, cost one request together.
func TestCallsUpIsOneRequest(t *testing.T) {
	t.Parallel()
	s := aritest.New(t)
	var channels []aritest.Channel
	for n := range 500 {
		channels = append(channels, talking(n), called(n))
	}
	s.SetChannels(channels...)
	calls, err := client(t, s, nil).CallsUp(t.Context())
	if err != nil || len(calls) != 500 {
		t.Errorf("%d calls, %v", len(calls), err)
	}
	if n := len(s.Requests()); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
}

// A call that ends between the list and the question about it is not up; a
// question that fails makes the whole answer fail.
func TestCallsUpMeanwhile(t *testing.T) {
	t.Parallel()
	s := aritest.New(t)
	list := []aritest.Channel{talking(1)}
	for n := 2; n < 40; n++ {
		list = append(list, elsewhere(n, "ask", "AGI", "out/"))
	}
	s.SetChannels(list...)
	variablesSay := func(status int, message string) {
		s.SetFault(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/ari/channels" {
				s.Pass(w, r)
				return
			}
			w.WriteHeader(status)
			_, _ = w.Write([]byte(message))
		})
	}
	c := client(t, s, nil)
	variablesSay(http.StatusNotFound, `{"message":"Provided channel was not found"}`)
	calls, err := c.CallsUp(t.Context())
	if err != nil || len(calls) != 1 || calls[0].CallID != "alpha-1.2" {
		t.Errorf("%v, %v", calls, err)
	}
	variablesSay(http.StatusServiceUnavailable, "")
	if calls, err := c.CallsUp(t.Context()); err == nil || calls != nil {
		t.Errorf("%v, %v", calls, err)
	}
	variablesSay(http.StatusOK, `{"value":"nonsense"}`)
	if calls, err := c.CallsUp(t.Context()); !errors.Is(err, ari.ErrAnswer) || calls != nil {
		t.Errorf("%v, %v", calls, err)
	}
}

func TestAttempt(t *testing.T) {
	t.Parallel()
	for appData, want := range map[string][2]string{
		"PJSIP/7495@trunk-11-35,20^3,giU(predial^7200^11.c.a35^out^PJSIP/anna-00000001)": {"11.c.a35", "out"},
		"PJSIP/7495@trunk-11-35,20^3,giU(predial^7200^11.c.a35^out)":                     {"11.c.a35", "out"}, // of an older dialplan
		"IAX2/macomnet@msm/7495,20,giU(predial^7200^v2^redirect)":                        {"v2", "redirect"},
		"PJSIP/7495@x,20,gL(60000)U(predial^7200^7.c.g8^in^more)i":                       {"7.c.g8", "in"},
		"PJSIP/7495@x,20,giU(predial^7200^^out)":                                         {"", "out"},
		"PJSIP/7495@x,20,giU(predial^7200)":                                              {},
		"PJSIP/7495@x,20,giU(predial^7200^11.c.a35^out":                                  {},
		"PJSIP/U(predial^1^evil^in)@x,20,giU(predial^7200^11.c.a35^out)":                 {"11.c.a35", "out"},
		"": {}, "U(": {}, "U(predial^)": {},
	} {
		key, direction := ari.Attempt(appData)
		if key != want[0] || direction != want[1] {
			t.Errorf("%q: %q, %q; want %q", appData, key, direction, want)
		}
	}
}

func TestEndpointOfChannel(t *testing.T) {
	t.Parallel()
	for channel, want := range map[string]string{
		"PJSIP/moscow-101-00000003": "moscow-101", "PJSIP/westcall-0000abcd": "westcall", "IAX2/macomnet-1234": "macomnet", "": "", "odd": "",
	} {
		if got := ari.EndpointOf(channel); got != want {
			t.Errorf("%s: %q, want %q", channel, got, want)
		}
	}
}

// The limit that the dialplan arms and the one that a Line moves strike alike.
func TestOneMargin(t *testing.T) {
	t.Parallel()
	if ari.LimitMargin != dialplan.LimitMargin {
		t.Errorf("ari %v, dialplan %v", ari.LimitMargin, dialplan.LimitMargin)
	}
}

// What CallsUp reads is what the dialplan writes.
func TestDialplanTellsARI(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../dialplan/testdata/golden/extensions.conf")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		`(?m)^\[service\]$`, `(?m)^\[make_a_call\]$`, `(?m)^\[redirect\]$`, `(?m)^\[predial\]$`,
		`(?m)^ same => n,Dial\(.*U\(predial\^\$\{limit\}\^\$\{FILTER\(0-9a-z\.,\$\{T_K\$\{route\}\}\)\}\^\$\{direction\}\^\$\{CHANNEL\}\)\)$`,
		`(?m)^ same => n,Set\(CHANNEL\(accountcode\)=`, `Set\(open=1\)`, `MSet\(log=.*,open=\)`, `Set\(route=`, `Set\(direction=`,
	} {
		if !regexp.MustCompile(line).Match(text) {
			t.Errorf("the dialplan has no %s", line)
		}
	}
}
