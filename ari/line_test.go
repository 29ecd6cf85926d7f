package ari_test

import (
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/ari"
	"tandem/ari/aritest"
)

// talk is a call in progress as Asterisk has it.
const (
	callID    = "alpha-1.1"
	calledLeg = "PJSIP/trunk-11-35-00000005"
)

// talkOf makes a fake with one call that has talked for 7.5 s and has 52.45 s left.
func talkOf(t *testing.T) (*aritest.AMI, *ari.Line) {
	t.Helper()
	f := aritest.NewAMI(t)
	f.SetVariable(callID, "DIALEDPEERNAME", calledLeg)
	f.SetVariable(callID, "limit", "60")
	f.SetVariable(calledLeg, "TIMEOUT(absolute)", "52.450")
	f.SetVariable(calledLeg, "since", "1795324000000")
	f.SetVariable(calledLeg, "STRFTIME(,,%s%3q)", "1795324007500")
	return f, ari.NewLine(client(t, aritest.New(t), nil), manager(t, f.Address, nil), nil)
}

func TestLimit(t *testing.T) {
	t.Parallel()
	f, l := talkOf(t)
	before := time.Now()
	a, err := l.Limit(t.Context(), callID)
	if err != nil || !a.Answered || a.Called != calledLeg || a.Left != 52450*time.Millisecond || a.Talked != 7500*time.Millisecond {
		t.Errorf("%+v, %v", a, err)
	}
	if a.At.Before(before) || a.At.After(time.Now()) {
		t.Errorf("as of %v, asked at %v", a.At, before)
	}
	if n := len(f.Requests()); n != 4 {
		t.Errorf("%d requests", n)
	}
	f.SetVariable(calledLeg, "STRFTIME(,,%s%3q)", "1795323999000") // the clock was put back
	if a, err := l.Limit(t.Context(), callID); err != nil || a.Talked != 0 {
		t.Errorf("%+v, %v", a, err)
	}
	f.SetVariable(calledLeg, "since", "")
	if a, err := l.Limit(t.Context(), callID); err != nil || a.Answered {
		t.Errorf("not armed yet: %+v, %v", a, err)
	}
	f.SetVariable(callID, "DIALEDPEERNAME", "")
	if a, err := l.Limit(t.Context(), callID); err != nil || a.Answered {
		t.Errorf("ringing: %+v, %v", a, err)
	}
	f.SetVariable(callID, "DIALEDPEERNAME", calledLeg)
	f.HangUp(calledLeg)
	if _, err := l.Limit(t.Context(), callID); !errors.Is(err, ari.ErrNoChannel) {
		t.Errorf("talk over: %v", err)
	}
	f.HangUp(callID)
	for _, id := range []string{callID, ""} {
		if _, err := l.Limit(t.Context(), id); !errors.Is(err, ari.ErrNoChannel) {
			t.Errorf("call %q over: %v", id, err)
		}
	}
}

// What is not a number is never taken for one.
func TestLimitGarbage(t *testing.T) {
	t.Parallel()
	f, l := talkOf(t)
	for _, name := range []string{"TIMEOUT(absolute)", "STRFTIME(,,%s%3q)", "since"} {
		good := f.Variable(calledLeg, name)
		for _, bad := range []string{"x", "12,5", "1e99", "- 1"} {
			f.SetVariable(calledLeg, name, bad)
			if a, err := l.Limit(t.Context(), callID); !errors.Is(err, ari.ErrAnswer) {
				t.Errorf("%s = %q: %+v, %v", name, bad, a, err)
			}
		}
		f.SetVariable(calledLeg, name, good)
	}
}

// The called leg's limit, what the dialplan compares it with, and the sound, in
// one go; the limit first.
func TestArm(t *testing.T) {
	t.Parallel()
	f, l := talkOf(t)
	a, err := l.Limit(t.Context(), callID)
	if err != nil {
		t.Fatal(err)
	}
	f.Requests()
	a.At = time.Now().Add(-time.Second) // the money was held meanwhile
	if err := l.Arm(t.Context(), callID, a, 112*time.Second, 119900*time.Millisecond, "vm-goodbye"); err != nil {
		t.Fatal(err)
	}
	got := f.Requests()
	left, err := time.ParseDuration(f.Variable(calledLeg, "TIMEOUT(absolute)") + "s")
	if want := 111*time.Second - ari.LimitMargin; err != nil || left > want || left < want-5*time.Second {
		t.Errorf("armed %v, %v; want %v", left, err, want)
	}
	want := []string{"Setvar " + calledLeg + " TIMEOUT(absolute) ", "Setvar " + callID + " limit 119", "Setvar " + callID + " spent vm-goodbye"}
	if len(got) < 3 || !strings.HasPrefix(got[0], want[0]) || !slices.Equal(got[1:3], want[1:]) {
		t.Errorf("sent %q, want %q", got, want)
	}
	if err := l.Arm(t.Context(), callID, a, 0, time.Second, ""); err != nil || f.Variable(calledLeg, "TIMEOUT(absolute)") != "0.010" || f.Variable(callID, "spent") != "" {
		t.Errorf("a limit that is over: %v, %q", err, f.Variable(calledLeg, "TIMEOUT(absolute)"))
	}
	f.HangUp(callID)
	if err := l.Arm(t.Context(), callID, a, time.Minute, time.Minute, ""); !errors.Is(err, ari.ErrNoChannel) {
		t.Errorf("the caller is gone: %v", err)
	}
}

