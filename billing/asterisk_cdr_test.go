package billing_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/billing"
	"tandem/billing/rate"
)

// asteriskLine is what Asterisk 22.10.1 wrote for a call that was answered.
const asteriskLine = `{"uniqueid":"alpha-1795324814.0","linkedid":"alpha-1795324814.0","sequence":2,"channel":"PJSIP/moscow-101-00000000",` +
	`"dstchannel":"PJSIP/trunk-11-35-00000002","start":1795324814.378062,"answer":1795324814.585617,"end":1795324816.589612,` +
	`"duration":2,"billsec":2,"disposition":"ANSWERED"}`

func TestParseAsteriskCDR(t *testing.T) {
	t.Parallel()
	c, err := billing.ParseAsteriskCDR([]byte(asteriskLine))
	want := billing.AsteriskCDR{
		UniqueID: "alpha-1795324814.0", LinkedID: "alpha-1795324814.0", Sequence: 2, Channel: "PJSIP/moscow-101-00000000",
		DestChannel: "PJSIP/trunk-11-35-00000002", Start: time.UnixMilli(1795324814378).UTC(), Answer: time.UnixMilli(1795324814586).UTC(),
		End: time.UnixMilli(1795324816590).UTC(), Disposition: "ANSWERED",
	}
	if err != nil || c != want {
		t.Fatalf("%+v, %v", c, err)
	}
	// Zero is Asterisk's word for "not answered".
	if c, err = billing.ParseAsteriskCDR([]byte(strings.Replace(asteriskLine, "1795324814.585617", "0.000000", 1))); err != nil || !c.Answer.IsZero() {
		t.Fatalf("%+v, %v", c, err)
	}
}

// A clock that is set back during a call makes no call disappear.
func TestParseAsteriskCDRAfterAClockStep(t *testing.T) {
	t.Parallel()
	c, err := billing.ParseAsteriskCDR([]byte(strings.Replace(asteriskLine, `"end":1795324816.589612`, `"end":1795321216.000000`, 1)))
	if err != nil || !c.End.Equal(c.Answer) {
		t.Fatalf("%+v, %v", c, err)
	}
	if _, talk, answered := billing.Talk([]billing.AsteriskCDR{c}); talk != 0 || !answered {
		t.Fatalf("talk %s, answered %t", talk, answered)
	}
}

func TestParseAsteriskCDRNamesTheField(t *testing.T) {
	t.Parallel()
	for change, field := range map[string]string{
		`"uniqueid":"alpha-1795324814.0"|"uniqueid":""`:            "uniqueid",
		`"uniqueid":"alpha-1795324814.0"|"uniqueid":"a\nb"`:        "uniqueid",
		`PJSIP/moscow-101-00000000|PJSIP/москва`:                   "channel",
		`"disposition":"ANSWERED"|"disposition":"` + long() + `"`:  "disposition",
		`"sequence":2|"sequence":2.5`:                              "sequence",
		`"start":1795324814.378062|"start":0`:                      "started",
		`"start":1795324814.378062|"start":-1`:                     "start",
		`"end":1795324816.589612|"end":99999999999`:                "end",
		`"answer":1795324814.585617|"answer":1e400`:                "answer",
		`"disposition":"ANSWERED"}|"disposition":"ANSWERED"}{}`:    "more than one",
		`"disposition":"ANSWERED"}|"disposition":"ANSW`:            "",
		`"sequence":2,|"sequence":99999999999999999999999999,`:     "sequence",
		`"linkedid":"alpha-1795324814.0"|"linkedid":["a"]`:         "linkedid",
		`"start":1795324814.378062|"start":"2026-01-01T00:00:00Z"`: "",
	} {
		old, with, _ := strings.Cut(change, "|")
		line := strings.Replace(asteriskLine, old, with, 1)
		if line == asteriskLine {
			t.Errorf("%s: changes nothing", change)
		}
		if _, err := billing.ParseAsteriskCDR([]byte(line)); !errors.Is(err, billing.ErrAsteriskCDR) || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v", with, err)
		}
	}
}

func long() string { return strings.Repeat("x", 129) }

// Of the records of a call those count in which a called party answered: not the
// one that Asterisk writes for the time after Dial.
func TestTalkOfAsterisksRecords(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	s := func(n int) time.Time { return at.Add(time.Duration(n) * time.Second) }
	failed := billing.AsteriskCDR{DestChannel: "PJSIP/a-1", Start: s(0), End: s(2)}
	carried := billing.AsteriskCDR{DestChannel: "PJSIP/b-1", Start: s(2), Answer: s(5), End: s(65)}
	trailing := billing.AsteriskCDR{Start: s(65), Answer: s(65), End: s(70)}
	ages := billing.AsteriskCDR{DestChannel: "PJSIP/d-1", Start: time.Unix(1, 0), Answer: time.Unix(2, 0), End: time.Unix(9_999_999_999, 0)}
	second := billing.AsteriskCDR{DestChannel: "PJSIP/c-1", Start: s(70), Answer: s(72), End: s(75)}
	for name, c := range map[string]struct {
		records  []billing.AsteriskCDR
		from     time.Time
		talk     time.Duration
		answered bool
	}{
		"none":           {nil, time.Time{}, 0, false},
		"failed":         {[]billing.AsteriskCDR{failed}, time.Time{}, 0, false},
		"carried":        {[]billing.AsteriskCDR{trailing, carried, failed}, s(5), time.Minute, true},
		"only our voice": {[]billing.AsteriskCDR{failed, trailing}, time.Time{}, 0, false},
		"of ages":        {[]billing.AsteriskCDR{ages, ages}, time.Unix(2, 0), rate.MaxTalk, true},
		"many of them":   {slices.Repeat([]billing.AsteriskCDR{ages}, 100), time.Unix(2, 0), rate.MaxTalk, true},
		"two":            {[]billing.AsteriskCDR{second, carried}, s(5), 63 * time.Second, true},
	} {
		if from, talk, answered := billing.Talk(c.records); !from.Equal(c.from) || talk != c.talk || answered != c.answered {
			t.Errorf("%s: from %s, %s, %t", name, from, talk, answered)
		}
	}
}

// Whatever the file holds, a record is usable or refused.
func FuzzParseAsteriskCDR(f *testing.F) {
	f.Add([]byte(asteriskLine))
	f.Add([]byte(`{"uniqueid":"a","start":"1","end":1e9,"sequence":-1}`))
	f.Add([]byte(`{"UNIQUEID":"\u0000"}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, line []byte) {
		c, err := billing.ParseAsteriskCDR(line)
		if err != nil {
			if !errors.Is(err, billing.ErrAsteriskCDR) {
				t.Fatalf("%q: %v", line, err)
			}
			return
		}
		if c.UniqueID == "" || c.Start.IsZero() || c.End.Before(c.Start) || c.End.Before(c.Answer) || c.End.Year() > 2286 {
			t.Fatalf("%q: %+v", line, c)
		}
		for _, text := range []string{c.UniqueID, c.LinkedID, c.Channel, c.DestChannel, c.Disposition} {
			if len(text) > 128 || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
				t.Fatalf("%q: %q", line, text)
			}
		}
		if from, talk, answered := billing.Talk([]billing.AsteriskCDR{c}); talk < 0 || answered == from.IsZero() {
			t.Fatalf("%q: talk %s from %s", line, talk, from)
		}
	})
}
