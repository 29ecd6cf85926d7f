package geo_test

import (
	"encoding/binary"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/nyaruka/phonenumbers"

	"tandem/geo"
)

// plan walks all patterns of all countries that share a calling code at once.
// A state stands for every number that the patterns cannot tell apart.
type plan struct {
	code   string
	parts  []*automaton
	states map[string]int
	vector [][]int  // of each state: where each pattern stands
	sample []string // of each state: digits that lead there
	next   [][10]int
	told   map[[2]int]told // state and digits to come: what is known
}

// told is the verdict when it is the same whatever digits come.
type told struct {
	settled bool
	country string
	kind    geo.Type
}

func (p *plan) state(vector []int, sample string) int {
	var name []byte
	for _, s := range vector {
		name = binary.AppendUvarint(name, uint64(s))
	}
	// The length is part of the verdict, so a state has one.
	name = binary.AppendUvarint(name, uint64(len(sample)))
	id, ok := p.states[string(name)]
	if !ok {
		id = len(p.vector)
		p.states[string(name)] = id
		p.vector, p.sample = append(p.vector, vector), append(p.sample, sample)
		p.next = append(p.next, [10]int{-1, -1, -1, -1, -1, -1, -1, -1, -1, -1})
	}
	return id
}

func (p *plan) step(from, digit int) int {
	if to := p.next[from][digit]; to >= 0 {
		return to
	}
	vector := make([]int, len(p.parts))
	for i, a := range p.parts {
		vector[i] = a.step(p.vector[from][i], digit)
	}
	to := p.state(vector, p.sample[from]+strconv.Itoa(digit))
	p.next[from][digit] = to
	return to
}

// verdict says what a number is that has got here and has so many digits to
// come.
func (p *plan) verdict(at, toCome int) told {
	key := [2]int{at, toCome}
	if v, ok := p.told[key]; ok {
		return v
	}
	var v told
	if toCome == 0 {
		place := geo.Read(p.code + p.sample[at])
		v = told{settled: true, country: place.Country, kind: place.Type}
	} else {
		v = p.verdict(p.step(at, 0), toCome-1)
		for digit := 1; digit <= 9 && v.settled; digit++ {
			if p.verdict(p.step(at, digit), toCome-1) != v {
				v = told{}
			}
		}
	}
	p.told[key] = v
	return v
}

// depth is how many digits, calling code included, settle every number of that
// length; open is one that takes all of them.
func (p *plan) depth(length int) (digits int, open string) {
	layer := []int{0}
	for d := len(p.code); ; d++ {
		var unsettled []int
		for _, s := range layer {
			if !p.verdict(s, length-d).settled {
				unsettled = append(unsettled, s)
			}
		}
		if len(unsettled) == 0 {
			return d, open
		}
		open = p.code + p.sample[unsettled[0]]
		next := map[int]bool{}
		for _, s := range unsettled {
			for digit := range 10 {
				next[p.step(s, digit)] = true
			}
		}
		layer = slices.Sorted(maps.Keys(next))
	}
}

func plans(tb testing.TB) map[int]*plan {
	tb.Helper()
	all, err := phonenumbers.MetadataCollection()
	if err != nil {
		tb.Fatal(err)
	}
	byCode := map[int]*plan{}
	for _, m := range all.GetMetadata() {
		code := int(m.GetCountryCode())
		p := byCode[code]
		if p == nil {
			p = &plan{code: strconv.Itoa(code), states: map[string]int{}, told: map[[2]int]told{}}
			byCode[code] = p
		}
		for _, d := range []*phonenumbers.PhoneNumberDesc{
			m.GetGeneralDesc(), m.GetFixedLine(), m.GetMobile(), m.GetTollFree(), m.GetPremiumRate(), m.GetSharedCost(),
			m.GetPersonalNumber(), m.GetVoip(), m.GetPager(), m.GetUan(), m.GetVoicemail(),
		} {
			if d.GetNationalNumberPattern() != "" {
				p.parts = append(p.parts, newAutomaton(tb, d.GetNationalNumberPattern(), false))
			}
		}
		if m.GetLeadingDigits() != "" {
			p.parts = append(p.parts, newAutomaton(tb, m.GetLeadingDigits(), true))
		}
	}
	for _, p := range byCode {
		start := make([]int, len(p.parts))
		for i, a := range p.parts {
			start[i] = a.start()
		}
		p.state(start, "")
	}
	return byCode
}

// TestKeyIsEnough proves that country and type of every number there can be,
// of any country and length, follow from the digits of its cache key: two
// numbers that share them can differ only in what no pattern looks at.
func TestKeyIsEnough(t *testing.T) {
	t.Parallel()
	states, deepest := 0, map[int]int{}
	for code, p := range plans(t) {
		start := strconv.Itoa(code)
		deep := 0
		for length := len(start) + 2; length <= geo.MaxDigits; length++ {
			d, open := p.depth(length)
			deep = max(deep, d)
			if want := geo.KeyLength(start); d > want {
				t.Errorf("numbers +%s… of %d digits need %d digits, the key has %d", open, length, d, want)
			}
		}
		if geo.KeyLength(start) > geo.KeyLength("") && deep <= geo.KeyLength("") {
			t.Errorf("+%d needs %d digits: no need for a longer key any more", code, deep)
		}
		states += len(p.vector)
		deepest[deep]++
	}
	if len(deepest) < 3 || states < 10_000 {
		t.Fatalf("walked %d states, depths %v: the plans were not read", states, deepest)
	}
	t.Logf("%d states; calling codes by the digits that they need: %v", states, deepest)
}

// TestPlanWalksAsTheLibrary keeps the proof honest: any number is told as the
// sample of the state where the walk ends with it.
func TestPlanWalksAsTheLibrary(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 495))
	byCode := plans(t)
	known := 0
	for _, example := range examples(t) {
		for own := 1; own <= 3; own++ {
			code, err := strconv.Atoi(example[:own])
			p := byCode[code]
			if err != nil || p == nil {
				continue
			}
			number := scramble(r, example, own+r.IntN(len(example)-own))
			at := 0
			for _, digit := range number[own:] {
				at = p.step(at, int(digit-'0'))
			}
			got, want := p.verdict(at, 0), geo.Read(number)
			if got.country != want.Country || got.kind != want.Type {
				t.Errorf("%s as %s%s: %s %s, want %s %s", number, p.code, p.sample[at], got.country, got.kind, want.Country, want.Type)
			}
			if want.IsKnown() {
				known++
			}
		}
	}
	if known < 300 {
		t.Fatalf("%d numbers that exist: too few to tell", known)
	}
}