// What would mean no limit, or reach into the dialplan, is refused unsent.
func TestArmRefuses(t *testing.T) {
	t.Parallel()
	f, l := talkOf(t)
	a := ari.Armed{Answered: true, Called: calledLeg, At: time.Now()}
	unread, nobody := a, a
	unread.At, nobody.Called = time.Time{}, ""
	for name, err := range map[string]error{
		"no total":      l.Arm(t.Context(), callID, a, time.Minute, 0, ""),
		"a total below": l.Arm(t.Context(), callID, a, time.Minute, -time.Minute, ""),
		"never read":    l.Arm(t.Context(), callID, unread, time.Minute, time.Minute, ""),
		"nobody called": l.Arm(t.Context(), callID, nobody, time.Minute, time.Minute, ""),
		"no call":       l.Arm(t.Context(), "", a, time.Minute, time.Minute, ""),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	for _, sound := range []string{"../x", "a b", "a,b", "${SHELL(x)}", "a\r\nAction: x", "/etc/passwd", strings.Repeat("a", 81)} {
		if err := l.Arm(t.Context(), callID, a, time.Minute, time.Minute, sound); !errors.Is(err, ari.ErrText) {
			t.Errorf("sound %q: %v", sound, err)
		}
		if err := l.Warn(t.Context(), callID, sound); !errors.Is(err, ari.ErrText) {
			t.Errorf("whisper %q: %v", sound, err)
		}
	}
	if r := f.Requests(); len(r) != 0 {
		t.Errorf("sent all the same: %q", r)
	}
}

// An order that took its time to arrive counts from its arrival: it is given
// again, shorter.
func TestArmAgainWhenLate(t *testing.T) {
	t.Parallel()
	f, l := talkOf(t)
	a, err := l.Limit(t.Context(), callID)
	if err != nil {
		t.Fatal(err)
	}
	f.Requests()
	late := make(chan struct{}, 1)
	late <- struct{}{}
	f.SetFault(func(net.Conn, map[string]string) bool {
		select {
		case <-late:
			<-time.After(short)
		default:
		}
		return false
	})
	if err := l.Arm(t.Context(), callID, a, time.Minute, time.Minute, ""); err != nil {
		t.Fatal(err)
	}
	var armed []time.Duration
	for _, r := range f.Requests() {
		if rest, ok := strings.CutPrefix(r, "Setvar "+calledLeg+" TIMEOUT(absolute) "); ok {
			d, err := time.ParseDuration(rest + "s")
			if err != nil {
				t.Fatal(err)
			}
			armed = append(armed, d)
		}
	}
	if len(armed) < 2 || armed[0]-armed[1] < short {
		t.Errorf("armed %v", armed)
	}
}

// Never beyond the time it was to strike, never 0, whatever is asked for.
func TestArmProperty(t *testing.T) {
	t.Parallel()
	f, l := talkOf(t)
	rapid.Check(t, func(r *rapid.T) {
		left := time.Duration(rapid.Int64Range(-1e12, 1e14).Draw(r, "left"))
		ago := time.Duration(rapid.Int64Range(0, 1e11).Draw(r, "ago"))
		a := ari.Armed{Answered: true, Called: calledLeg, At: time.Now().Add(-ago)}
		sent := time.Now()
		if err := l.Arm(t.Context(), callID, a, left, time.Hour, ""); err != nil {
			r.Fatal(err)
		}
		text := f.Variable(calledLeg, "TIMEOUT(absolute)")
		armed, err := time.ParseDuration(text + "s")
		if err != nil || armed < time.Millisecond {
			r.Fatalf("armed %q, %v", text, err)
		}
		if end := a.At.Add(left); armed > 10*time.Millisecond && sent.Add(armed).After(end) {
			r.Fatalf("strikes %v after the talk that is paid", sent.Add(armed).Sub(end))
		}
	})
}

func TestWarnNeedsTheStream(t *testing.T) {
	t.Parallel()
	_, l := talkOf(t)
	if err := l.Warn(t.Context(), callID, "beep"); !errors.Is(err, ari.ErrAway) {
		t.Error(err)
	}
}
