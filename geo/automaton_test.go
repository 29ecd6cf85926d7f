package geo_test

import (
	"encoding/binary"
	"regexp/syntax"
	"slices"
	"testing"
)

// automaton is the deterministic automaton over digits of one pattern of a
// numbering plan, built as it is walked.
type automaton struct {
	prog   *syntax.Prog
	sticky bool // the pattern is for the start of the number only
	states map[string]int
	sets   [][]uint32 // instructions that a state stands on
	next   [][10]int  // -1: not walked yet
}

func newAutomaton(tb testing.TB, pattern string, sticky bool) *automaton {
	tb.Helper()
	parsed, err := syntax.Parse("(?:"+pattern+")", syntax.Perl)
	if err != nil {
		tb.Fatal(err)
	}
	prog, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		tb.Fatal(err)
	}
	a := &automaton{prog: prog, sticky: sticky, states: map[string]int{}}
	a.state(nil)
	return a
}

func (a *automaton) start() int { return a.state(a.closure(nil, uint32(a.prog.Start))) }

// closure adds an instruction and all that it leads to without a digit.
func (a *automaton) closure(set []uint32, pc uint32) []uint32 {
	if slices.Contains(set, pc) {
		return set
	}
	set = append(set, pc)
	switch inst := a.prog.Inst[pc]; inst.Op {
	case syntax.InstAlt, syntax.InstAltMatch:
		return a.closure(a.closure(set, inst.Out), inst.Arg)
	case syntax.InstCapture, syntax.InstNop:
		return a.closure(set, inst.Out)
	case syntax.InstEmptyWidth:
		panic("a pattern with an anchor: the walk does not know them")
	default:
		return set
	}
}

func (a *automaton) state(set []uint32) int {
	slices.Sort(set)
	var name []byte
	for _, pc := range set {
		name = binary.AppendUvarint(name, uint64(pc))
	}
	id, ok := a.states[string(name)]
	if !ok {
		id = len(a.sets)
		a.states[string(name)] = id
		a.sets = append(a.sets, set)
		a.next = append(a.next, [10]int{-1, -1, -1, -1, -1, -1, -1, -1, -1, -1})
	}
	return id
}

func (a *automaton) step(from, digit int) int {
	if to := a.next[from][digit]; to >= 0 {
		return to
	}
	var set []uint32
	for _, pc := range a.sets[from] {
		inst := &a.prog.Inst[pc]
		switch inst.Op {
		case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
			if inst.MatchRune(rune('0' + digit)) {
				set = a.closure(set, inst.Out)
			}
		case syntax.InstMatch:
			if a.sticky {
				set = a.closure(set, pc)
			}
		default:
		}
	}
	to := a.state(set)
	a.next[from][digit] = to
	return to
}
