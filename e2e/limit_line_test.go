//go:build e2e

package e2e_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tandem/ari"
	"tandem/billing"
	"tandem/internal/e164"
	"tandem/play"
	"tandem/play/sip"
)

// reached is what a node would reach the exchange's calls by.
type reached struct {
	*ari.Line
	ami     *ari.AMI
	rest    *ari.Client
	stream  *ari.Stream
	resyncs chan uint64
}

// reach keeps a connection of each kind up until the test ends.
func (x *exchange) reach(t *testing.T) *reached {
	t.Helper()
	r, err := x.Describe()
	if err != nil {
		t.Fatal(err)
	}
	l := &reached{rest: x.ari(t, ""), resyncs: make(chan uint64, 100)}
	l.ami, err = ari.NewAMI(ari.AMIConfig{
		Server: play.ServerName, Address: r.AMI.Address, User: r.AMI.User, Secret: r.AMI.Password, Log: zerolog.Nop(),
	})
	if err != nil {
		t.Fatal(err)
	}
	l.stream, err = ari.NewStream(l.rest, ari.StreamConfig{
		App: ari.AppName(fmt.Sprintf("test-%d", x.numbers.Add(1))), Log: zerolog.Nop(),
		OnConnect: func(_ context.Context, generation uint64) { l.resyncs <- generation },
	})
	if err != nil {
		t.Fatal(err)
	}
	l.Line = ari.NewLine(l.rest, l.ami, l.stream)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() { l.ami.Run(ctx) })
	running.Go(func() { l.stream.Run(ctx) })
	t.Cleanup(func() { cancel(); running.Wait() })
	l.connected(t, 1)
	return l
}

// connected waits for the n-th connection of the event stream.
func (l *reached) connected(t *testing.T, n uint64) {
	t.Helper()
	eventually(t, patience, func() error {
		if s := l.stream.Stats(); !s.Connected || s.Generation < n {
			return fmt.Errorf("event stream %+v, want connection %d", s, n)
		}
		return nil
	})
}

// talking is a call in progress from Moscow and its id.
func (x *exchange) talking(t *testing.T, b e164.Number) (*sip.Call, string) {
	t.Helper()
	call := x.dial(t, moscow, national(b))
	heard(t, call)
	x.started(t, national(b))
	ids, err := x.callsWhere(t, "dialled = ?", national(b))
	if err != nil || len(ids) != 1 {
		t.Fatal(ids, err)
	}
	return call, ids[0]
}

// shortTalk gives every call a limit that is soon over.
func shortTalk(longest time.Duration) func(*play.Options) {
	return with(func(s *play.NodeSettings) { s.MaxTalk = longest })
}

