package sip_test

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/play/sip"
)

// TestOutcomes dials every kind of ending.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		ending   string
		status   int    // final
		before   string // provisional responses other than 100
		early    bool   // the 183 has a session description
		header   string // of the final response
		value    string
		hangsUp  bool // the called party ends it
		giveUpOn int  // cancel when this status has come
	}{
		{ending: "7777", status: 200, before: "180"},
		{ending: "0486", status: 486},
		{ending: "0503", status: 503},
		{ending: "0404", status: 404},
		{ending: "0403", status: 403},
		{ending: "0480", status: 480},
		{ending: "0484", status: 484},
		{ending: "0500", status: 500},
		{ending: "0603", status: 603},
		{ending: "0699", status: 200, before: "180"}, // no such status: an ordinary number
		{ending: "1480", status: 480, before: "180"},
		{ending: "1603", status: 603, before: "180"},
		{ending: "2503", status: 503, before: "183", early: true},
		{ending: "2302", status: 200, before: "180"},
		{ending: "9100", status: 200, before: "180"},
		{ending: "9101", status: 200, before: "180", hangsUp: true},
		{ending: "9201", status: 200, before: "180"},
		{ending: "9301", status: 487, before: "180", giveUpOn: 180},
		{ending: "9302", status: 487, giveUpOn: 100},
		{ending: "9304", status: 200, before: "183", early: true},
		{ending: "9305", status: 200, before: "180", giveUpOn: 180},
		{ending: "9306", status: 302, header: "Contact", value: "<sip:79000000000@127.9.9.9:5060>"},
		{ending: "9307", status: 200, before: "180"},
		{ending: "9417", status: 503, header: "Reason", value: "Q.850;cause=17"},
		{ending: "9527", status: 480, before: "180", header: "Reason", value: "Q.850;cause=27"},
	} {
		t.Run(tc.ending, func(t *testing.T) {
			t.Parallel()
			carrier := startCarrier(t, sip.CarrierConfig{})
			phone := startPhone(t, carrier.Addr())
			call := dial(t, phone, "7495123"+tc.ending)
			switch tc.giveUpOn {
			case 100:
				// Cancel itself waits for the 100.
				must(t, call.Cancel(soon(t)))
			case 180:
				must(t, call.WaitRinging(soon(t)))
				must(t, call.Cancel(soon(t)))
			}
			err := call.WaitAnswer(soon(t))
			if tc.status == 200 {
				must(t, err)
			} else {
				equal(t, "error", rejected(err), tc.status)
			}
			if !tc.hangsUp {
				must(t, call.Hangup(soon(t)))
			}
			must(t, call.WaitEnded(soon(t)))

			got := call.Result()
			equal(t, "status", got.Status, tc.status)
			var before []string
			early := false
			for _, p := range got.Provisionals {
				if p.Status != 100 {
					before = append(before, strconv.Itoa(p.Status))
					early = early || p.Media
				}
			}
			// sipgo handles messages side by side, so that a 180 may be
			// overtaken by the 200 that follows it.
			if tc.status != 200 || len(before) > 0 {
				equal(t, "provisional", strings.Join(before, " "), tc.before)
				equal(t, "early media offered", early, tc.early)
			}
			if tc.header != "" {
				equal(t, tc.header, call.Header(tc.header), tc.value)
			}

			seen := record(t, carrier, call)
			equal(t, "recorded status", seen.Status, tc.status)
			equal(t, "recorded number", seen.Called, "7495123"+tc.ending)
			equal(t, "recorded side", seen.EndedBy, got.EndedBy)
			equal(t, "answered", seen.Answered(), got.Answered())
			wantSide := sip.Caller
			if tc.hangsUp || tc.status >= 300 && tc.giveUpOn == 0 {
				wantSide = sip.Called
			}
			equal(t, "ended by", got.EndedBy, wantSide)
		})
	}
}

