package azdeck

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"tandem/internal/e164"
)

// Bounds of a Set.
const (
	MaxRates     = 50_000_000
	MaxProviders = 1000
)

// Set is the decks of all providers.
type Set struct {
	at    time.Time // midnight that effective dates are counted from
	nodes []node    // parents before children
	roots int       // the first nodes are the country codes
	sizes []int     // rows by provider
}

// node is a prefix of the numbering plan. Its children lie together, in order.
type node struct {
	value    uint32 // the prefix read as a number; country codes do not begin with 0
	parent   uint32
	first    uint32 // of its children
	price    uint32 // typical, in 1e-8 a minute
	children uint8
	depth    uint8 // digits
	root     uint8 // country: which of the first nodes
	silent   bool  // nobody sells it as it is: its children cover it
}

// maxDepth is how many digits the longest prefixes have.
const maxDepth = 9

// New plans decks of that many rates in all, shared evenly by the providers. No
// date in them is further than some weeks from at.
func New(rates, providers int, at time.Time) (*Set, error) {
	switch {
	case providers < 1 || providers > MaxProviders:
		return nil, fmt.Errorf("providers %d: want 1 to %d", providers, MaxProviders)
	case rates < providers || rates > MaxRates:
		return nil, fmt.Errorf("rates %d: want one a provider at least, %d at most", rates, MaxRates)
	}
	s := &Set{at: at.UTC().Truncate(24 * time.Hour)}
	for i := range providers {
		size := rates / providers
		if i < rates%providers {
			size++
		}
		s.sizes = append(s.sizes, size)
	}
	// Nobody sells the whole plan. It grows until everybody finds enough in it.
	for want := max(s.sizes[0]*3/2, len(countryCodes())); ; want += want / 4 {
		if err := s.grow(want); err != nil {
			return nil, err
		}
		if s.enough() {
			return s, nil
		}
	}
}

// Providers is how many there are; they are numbered from 0.
func (s *Set) Providers() int { return len(s.sizes) }

// Size is how many rows a provider's deck has.
func (s *Set) Size(provider int) int { return s.sizes[provider] }

// countryCodes are those of E.164 that are in use for places.
func countryCodes() []uint32 {
	codes := []uint32{1, 7, 20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 81, 82, 84, 86, 98, 211, 212, 213, 216, 218, 290, 291, 420, 421, 423}
	for _, run := range [][2]uint32{
		{43, 49},
		{51, 58},
		{60, 66},
		{90, 95},
		{220, 258},
		{260, 269},
		{297, 299},
		{350, 359},
		{370, 378},
		{380, 382},
		{385, 387},
		{500, 509},
		{590, 599},
		{670, 670},
		{672, 683},
		{685, 692},
		{850, 850},
		{852, 853},
		{855, 856},
		{880, 880},
		{886, 886},
		{960, 968},
		{970, 977},
		{992, 996},
		{998, 998},
	} {
		for code := run[0]; code <= run[1]; code++ {
			codes = append(codes, code)
		}
	}
	return codes
}

var errFull = errors.New("the numbering plan has no more prefixes to split; ask for fewer rates a provider")

// grow makes a plan of at least that many prefixes that are sold. What is split
// next is left to chance, shallow prefixes first: so some countries end up with
// thousands of prefixes and others with a handful.
func (s *Set) grow(want int) error {
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // G404: the same decks in every run
	s.nodes = s.nodes[:0]
	for i, code := range countryCodes() {
		price := uint32(2e5 * (1 + random.ExpFloat64()*8)) // from 0.002 a minute, 0.018 on average
		s.nodes = append(s.nodes, node{value: code, depth: digits(code), price: price, root: uint8(i)})
	}
	s.roots = len(s.nodes)
	leaves := make([]uint32, s.roots, want)
	for i := range leaves {
		leaves[i] = uint32(i)
	}
	sold := s.roots
	for sold < want {
		if len(leaves) == 0 {
			return errFull
		}
		at := random.IntN(len(leaves))
		for range 5 {
			if other := random.IntN(len(leaves)); s.nodes[leaves[other]].depth < s.nodes[leaves[at]].depth {
				at = other
			}
		}
		leaf := leaves[at]
		leaves[at] = leaves[len(leaves)-1]
		leaves = leaves[:len(leaves)-1]
		if s.nodes[leaf].depth >= maxDepth {
			continue
		}
		first := len(s.nodes)
		s.split(leaf, random)
		sold += len(s.nodes) - first
		if s.nodes[leaf].silent {
			sold--
		}
		for child := first; child < len(s.nodes); child++ {
			leaves = append(leaves, uint32(child))
		}
	}
	return nil
}

// split gives a prefix children one digit longer, or two.
func (s *Set) split(parent uint32, random *rand.Rand) {
	p := &s.nodes[parent]
	base, count := uint32(10), 3+random.IntN(8)
	if p.depth+2 <= maxDepth && random.IntN(4) == 0 {
		base, count = 100, 5+random.IntN(26)
	}
	p.first, p.children = uint32(len(s.nodes)), uint8(count)
	p.silent = random.IntN(4) == 0
	endings := random.Perm(int(base))[:count]
	slices.Sort(endings)
	from := *p // s.nodes moves
	for _, ending := range endings {
		price := uint64(from.price) * uint64(60+random.IntN(100)) / 100
		s.nodes = append(s.nodes, node{
			value: from.value*base + uint32(ending), parent: parent, price: uint32(min(max(price, 1e5), 1e8)),
			depth: from.depth + digits(base-1), root: from.root,
		})
	}
}

func digits(n uint32) (count uint8) {
	for ; n > 0; n /= 10 {
		count++
	}
	return count
}

// prefix writes a node's digits.
func (n *node) prefix() e164.Number { return e164.Number(strconv.FormatUint(uint64(n.value), 10)) }
