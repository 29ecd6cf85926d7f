package routing

import (
	"slices"
	"strings"
	"time"

	"tandem/billing/rate"
)

// PriorCalls is how many calls the prior counts as: what we believe of call
// lengths before any was measured (DefaultPrior). A destination's own calls
// outweigh it as they come, and so do those of a longer prefix a shorter one's.
const PriorCalls = 50

// DefaultPrior is the distribution assumed where nothing has been measured.
func DefaultPrior() *rate.Lengths {
	l, err := rate.NewLengths(map[int32]uint64{
		2: 25, 5: 35, 8: 35, 13: 45, 18: 60, 25: 70, 35: 65, 45: 55, 55: 50, 68: 60, 83: 60, 105: 60, 135: 50, 165: 60,
		210: 55, 270: 55, 360: 60, 510: 45, 750: 30, 1050: 12, 1500: 8, 2250: 4, 3150: 1,
	})
	if err != nil {
		panic(err) // constants; the test of this function would not pass
	}
	return l
}

// lengthProfile is how long calls to a prefix talk, and what that makes of
// every pair of increments in the decks.
type lengthProfile struct {
	prefix  string
	lengths *rate.Lengths
	billed  []uint64 // by ratePart.steps
}

// addLengths makes the profiles: each prefix its own calls and those of its
// parent, weighed as PriorCalls.
func (b *builder) addLengths(counts []LengthCount) {
	own := map[string]map[int32]uint64{"": {}}
	for _, c := range counts {
		if strings.Trim(c.Prefix, "0123456789") != "" || len(c.Prefix) > maxDepth || c.Seconds < 1 || c.Calls < 0 {
			b.problem("call_lengths", 0, "prefix", "%q, %d s, %d calls: want digits, at least 1 s, no negative count", c.Prefix, c.Seconds, c.Calls)
			continue
		}
		if own[c.Prefix] == nil {
			own[c.Prefix] = map[int32]uint64{}
		}
		own[c.Prefix][c.Seconds] += uint64(c.Calls)
	}
	prefixes := make([]string, 0, len(own))
	for p := range own {
		prefixes = append(prefixes, p)
	}
	slices.SortFunc(prefixes, func(x, y string) int { return len(x) - len(y) })
	b.lengths = newPrefixMap[lengthProfile]()
	steps := b.stepsInUse()
	for _, p := range prefixes {
		prior := b.Options.Prior
		if parent := b.lengths.longest(p); parent != nil {
			prior = parent.lengths
		}
		l, err := blend(own[p], prior)
		if err != nil {
			b.problem("call_lengths", 0, "calls", "prefix %q: %v", p, err)
			continue
		}
		v := lengthProfile{prefix: p, lengths: l, billed: make([]uint64, len(steps))}
		for i, s := range steps {
			v.billed[i] = l.Billed(s[0], s[1])
		}
		*b.lengths.at(p) = v
	}
}

// blend counts the prior as PriorCalls calls beside the measured ones.
func blend(measured map[int32]uint64, prior *rate.Lengths) (*rate.Lengths, error) {
	const scale = 1024 // parts of a call, so that the prior's shares stay exact enough
	if len(measured) == 0 {
		return prior, nil
	}
	most := uint64(0)
	for _, n := range measured {
		most = max(most, n)
	}
	shrink := most/1e6 + 1 // beyond a million calls of one length the prior is noise
	counts := map[int32]uint64{}
	for seconds, n := range measured {
		counts[seconds] += n * scale / shrink
	}
	for _, p := range prior.Points() {
		counts[p.Seconds] += PriorCalls * uint64(p.Weight) * scale / rate.Weight / shrink
	}
	return rate.NewLengths(counts)
}

func (b *builder) stepsInUse() [][2]int32 {
	if b.rates == nil {
		return nil
	}
	return b.rates.steps
}

// MeanTalk is how long the average answered call talks, by the call lengths of a
// prefix.
func (s *Snapshot) MeanTalk(prefix string) time.Duration {
	v := s.lengths.longest(prefix)
	if v == nil {
		return 0
	}
	return time.Duration(v.lengths.Mean()) * time.Millisecond
}
