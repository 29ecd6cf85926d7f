package quality

import (
	"time"

	"tandem/internal/money"
	"tandem/internal/q850"
)

// Measures count what became of a set of attempts. Everything is a sum, so
// measures of two sets merge by adding, and a rollup is a row of them.
//
//	bid ──▶ seizure ──▶ effective ──▶ answer ──▶ talk
//	 │         │            └ the called party was reached: answered, busy,
//	 │         │              rang and did not answer, or declined
//	 │         └ the far side took the call up: anything beyond 100 Trying
//	 └ the call was offered to the route
//
// Bid and seizure: ITU-T E.600 (a bid is a single attempt to obtain the use of a
// resource; a seizure is a bid that obtains it), as E.411 uses them for circuit
// groups. Over SIP the resource is the far side's call processing: an INVITE is
// the bid, and a final refusal straight after 100 Trying is none. Answer: the
// answer signal of E.425, in SIP a 2xx to the INVITE.
type Measures struct {
	Bids      int64
	Seizures  int64
	Effective int64
	Answers   int64
	Short     int64 // answers with less talk than ShortTalk
	Talk      time.Duration
	Cost      money.Amount
	Sale      money.Amount // of answered attempts
	Blamed    Blamed
	PDD       Histogram
	Media     Media
}

// Blamed counts failed attempts by whose doing they were.
type Blamed struct {
	Caller int64
	Called int64
	Route  int64
	Us     int64
}

// ShortTalk is the talk below which an answer is suspicious, unless configured
// otherwise: nobody says anything useful in it.
const ShortTalk = 6 * time.Second

// Merge adds another set of attempts.
func (m *Measures) Merge(o *Measures) { m.plus(o, 1) }

// Remove takes away what Merge has added: what is left of a whole without a part.
func (m *Measures) Remove(part *Measures) { m.plus(part, -1) }

func (m *Measures) plus(o *Measures, times int64) {
	m.Bids += times * o.Bids
	m.Seizures += times * o.Seizures
	m.Effective += times * o.Effective
	m.Answers += times * o.Answers
	m.Short += times * o.Short
	m.Talk += time.Duration(times) * o.Talk
	m.Cost += money.Amount(times) * o.Cost
	m.Sale += money.Amount(times) * o.Sale
	m.Blamed.Caller += times * o.Blamed.Caller
	m.Blamed.Called += times * o.Blamed.Called
	m.Blamed.Route += times * o.Blamed.Route
	m.Blamed.Us += times * o.Blamed.Us
	m.PDD.plus(&o.PDD, times)
	m.Media.plus(&o.Media, times)
}

// Add counts one attempt. short is the talk below which an answer is short.
func (m *Measures) Add(a *Attempt, short time.Duration) {
	m.Bids++
	m.Cost += a.Cost
	if a.Seized() {
		m.Seizures++
	}
	if a.Effective() {
		m.Effective++
	}
	if a.Answered {
		m.Answers++
		m.Talk += a.Talk
		m.Media.Add(&a.Media)
		m.Sale += a.Sale
		if a.Talk < short {
			m.Short++
		}
	}
	if a.PDD > 0 {
		m.PDD.Add(a.PDD)
	}
	switch a.Blame {
	case q850.BlameCaller:
		m.Blamed.Caller++
	case q850.BlameCalled:
		m.Blamed.Called++
	case q850.BlameRoute:
		m.Blamed.Route++
	case q850.BlameUs:
		m.Blamed.Us++
	case q850.BlameNone:
	}
}

// ABR is the answer bid ratio: answers of bids (ITU-T E.411, E.425). It shows what
// a route refuses before it takes a call up.
func (m *Measures) ABR() Ratio { return Ratio{m.Answers, m.Bids} }

// ASR is the answer seizure ratio: answers of seizures (ITU-T E.411, E.425). It
// depends on how people behave as much as on the route.
func (m *Measures) ASR() Ratio { return Ratio{m.Answers, m.Seizures} }

// NER is the network effectiveness ratio: seizures that reached the called party
// of all seizures, whatever that party did then (ITU-T E.425). SIP's nearest is
// SEER of RFC 6076 §4.7, which is taken of all INVITEs.
func (m *Measures) NER() Ratio { return Ratio{m.Effective, m.Seizures} }

// ShortShare is the share of answers that were short.
func (m *Measures) ShortShare() Ratio { return Ratio{m.Short, m.Answers} }

// ACD is the average call duration: talk of an answer; ok is false without
// answers. ITU-T E.425 has the mean duration of conversations among its
// observations.
func (m *Measures) ACD() (d time.Duration, ok bool) {
	if m.Answers == 0 {
		return 0, false
	}
	return m.Talk / time.Duration(m.Answers), true
}

// Margin is what the attempts have earned: sale less cost, fees of failed
// attempts included.
func (m *Measures) Margin() money.Amount { return m.Sale - m.Cost }
