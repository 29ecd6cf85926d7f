package alarm_test

import (
	"strings"
	"testing"
	"time"

	"tandem/alarm"
)

// The course of an alarm, minute by minute: b bad, g good, - between, u unknown;
// what it is after each: . none, p pending, F firing, R resolved.
func TestStep(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name            string
		wait, clear     time.Duration
		verdicts, wants string
	}{
		{"at once", 0, 0, "gbg", ".FR"},
		{"waits", 2 * time.Minute, 0, "bbbg", "ppFR"},
		{"too short", 2 * time.Minute, 0, "bbgbb", "pp.pp"},
		{"pending and not bad any more", 2 * time.Minute, 0, "b-b", "p.p"},
		{"over for long enough", 0, 2 * time.Minute, "bgggb", "FFFRF"},
		{"over too short", 0, 2 * time.Minute, "bggbggg", "FFFFFFR"},
		{"neither bad nor over", 0, time.Minute, "b--g-gg", "FFFFFFR"},
		{"nothing is heard", 0, 0, "b" + strings.Repeat("u", 60), strings.Repeat("F", 60) + "R"},
		{"nothing is heard and then it is bad", 0, 0, "b" + strings.Repeat("u", 59) + "bu", strings.Repeat("F", 62)},
		{"nothing is heard of what is pending", 5 * time.Minute, 0, "buuuubb", "pppppFF"},
		{"nothing is known", 0, 0, "uu", ".."},
	} {
		r := alarm.Rule{For: c.wait, ClearFor: c.clear, Window: 5 * time.Minute}
		at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
		var course alarm.Course
		var came strings.Builder
		for _, v := range c.verdicts {
			verdict := map[rune]alarm.Verdict{'b': alarm.Bad, 'g': alarm.Good, '-': alarm.Between, 'u': alarm.Unknown}[v]
			course = r.Step(course, verdict, at)
			came.WriteString(map[alarm.State]string{"": ".", alarm.Pending: "p", alarm.Firing: "F", alarm.Resolved: "R"}[course.State])
			at = at.Add(time.Minute)
		}
		if got := came.String(); got != c.wants {
			t.Errorf("%s: %s\n%s, want\n%s", c.name, c.verdicts, got, c.wants)
		}
	}
}

func TestStepTells(t *testing.T) {
	t.Parallel()
	r := alarm.Rule{For: time.Minute}
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	c := r.Step(alarm.Course{}, alarm.Bad, at)
	c = r.Step(c, alarm.Bad, at.Add(time.Minute))
	c = r.Step(c, alarm.Good, at.Add(time.Hour))
	want := alarm.Course{
		State: alarm.Resolved, Since: at, FiredAt: at.Add(time.Minute), ClearSince: at.Add(time.Hour), SeenAt: at.Add(time.Hour),
		ResolvedAt: at.Add(time.Hour), ResolvedBy: alarm.ByValue,
	}
	if c != want {
		t.Errorf("%+v, want %+v", c, want)
	}
	if c := (alarm.Course{State: alarm.Pending}).End(at); !c.Gone() {
		t.Errorf("a pending alarm without a rule: %+v", c)
	}
	if c := (alarm.Course{State: alarm.Firing}).End(at); c.State != alarm.Resolved || c.ResolvedBy != alarm.ByRule || c.ResolvedAt != at {
		t.Errorf("a firing alarm without a rule: %+v", c)
	}
}

func TestSilence(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to, zone, at string
		want               bool
	}{
		{"22:00", "07:00", "Europe/Moscow", "2026-03-01T18:59:00Z", false},
		{"22:00", "07:00", "Europe/Moscow", "2026-03-01T19:00:00Z", true},
		{"22:00", "07:00", "Europe/Moscow", "2026-03-01T03:59:59Z", true},
		{"22:00", "07:00", "Europe/Moscow", "2026-03-01T04:00:00Z", false},
		{"12:00", "13:00", "UTC", "2026-03-01T12:00:00Z", true},
		{"12:00", "13:00", "UTC", "2026-03-01T13:00:00Z", false},
		{"02:00", "03:00", "Europe/Berlin", "2026-03-29T01:30:00Z", false}, // 03:30: the hour was left out
		{"02:00", "03:00", "Europe/Berlin", "2026-10-25T00:30:00Z", true},
		{"02:00", "03:00", "Europe/Berlin", "2026-10-25T01:30:00Z", true}, // once more
		{"", "", "", "2026-03-01T12:00:00Z", false},
	} {
		s, err := alarm.NewSilence(c.from, c.to, c.zone)
		if err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.At(at); got != c.want {
			t.Errorf("%s to %s in %s at %s: %v", c.from, c.to, c.zone, c.at, got)
		}
	}
	for _, bad := range []string{"24:00", "7:00", "7", "22:60", "22:00:00", "xx:yy"} {
		if _, err := alarm.NewSilence(bad, "07:00", "UTC"); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
}

// Keys are read back as they were, whatever carriers call themselves.
func TestKey(t *testing.T) {
	t.Parallel()
	r := alarm.Rule{Each: []string{"country", "network"}}
	name := "A,b=c%2C\"Ж"
	key, ok := r.Key(alarm.Subject{"RU", name})
	if !ok || strings.Count(key, ",") != 1 || strings.Count(key, "=") != 2 {
		t.Fatalf("%q %v", key, ok)
	}
	if got := alarm.Unescape(key[strings.LastIndexByte(key, '=')+1:]); got != name {
		t.Errorf("%q, want %q", got, name)
	}
	if _, ok := r.Key(alarm.Subject{"RU", strings.Repeat("x", 300)}); ok {
		t.Error("a key that the column has no room for")
	}
}

func TestSentence(t *testing.T) {
	t.Parallel()
	told := alarm.Told{
		Measure: "asr", Unit: alarm.Percent, Condition: alarm.Drop, Window: time.Hour, By: map[string]string{"provider": "7", "country": "RU"},
		Name: map[string]string{"provider": "Vox\nBeam"}, Threshold: 40_000_000, Value: 21_430_000, Low: new(alarm.Value(17_900_000)), High: new(alarm.Value(25_349_999)),
		Samples: 512, Past: new(alarm.Value(48_200_000)),
	}
	want := "ASR of provider Vox Beam, country RU in 60 min: 21.4 %, down by 40 % or more (95 % interval 17.9 % to 25.3 %, of 512, was 48.2 %)"
	if got := alarm.Sentence(&told); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	told = alarm.Told{Measure: "calls_to_number", Unit: alarm.Count, Condition: alarm.Above, Window: 10 * time.Minute, By: map[string]string{"b_number": "25212345678"}, Threshold: 100_000_000, Value: 140_000_000}
	if got, want := alarm.Sentence(&told), "Calls to number 25212345678 in 10 min: 140, limit 100"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