// A limit that is moved, either way, strikes when it was moved to. The called
// party is released then, the caller hears why, and that is no talk. A limit
// that nobody moves strikes when it was armed to.
func TestLimitMoved(t *testing.T) {
	t.Parallel()
	const armed = 4 * time.Second
	x := own(t, shortTalk(armed))
	line := x.reach(t)
	for name, test := range map[string]struct {
		total time.Duration
		spent string
	}{
		"left":      {0, ""},
		"longer":    {6 * time.Second, "vm-goodbye"},
		"shorter":   {2 * time.Second, "vm-goodbye"},
		"no sound":  {2 * time.Second, ""},
		"not there": {2 * time.Second, "no-such-file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := x.number("0000")
			call, id := x.talking(t, b)
			a, err := line.Limit(soon(t), id)
			if err != nil || !a.Answered || !strings.HasPrefix(a.Called, "PJSIP/westcall-") {
				t.Fatalf("%+v, %v", a, err)
			}
			// What is left and what was talked are asked for one after the other.
			if off := a.Left + a.Talked - armed + ari.LimitMargin; off < -20*time.Millisecond || off > busyCores {
				t.Errorf("%v left and %v talked of %v", a.Left, a.Talked, armed)
			}
			total := test.total
			if total == 0 {
				total = armed
			} else if err := line.Arm(soon(t), id, a, total-a.Talked, total, test.spent); err != nil {
				t.Fatal(err)
			}
			if err := call.WaitEnded(soon(t)); err != nil {
				t.Fatal(err)
			}
			leg, got := x.ended(t, "WestCall", string(b)), x.record(t, national(b))
			want := fromMoscow(b).answered(billing.SideUs, ok(westcall()))
			want.Cut = true
			check(t, got, want)
			if (got.Talk - total).Abs() > slack/4 {
				t.Errorf("record: talked %v of %v", got.Talk, total)
			}
			if (leg.Talk() - total).Abs() > slack/4 {
				t.Errorf("carrier: talked %v of %v", leg.Talk(), total)
			}
			said, held := time.Duration(call.SoundPackets())*packetTime, call.Result().Talk()-leg.Talk()
			if spoken := test.spent == "vm-goodbye"; spoken != (said >= announced) || held > reportTime+slack {
				t.Errorf("the caller was held %v after the called party left, and heard %v", held, said)
			}
			// The announcement is in none of the record's times.
			if d := got.EndedAt.Sub(leg.EndedAt).Abs(); d > busyCores {
				t.Errorf("the record ends %v off the talk's end", d)
			}
			if _, err := line.Limit(soon(t), id); !errors.Is(err, ari.ErrNoChannel) {
				t.Errorf("the limit of a call that is over: %v", err)
			}
		})
	}
}

// The report says that the limit struck, and only then.
func TestLimitStruckIsReported(t *testing.T) {
	t.Parallel()
	const total = 4 * time.Second // enough to set three calls up
	x := own(t, shortTalk(total+2*time.Second))
	line := x.reach(t)
	b, c, d := x.number("0000"), x.number("0000"), x.number("9101") // the called party of d hangs up after 1 s
	cut, cutID := x.talking(t, b)
	left, leftID := x.talking(t, c)
	called, calledID := x.talking(t, d)
	a, err := line.Limit(soon(t), cutID)
	if err != nil {
		t.Fatal(err)
	}
	if err := line.Arm(soon(t), cutID, a, total-a.Talked, total, "vm-goodbye"); err != nil {
		t.Fatal(err)
	}
	x.Nodes[0].Kill() // so that Asterisk keeps the reports
	if err := left.Hangup(soon(t)); err != nil {
		t.Fatal(err)
	}
	// The caller hangs up while the announcement is played: it was us all the same.
	x.ended(t, "WestCall", string(b))
	if err := cut.WaitMedia(soon(t), cut.MediaPackets()+3); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(cut.Hangup(soon(t)), called.WaitEnded(soon(t))); err != nil {
		t.Fatal(err)
	}
	x.noChannels(t, 3*reportTime)
	text, err := os.ReadFile(x.ReportFile())
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	for line := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n") {
		form, err := url.ParseQuery(line)
		if err != nil {
			t.Fatal(err)
		}
		said[form.Get("call_id")] = form.Get("by") + "/" + form.Get("cut")
		if form.Get("call_id") == cutID {
			if talk, err := strconv.Atoi(form.Get("talk_ms")); err != nil || talk > 4500 || talk < 3500 {
				t.Errorf("talk of %d ms, %v", talk, err)
			}
		}
	}
	for id, want := range map[string]string{cutID: "asterisk/1", leftID: "caller/", calledID: "called/"} {
		if said[id] != want {
			t.Errorf("call %s: reported %q, want %q", id, said[id], want)
		}
	}
	x.restart(t)
	x.record(t, national(b))
}

