package quality

import (
	"time"

	"tandem/billing"
)

// Media sums what was heard of answered legs. Legs are those that talked long
// enough for a score; the other sums are theirs. Sums of two sets merge by adding.
type Media struct {
	Legs         int64
	Silent       int64 // answered legs on which we sent and nothing came back
	Expected     int64 // packets: received and lost
	Lost         int64
	JitterMicros int64 // sum of the legs' jitter, microseconds
	MOS          int64 // sum of the legs' scores, hundredths
}

const (
	// ScoredFrom is how many packets must have been expected of a leg before it is
	// scored: at 20 ms each they are 6 s, and Asterisk counts lost packets every 5 s.
	ScoredFrom = 300
	// silentFrom is how many packets must have gone out unanswered.
	silentFrom = 100
)

// Merge adds another set.
func (m *Media) Merge(o *Media) { m.plus(o, 1) }

func (m *Media) plus(o *Media, times int64) {
	m.Legs += times * o.Legs
	m.Silent += times * o.Silent
	m.Expected += times * o.Expected
	m.Lost += times * o.Lost
	m.JitterMicros += times * o.JitterMicros
	m.MOS += times * o.MOS
}

// Add counts the stream of an answered leg.
func (m *Media) Add(s *billing.Media) {
	if s.Received == 0 && s.Sent >= silentFrom {
		m.Silent++
	}
	if s.MOS == 0 {
		return
	}
	m.Legs++
	m.Expected += s.Received + s.Lost
	m.Lost += s.Lost
	m.JitterMicros += s.Jitter.Microseconds()
	m.MOS += int64(s.MOS)
}

// Loss is the share of packets that were lost, of those expected.
func (m *Media) Loss() Ratio { return Ratio{m.Lost, m.Expected} }

// SilentShare is the share of answered legs that were silent, of those that can be
// told.
func (m *Media) SilentShare() Ratio { return Ratio{m.Silent, m.Silent + m.Legs} }

// Jitter is the mean jitter of a leg; ok is false without legs.
func (m *Media) Jitter() (d time.Duration, ok bool) {
	if m.Legs == 0 {
		return 0, false
	}
	return time.Duration(m.JitterMicros/m.Legs) * time.Microsecond, true
}

// MeanMOS is the mean score of a leg, 1 to 4.5; ok is false without legs.
func (m *Media) MeanMOS() (mos float64, ok bool) {
	if m.Legs == 0 {
		return 0, false
	}
	return float64(m.MOS) / float64(m.Legs) / 100, true
}
