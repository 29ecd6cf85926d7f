package chaos

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// order is a call that a phone is told to make.
type order struct {
	N        int
	Gap      time.Duration // since the one before
	Subject  int           // who calls
	Number   string        // E.164 without +; no other order of the run has it
	Says     string        // what becomes of it if nothing else does
	Patience time.Duration // rings at most
	Talk     time.Duration // then the caller hangs up
}

// dialled is what the phone sends.
func (o order) dialled() string { return "+" + o.Number }

// maxOrders is what the numbers have room for.
const maxOrders = 1_000_000

// fate is what becomes of a call, by the last four digits of the number (package
// play/sip), and how often.
type fate struct {
	weight int
	says   string
	ending func(r *rand.Rand) string
}

func fates() []fate {
	always := func(ending string) func(*rand.Rand) string { return func(*rand.Rand) string { return ending } }
	return []fate{
		{34, "answered", always("8000")},
		{10, "answered at once", always("9307")},
		{12, "the called party hangs up", func(r *rand.Rand) string { return fmt.Sprintf("91%02d", 1+r.IntN(12)) }},
		{10, "503, the next carrier answers", always("5503")},
		{4, "silence, the next carrier answers", always("5100")},
		{4, "answered late", func(r *rand.Rand) string { return fmt.Sprintf("92%02d", 1+r.IntN(2)) }},
		{4, "early media, then answered", always("9304")},
		{5, "busy", always("0486")},
		{5, "no answer", always("9301")},
		{4, "503 everywhere", always("0503")},
		{2, "early media, then 503", always("2503")},
		{2, "no such number", always("0404")},
		{2, "no response at all", always("9303")},
		{2, "the answer crosses the cancel", always("9305")},
	}
}

// orders makes calls without end, the same ones for the same seed. Now and then
// one account makes several at once.
type orders struct {
	r       *rand.Rand
	n       int
	burst   int
	subject int
	fates   []fate
	weights int
	people  int
	first   int // where the numbers begin: each run has others
}

func newOrders(seed uint64) *orders {
	o := &orders{r: random(seed, "calls"), fates: fates(), people: len(subjects())}
	for _, f := range o.fates {
		o.weights += f.weight
	}
	o.first = o.r.IntN(maxOrders)
	return o
}

func (o *orders) next() order {
	gap := time.Duration(0)
	if o.burst == 0 {
		o.burst, o.subject = 1+o.r.IntN(4), o.r.IntN(o.people)
		gap = span(o.r, 0, 900*time.Millisecond)
	}
	o.burst--
	f := o.fate()
	to := destinations()[o.r.IntN(len(destinations()))]
	next := order{
		N: o.n, Gap: gap, Subject: o.subject, Says: f.says, Patience: span(o.r, time.Second, 6*time.Second), Talk: o.talk(),
		Number: fmt.Sprintf("%s30%06d%s", to, (o.first+o.n)%maxOrders, f.ending(o.r)),
	}
	o.n++
	return next
}

func (o *orders) fate() fate {
	at := o.r.IntN(o.weights)
	for _, f := range o.fates {
		if at -= f.weight; at < 0 {
			return f
		}
	}
	return o.fates[0]
}

// talk is mostly short, sometimes a moment, sometimes several slices of money.
func (o *orders) talk() time.Duration {
	switch at := o.r.IntN(100); {
	case at < 6:
		return span(o.r, 0, 300*time.Millisecond)
	case at < 60:
		return span(o.r, 500*time.Millisecond, 4*time.Second)
	case at < 88:
		return span(o.r, 4*time.Second, 12*time.Second)
	default:
		return span(o.r, 12*time.Second, 40*time.Second)
	}
}
