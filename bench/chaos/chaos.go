package chaos

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"tandem/play"
	"tandem/play/sip"
)

// Options are what a run needs.
type Options struct {
	Dir      string // everything the run writes; emptied first, removed when the run went well
	Binary   string // the tandem program
	Tools    play.Tools
	Length   time.Duration // of the traffic
	Seed     uint64
	Progress func(text string) // told of everything that happens; may be nil
}

func (o Options) say(format string, args ...any) {
	if o.Progress != nil {
		o.Progress(fmt.Sprintf(format, args...))
	}
}

// oneAtATime lets several tell.
func oneAtATime(tell func(string)) func(string) {
	if tell == nil {
		return nil
	}
	var mu sync.Mutex
	return func(text string) {
		mu.Lock()
		defer mu.Unlock()
		tell(text)
	}
}

// Bounds of a run.
const (
	minLength = 10 * time.Second
	maxLength = 24 * time.Hour
	// settleMost is how long everything may take to come to rest: calls whose
	// record died with Asterisk are closed only some time later.
	settleMost = 3 * time.Minute
)

func (o Options) validate() error {
	if o.Length < minLength || o.Length > maxLength {
		return fmt.Errorf("chaos: %s long: want %s to %s", o.Length, minLength, maxLength)
	}
	return nil
}

// Run is one run. An error says that it could not be carried through; what it
// found wrong is in the report.
func Run(ctx context.Context, o Options) (report Report, err error) {
	report = Report{Seed: o.Seed}
	if err := o.validate(); err != nil {
		return report, err
	}
	if o.Dir, err = filepath.Abs(o.Dir); err != nil {
		return report, fmt.Errorf("chaos: %w", err)
	}
	report.Dir, o.Progress = o.Dir, oneAtATime(o.Progress)
	if err := os.MkdirAll(o.Dir, 0o750); err != nil {
		return report, fmt.Errorf("chaos: %w", err)
	}
	unlock, err := play.Lock(o.Dir)
	if err != nil {
		return report, fmt.Errorf("another chaos is in %s: %w", o.Dir, err)
	}
	defer func() { err = errors.Join(err, unlock()) }()
	err = run(ctx, o, &report)
	if err == nil && !report.Failed() {
		err = os.RemoveAll(filepath.Join(o.Dir, "stack"))
	}
	return report, err
}

func run(ctx context.Context, o Options, report *Report) (err error) {
	h, err := openHouse(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.close(context.WithoutCancel(ctx))) }()
	w, err := h.storm(ctx, o)
	if err != nil {
		return err
	}
	o.say("everything is up again; %d calls, %d blows, %d top-ups", len(w.Phones), len(w.Blows), len(w.TopUps))
	found := h.settle(ctx, settleMost, o.say)
	if err := context.Cause(ctx); err != nil {
		return err
	}
	return h.judge(ctx, o, w, found, report)
}

// storm is the traffic and what befalls it.
func (h *house) storm(ctx context.Context, o Options) (*witness, error) {
	phones, err := h.phones(ctx)
	if err != nil {
		return nil, err
	}
	t := &traffic{phones: phones}
	b := &breaker{stack: h.Stack, say: o.say, died: t.breakOff}
	p := &topUps{pay: h.payIn, ids: h.ids}
	plan := planOf(o.Seed, o.Length)
	o.say("seed %d: %s of calls, %d blows", o.Seed, o.Length, len(plan))

	group, groupCtx := errgroup.WithContext(ctx)
	calling, cancel := context.WithTimeout(groupCtx, o.Length)
	defer cancel()
	group.Go(func() error { t.run(calling, newOrders(o.Seed)); return nil })
	group.Go(func() error { p.run(calling, o.Seed); return nil })
	group.Go(func() error { return b.run(groupCtx, plan) })
	group.Go(func() error { t.tell(calling, o.say); return nil })
	err = group.Wait()
	return h.witness(t, b, p), errors.Join(err, context.Cause(ctx))
}

// witness asks everybody what they saw.
func (h *house) witness(t *traffic, b *breaker, p *topUps) *witness {
	w := &witness{Blows: b.happenings(), TopUps: p.acknowledged()}
	for _, c := range t.all() {
		s := sighting{order: c.order, Login: subjects()[c.Subject].Name}
		if c.call != nil {
			s.call, s.Result = c.call, c.call.Result()
		}
		w.Phones = append(w.Phones, s)
	}
	return w
}

// judge reads the books and says what is wrong with them.
func (h *house) judge(ctx context.Context, o Options, w *witness, found []finding, report *Report) error {
	w.refresh(h.carriers())
	var err error
	if w.CDRs, err = readCDRs(h.CDRFile()); err != nil {
		return err
	}
	b, err := readBooks(ctx, h.hand)
	if err != nil {
		return err
	}
	found = append(found, h.faults()...)
	found = append(found, audit(b, w)...)
	verified, err := h.verify(ctx)
	if err != nil {
		return err
	}
	found = append(found, verified...)
	report.Calls = len(w.Phones)
	for _, v := range w.Blows {
		if v.Action == kill {
			report.Kills++
		}
	}
	report.count(found)
	report.Summary = summary(b, w)
	for _, line := range report.Summary {
		o.say("%s", line)
	}
	if report.Failed() {
		report.Stories = h.stories(ctx, found, w, b)
	}
	return nil
}

func (h *house) carriers() []sip.CallRecord {
	var list []sip.CallRecord
	for _, c := range h.Carriers {
		list = append(list, c.Calls()...)
	}
	return list
}
