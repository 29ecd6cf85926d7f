package history

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"tandem/internal/e164"
	"tandem/routing"
)

// server is the demo's Asterisk.
const server = "asterisk-macomnet"

// longest is what no call of the history talks beyond.
const longest = 14 * time.Minute

// line is somebody who calls.
type line struct {
	login  string // of a subscriber; empty: a provider brings the call
	weight int
	clis   []string
	abroad string // what is dialled before an international number
	trunk  string // and before a national one, of country
	home   string
}

// destination is where to: a prefix and how many digits follow.
type destination struct {
	prefix string
	digits int
	weight int
}

// traffic draws calls.
type traffic struct {
	dice     *rand.Rand
	lines    []line
	contacts map[string][]string // numbers that are called again and again, by prefix
	to       []destination
	incoming []arrival
}

// arrival is a number of ours with where its calls come from.
type arrival struct {
	number string
	source string
}

func (h *maker) newTraffic() (*traffic, error) {
	t := &traffic{
		dice: h.dice, contacts: map[string][]string{},
		lines: []line{
			{login: "retail-1", weight: 44, clis: []string{""}, abroad: "+"},
			{login: "transit-1", weight: 24, clis: []string{""}, abroad: "+"},
			{login: "moscow-101", weight: 9, clis: []string{"74951815000", "74951815001", "74957952301"}, abroad: "810", trunk: "8", home: "7"},
			{login: "moscow-102", weight: 7, clis: []string{"74951815001", "74951815002"}, abroad: "810", trunk: "8", home: "7"},
			{login: "london-201", weight: 4, clis: []string{"442038070121"}, abroad: "00", trunk: "0", home: "44"},
			{login: "london-202", weight: 2, clis: []string{"442038070121"}, abroad: "00", trunk: "0", home: "44"},
			{weight: 10},
		},
		to: []destination{
			{"7495", 7, 34}, {"7916", 7, 14}, {"44207", 7, 14}, {"4477", 8, 10}, {"1212", 7, 12}, {"4930", 8, 9}, {"3712", 7, 7},
		},
	}
	for _, l := range t.lines {
		if l.login != "" && h.snapshot.Login(l.login) == nil {
			return nil, fmt.Errorf("history: no subscriber %s: it goes with the demo data (tandem seed)", l.login)
		}
	}
	for _, number := range []string{"74951815000", "74951815001", "74957952301", "442038070121"} {
		n := h.snapshot.Number(e164.Number(number))
		if n == nil {
			return nil, fmt.Errorf("history: no number %s: it goes with the demo data (tandem seed)", number)
		}
		for _, source := range h.snapshot.Sources(n.ProviderID) {
			t.incoming = append(t.incoming, arrival{number, source.Addr().String() + ":5060"})
			break
		}
	}
	return t, nil
}

// call draws the n-th call.
func (t *traffic) call(n int, at time.Time) *call {
	l := t.lines[pick(t.dice, t.lines, func(l line) int { return l.weight })]
	c := &call{fate: t.fate(), talk: t.talk()}
	c.in.CallID = fmt.Sprintf("%s-%d.%d", server, at.Unix(), 100_000+n)
	c.in.Server, c.in.At = server, at
	if l.login == "" && len(t.incoming) > 0 {
		a := t.incoming[t.dice.IntN(len(t.incoming))]
		c.incoming = true
		c.in.Endpoint, c.in.Source, c.in.Dialled, c.in.CLI = "trunk", a.source, a.number, t.number()
		return c
	}
	c.in.Endpoint = l.login
	c.in.Source = fmt.Sprintf("127.0.0.%d:5060", 100+slices.IndexFunc(t.lines, func(v line) bool { return v.login == l.login }))
	c.in.CLI = l.clis[t.dice.IntN(len(l.clis))]
	c.in.Dialled = l.dial(t.number())
	if t.dice.IntN(150) == 0 {
		c.in.Dialled = "12" // a slip of the finger
	}
	return c
}

// dial is a number as the subscriber dials it.
func (l line) dial(number string) string {
	if l.home != "" && strings.HasPrefix(number, l.home) {
		return l.trunk + number[len(l.home):]
	}
	return l.abroad + number
}

// number is whom somebody calls: mostly one who was called before.
func (t *traffic) number() string {
	to := t.to[pick(t.dice, t.to, func(d destination) int { return d.weight })]
	known := t.contacts[to.prefix]
	if len(known) > 25 && t.dice.IntN(4) > 0 {
		return known[t.dice.IntN(len(known))]
	}
	number := []byte(to.prefix)
	for range to.digits {
		number = append(number, byte('2'+t.dice.IntN(8)))
	}
	t.contacts[to.prefix] = append(known, string(number))
	return string(number)
}

// fate is what becomes of a call that a route carries to its end.
func (t *traffic) fate() routing.Result {
	switch d := t.dice.IntN(100); {
	case d < 67:
		return routing.ResultAnswer
	case d < 77:
		return routing.ResultBusy
	case d < 91:
		return routing.ResultNoAnswer
	default:
		return routing.ResultCancel
	}
}

// talk is how long two talk: mostly short, sometimes long.
func (t *traffic) talk() time.Duration {
	d := 2*time.Second + time.Duration(t.dice.ExpFloat64()*float64(140*time.Second))
	return min(d, longest-time.Second).Truncate(time.Millisecond)
}

// pick draws one of a list by its weight.
func pick[T any](dice *rand.Rand, list []T, weight func(T) int) int {
	sum := 0
	for _, v := range list {
		sum += weight(v)
	}
	left := dice.IntN(sum)
	for i, v := range list {
		if left -= weight(v); left < 0 {
			return i
		}
	}
	return 0
}
