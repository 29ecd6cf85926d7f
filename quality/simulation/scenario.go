package simulation

import "time"

// Scenario is a stretch of time in which carriers change.
type Scenario struct {
	Carriers     []Carrier
	Destinations []Destination
	Length       time.Duration
	CallsMinute  float64
	PerMinute    int64 // what callers pay, millionths
	MeanTalk     time.Duration
	GiveUp       float64 // share of callers who hang up in each second of waiting
	Events       []Event
}

// Event is something that happens to the carrier that is the best one then.
type Event struct {
	Name        string
	Carrier     int
	Only        string        // the prefix of the calls that it concerns
	From, Until time.Duration // Until 0: it stays
	Leave       bool          // the oracle leaves the carrier meanwhile
	Join        bool          // the oracle goes over to the carrier
}

const hour = time.Hour

// Standard is two days with four carriers: the cheapest fails in six ways and
// recovers each time, then a dearer one lowers its price, and in the end
// hardly anybody in the called countries picks up, on whatever route.
func Standard() Scenario {
	const refusal = 300 * time.Millisecond
	well := Phase{Refused: 0.03, Lost: 0.03, PDD: 2 * time.Second, Refusal: refusal, PerMinute: 10_000}
	change := func(from int, f func(*Phase)) Phase {
		p := well
		p.From = time.Duration(from) * time.Hour
		if f != nil {
			f(&p)
		}
		return p
	}
	steady := func(perMinute int64, lost float64, pdd time.Duration) []Phase {
		return []Phase{{Refused: 0.02, Lost: lost, PDD: pdd, Refusal: refusal, PerMinute: perMinute}}
	}
	cut := steady(16_000, 0.02, 2*time.Second)
	cut = append(cut, cut[0])
	cut[1].From, cut[1].PerMinute = 38*hour, 8_500
	return Scenario{
		Carriers: []Carrier{
			{"cheap", []Phase{
				well,
				change(4, func(p *Phase) { p.Lost = 0.90 }), change(7, nil),
				change(11, func(p *Phase) { p.Refused, p.Refusal = 0.90, 5*time.Second }), change(14, nil),
				change(15, func(p *Phase) { p.Lost, p.Only = 0.90, "7495" }), change(17, nil),
				change(18, func(p *Phase) { p.False = 0.60 }), change(21, nil),
				change(25, func(p *Phase) { p.PDD = 20 * time.Second }), change(28, nil),
				change(32, func(p *Phase) { p.Refused = 0.70 }), change(35, nil),
			}},
			{"second", steady(11_500, 0.04, 3*time.Second)},
			{"third", steady(13_000, 0.02, 2*time.Second)},
			{"dear", cut},
		},
		Destinations: []Destination{
			{"Moscow", "7495123", 4, pickups(0.55)},
			{"London", "4420712", 3, pickups(0.60)},
			{"Lagos", "2348031", 2, pickups(0.14)},
			{"Tashkent", "9989012", 1, pickups(0.45)},
		},
		Length: 48 * hour, CallsMinute: 60, PerMinute: 20_000, MeanTalk: 3 * time.Minute, GiveUp: 0.015,
		Events: []Event{
			{Name: "rings into nothing", From: 4 * hour, Until: 7 * hour, Leave: true},
			{Name: "refuses after 5 s", From: 11 * hour, Until: 14 * hour, Leave: true},
			{Name: "loses Moscow alone", From: 15 * hour, Until: 17 * hour, Only: "7495", Leave: true},
			{Name: "false answers", From: 18 * hour, Until: 21 * hour, Leave: true},
			{Name: "rings after 20 s", From: 25 * hour, Until: 28 * hour, Leave: true},
			{Name: "refuses 70 % at once", From: 32 * hour, Until: 35 * hour},
			{Name: "lowers its price", Carrier: 3, From: 38 * hour, Join: true},
			{Name: "nobody picks up", Carrier: 3, From: 43 * hour, Until: 46 * hour},
		},
	}
}

// pickups is a destination's day: fewer pick up at night, and a fifth as many in
// the hours when hardly anybody does.
func pickups(share float64) []Pickup {
	return []Pickup{
		{0, share}, {9 * hour, 0.8 * share}, {16 * hour, share}, {23 * hour, 0.7 * share}, {31 * hour, share}, {43 * hour, 0.2 * share}, {46 * hour, share},
	}
}