// TestMute: nothing comes back, so nothing can be cancelled either.
func TestMute(t *testing.T) {
	t.Parallel()
	carrier := startCarrier(t, sip.CarrierConfig{})
	phone := startPhone(t, carrier.Addr())
	call := dial(t, phone, "74951239303")
	seen, err := carrier.WaitCall(soon(t), sip.Ended("9303"))
	must(t, err)
	equal(t, "outcome", seen.Outcome, "mute")
	equal(t, "recorded status", seen.Status, 0)
	must(t, carrier.WaitIdle(soon(t)))
	equal(t, "responses", len(call.Result().Provisionals), 0)
	equal(t, "status", call.Result().Status, 0)
}

// TestDocumentation: the table people read is the table the program goes by.
func TestDocumentation(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("doc.go")
	must(t, err)
	for _, code := range sip.Outcomes() {
		if line := "//\t" + code.Suffix + "  " + code.Says + "\n"; !strings.Contains(string(text), line) {
			t.Errorf("doc.go lacks %q", line)
		}
		equal(t, "length of "+code.Suffix, len(code.Suffix), 4)
	}
	for _, status := range sip.Statuses() {
		if !strings.Contains(string(text), strconv.Itoa(status)) {
			t.Errorf("doc.go lacks status %d", status)
		}
	}
}

func TestDigits(t *testing.T) {
	t.Parallel()
	decide := sip.Digits(sip.NewExchange())
	for called, want := range map[string]string{
		"74957777777":  "answer",
		"+74957770486": "486",
		"0486":         "486",
		"486":          "answer",
		"":             "answer",
		"abcd":         "answer",
		"7495777048a":  "answer",
		"74951239142":  "answer for 42s",
		"74951239207":  "answer after 7s",
		"74957952302":  "answer", // a number of the demo, not "early media, then 302"
		"74951815000":  "answer",
		"74951239499":  "503",
	} {
		equal(t, called, decide(sip.Invite{Called: called}).Name, want)
	}
}

// TestHunt: carriers that share an exchange know who was asked first, whatever
// technical prefix each of them is dialled with.
func TestHunt(t *testing.T) {
	t.Parallel()
	decide := sip.Digits(sip.NewExchange())
	at := time.Date(2026, 8, 5, 12, 0, 0, 0, time.UTC)
	ask := func(called string, after time.Duration) string {
		return decide(sip.Invite{Called: called, At: at.Add(after)}).Name
	}
	equal(t, "first", ask("0011101"+"74951235503", 0), "503")
	equal(t, "another number", ask("74951245503", time.Second), "503")
	equal(t, "second", ask("+74951235503", 2*time.Second), "answer")
	equal(t, "next hunt", ask("74951235503", 3*time.Second), "503")
	equal(t, "long after", ask("74951235503", time.Minute), "503")
	equal(t, "silent first", ask("74951235100", 0), "silent")
	equal(t, "then answers", ask("74951235100", time.Second), "answer")
}

// TestOrders: set outcomes go before the profile, the longest ending first.
func TestOrders(t *testing.T) {
	t.Parallel()
	carrier := startCarrier(t, sip.CarrierConfig{Profile: func(sip.Invite) sip.Outcome { return sip.Fail(404) }})
	phone := startPhone(t, carrier.Addr())
	try := func(to string) int {
		t.Helper()
		return rejected(dial(t, phone, to).WaitAnswer(soon(t)))
	}
	equal(t, "profile", try("74950000001"), 404)
	carrier.SetOutcome(sip.Fail(503))
	equal(t, "for all", try("74950000001"), 503)
	carrier.SetOutcomeFor("0001", sip.Fail(486))
	carrier.SetOutcomeFor("74950000001", sip.Fail(603))
	equal(t, "whole number", try("74950000001"), 603)
	equal(t, "ending", try("74951110001"), 486)
	equal(t, "other number", try("74951110002"), 503)
	carrier.ClearOutcomes()
	equal(t, "profile again", try("74950000001"), 404)
	equal(t, "counted", carrier.Counters().ByStatus[404], 2)
}