// A call that rings has no limit yet, an echo test never, and neither is
// answered.
func TestLimitOfNobodyCalled(t *testing.T) {
	t.Parallel()
	x := shared(t)
	line := x.reach(t)
	b := x.number("9202") // rings for two seconds
	call := x.dial(t, moscow, national(b))
	x.started(t, national(b))
	ids, err := x.callsWhere(t, "dialled = ?", national(b))
	if err != nil {
		t.Fatal(err)
	}
	a, err := line.Limit(soon(t), ids[0])
	if err != nil || a.Answered {
		t.Errorf("ringing: %+v, %v", a, err)
	}
	if err := line.Arm(soon(t), ids[0], a, time.Minute, time.Minute, ""); err == nil {
		t.Error("a limit was moved that is not there")
	}
	answered(t, call)
	a, err = line.Limit(soon(t), ids[0])
	if err != nil || !a.Answered || a.Talked > time.Second {
		t.Errorf("answered: %+v, %v", a, err)
	}
	if err := call.Hangup(soon(t)); err != nil {
		t.Fatal(err)
	}
	x.record(t, national(b))
}

// The caller hears the whisper, the called party does not, and they talk on.
func TestWhisper(t *testing.T) {
	t.Parallel()
	x := own(t, nil)
	line := x.reach(t)
	b := x.number("0000")
	call, id := x.talking(t, b)
	carrier := x.Carrier("WestCall")
	if n, m := call.SoundPackets(), carrier.SoundPackets(); n != 0 || m != 0 {
		t.Fatalf("%d and %d packets of sound before anybody whispered", n, m)
	}
	// A language that has no such sound is no reason to be silent.
	if err := line.ami.Setvar(soon(t), id, "CHANNEL(language)", "xx"); err != nil {
		t.Fatal(err)
	}
	before := time.Now()
	if err := line.Warn(soon(t), id, "beeperr"); err != nil {
		t.Fatal(err)
	}
	took := time.Since(before)
	eventually(t, slack, func() error { // the last of them are on their way
		if n := call.SoundPackets(); n < 10 {
			return fmt.Errorf("%d packets of sound", n)
		}
		return nil
	})
	if n := call.SoundPackets(); time.Duration(n)*packetTime > took+100*time.Millisecond {
		t.Errorf("%d packets of sound in %v", n, took)
	}
	if n := carrier.SoundPackets(); n != 0 {
		t.Errorf("the called party heard %d packets of it", n)
	}
	if err := line.Warn(soon(t), id, "no-such-file"); err == nil || !strings.Contains(err.Error(), "no-such-file") {
		t.Errorf("a sound that is not there: %v", err)
	}
	if err := line.Warn(soon(t), play.ServerName+"-1.1", "beep"); !errors.Is(err, ari.ErrNoChannel) {
		t.Errorf("a call that is not there: %v", err)
	}
	// The talk goes on, without the channel that whispered.
	if err := call.WaitMedia(soon(t), call.MediaPackets()+20); err != nil {
		t.Fatal(err)
	}
	eventually(t, slack, func() error {
		channels, err := line.rest.Channels(soon(t))
		if err == nil && len(channels) != 2 {
			err = fmt.Errorf("channels %v", channels)
		}
		return err
	})
	if err := call.Hangup(soon(t)); err != nil {
		t.Fatal(err)
	}
	check(t, x.record(t, national(b)), fromMoscow(b).answered(billing.SideCaller, ok(westcall())))
}

// Both connections come back after Asterisk was killed and after it hung, and
// the event stream says that it must be asked what was missed.
func TestLineComesBack(t *testing.T) {
	t.Parallel()
	x := own(t, nil)
	line := x.reach(t)
	works := func(when string) {
		t.Helper()
		b := x.number("0000")
		call, id := x.talking(t, b)
		var a ari.Armed
		eventually(t, patience, func() (err error) {
			a, err = line.Limit(soon(t), id)
			return err
		})
		if err := line.Arm(soon(t), id, a, time.Minute, time.Minute, ""); err != nil {
			t.Errorf("%s: %v", when, err)
		}
		if err := line.Warn(soon(t), id, "beep"); err != nil {
			t.Errorf("%s: %v", when, err)
		}
		if err := call.Hangup(soon(t)); err != nil {
			t.Errorf("%s: %v", when, err)
		}
		x.record(t, national(b))
	}
	works("at first")

	x.Asterisk.Kill()
	eventually(t, slack, func() error {
		if _, err := line.Limit(soon(t), play.ServerName+"-1.1"); !errors.Is(err, ari.ErrAway) {
			return fmt.Errorf("nobody there: %w", err)
		}
		return nil
	})
	if err := line.Warn(soon(t), play.ServerName+"-1.1", "beep"); !errors.Is(err, ari.ErrAway) {
		t.Errorf("nobody there: %v", err)
	}
	if err := x.Asterisk.Restart(soon(t)); err != nil {
		t.Fatal(err)
	}
	line.connected(t, 2)
	x.phone(t, moscow) // known to the next Asterisk by its database
	works("after a restart")

	// It takes connections, by its kernel, and says nothing.
	x.Asterisk.Process().Pause()
	began := time.Now()
	eventually(t, patience, func() error {
		if _, err := line.Limit(soon(t), play.ServerName+"-1.1"); !errors.Is(err, ari.ErrAway) {
			return fmt.Errorf("not noticed: %w", err)
		}
		return nil
	})
	if took := time.Since(began); took > 10*time.Second+slack {
		t.Errorf("a hanging Asterisk was noticed after %v", took)
	}
	x.Asterisk.Process().Resume()
	works("after it hung")
	for _, want := range []uint64{1, 2} {
		if got := <-line.resyncs; got != want {
			t.Errorf("resync of connection %d, want %d", got, want)
		}
	}
}

// The user of AMI may read and set variables, nothing else, and no value becomes
// anything but a value.
func TestAMIRights(t *testing.T) {
	t.Parallel()
	x := shared(t)
	line := x.reach(t)
	b := x.number("0000")
	call, id := x.talking(t, b)
	for _, evil := range []string{
		`${SHELL(touch /tmp/x)}`, `1)&System(x`, `a,b|c;d "e" 'f'`, "ü€😀", `$[1/0]`, `: : `, "ActionID: 1", strings.Repeat("x", 900),
	} {
		if err := line.ami.Setvar(soon(t), id, "tried", evil); err != nil {
			t.Errorf("%.30q: %v", evil, err)
			continue
		}
		if got, err := line.ami.Getvar(soon(t), id, "tried"); err != nil || got != evil {
			t.Errorf("%.30q came back as %.30q, %v", evil, got, err)
		}
	}
	for _, evil := range []string{"x\r\nAction: Hangup\r\nChannel: " + id, "x\nActionID: 1", "x\x00"} {
		if err := line.ami.Setvar(soon(t), id, "tried", evil); !errors.Is(err, ari.ErrText) {
			t.Errorf("%q: %v", evil, err)
		}
	}
	for _, name := range []string{"EVAL(${EXTEN})", "SHELL(id)"} {
		if got, err := line.ami.Getvar(soon(t), id, name); err == nil {
			t.Errorf("%s gives %q", name, got)
		}
	}
	if a, err := line.Limit(soon(t), id); err != nil || !a.Answered {
		t.Errorf("afterwards: %+v, %v", a, err)
	}
	if err := call.Hangup(soon(t)); err != nil {
		t.Fatal(err)
	}
	x.record(t, national(b))

	r, err := x.Describe()
	if err != nil {
		t.Fatal(err)
	}
	stranger, err := ari.NewAMI(ari.AMIConfig{Server: play.ServerName, Address: r.AMI.Address, User: r.AMI.User, Secret: "guess", Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); stranger.Run(ctx) }()
	_, err = stranger.Getvar(soon(t), id, "x")
	cancel()
	<-done
	if !errors.Is(err, ari.ErrRefused) || strings.Contains(err.Error(), "guess") {
		t.Error(err)
	}
}
