package bench

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// traffic makes up the calls of a carrier's customers, the same at every run: a
// few destinations have most of them, each has its own routes, and who is refused
// tries the next one.
type traffic struct {
	spec    ReportsSpec
	random  *rand.Rand
	areas   []area
	busy    *rand.Zipf // areas, the busiest first
	account *rand.Zipf
	routes  []reportRoute
}

// area is a calling code and three digits more.
type area struct {
	prefix string
	digits int   // of its numbers
	routes []int // that lead there, the cheapest first
}

// reportRoute is one of the routes of the bench.
type reportRoute struct {
	key, tier      string
	provider, gate int
	loses          float64 // share of bids that fail for its sake
}

// madeCall is a call with its attempts.
type madeCall struct {
	n        int
	began    time.Time
	area     int
	number   string
	account  int
	attempts []madeAttempt
}

// madeAttempt is how one attempt went.
type madeAttempt struct {
	n       int
	route   *reportRoute
	began   time.Time
	result  string
	status  int
	cause   int
	rang    bool
	pdd     time.Duration
	elapsed time.Duration
	talk    time.Duration
	blame   string
}

const (
	reportRoutes   = 40
	reportAccounts = 400
	routesToArea   = 6
	reportSeed     = 6
)

// codes are calling codes with the length of their numbers, the busiest first.
func codes() []struct {
	code   string
	digits int
} {
	return []struct {
		code   string
		digits int
	}{
		{"7", 11},
		{"380", 12},
		{"998", 12},
		{"996", 12},
		{"992", 12},
		{"375", 12},
		{"44", 12},
		{"49", 13},
		{"1", 11},
		{"33", 11},
		{"39", 12},
		{"34", 11},
		{"86", 13},
		{"91", 12},
		{"90", 12},
		{"971", 12},
		{"972", 12},
		{"966", 12},
		{"20", 12},
		{"212", 12},
		{"234", 13},
		{"254", 12},
		{"27", 11},
		{"55", 13},
		{"52", 12},
		{"54", 13},
		{"57", 12},
		{"51", 11},
		{"61", 11},
		{"81", 12},
		{"82", 12},
		{"84", 11},
		{"66", 11},
		{"62", 12},
		{"63", 12},
		{"60", 11},
		{"65", 10},
		{"886", 12},
		{"852", 11},
		{"48", 11},
		{"420", 12},
		{"421", 12},
		{"36", 11},
		{"40", 11},
		{"359", 12},
		{"381", 12},
		{"30", 12},
		{"351", 12},
		{"353", 12},
		{"358", 12},
		{"46", 11},
		{"47", 10},
		{"45", 10},
		{"370", 11},
		{"371", 11},
		{"372", 11},
		{"374", 11},
		{"995", 12},
		{"994", 12},
		{"880", 13},
	}
}

func newTraffic(spec ReportsSpec) *traffic {
	r := rand.New(rand.NewPCG(reportSeed, uint64(spec.Attempts))) //nolint:gosec // G404, G115: the same at every run
	t := &traffic{spec: spec, random: r}
	for i, c := range codes() {
		for k := range max(4, 60/(i+1)) {
			t.areas = append(t.areas, area{prefix: fmt.Sprintf("%s%d", c.code, 900+k), digits: c.digits})
		}
	}
	r.Shuffle(len(t.areas), func(i, k int) { t.areas[i], t.areas[k] = t.areas[k], t.areas[i] })
	for i := range t.areas {
		for k := range routesToArea {
			t.areas[i].routes = append(t.areas[i].routes, (i*7+k*11)%reportRoutes)
		}
	}
	for i := range reportRoutes {
		v := reportRoute{provider: 1 + i%30, tier: []string{"cli", "noncli", "premium"}[i/30+i%2], loses: 0.05 + 0.3*r.Float64()}
		if i%3 == 0 {
			v.gate = 1 + i
		}
		v.key = fmt.Sprintf("%d.%s.%d", v.provider, v.tier[:1], i)
		t.routes = append(t.routes, v)
	}
	t.busy = rand.NewZipf(r, 1.1, 8, uint64(len(t.areas)-1))
	t.account = rand.NewZipf(r, 1.2, 4, reportAccounts-1)
	return t
}

// each makes calls one after the other until all attempts are made.
func (t *traffic) each(take func(*madeCall) error) error {
	var c madeCall
	for made := 0; made < t.spec.Attempts; made += len(c.attempts) {
		share := float64(made) / float64(t.spec.Attempts)
		t.make(&c, t.spec.from().Add(time.Duration(share*float64(t.spec.length()))).Truncate(time.Millisecond))
		c.attempts = c.attempts[:min(len(c.attempts), t.spec.Attempts-made)]
		c.n++
		if err := take(&c); err != nil {
			return err
		}
	}
	return nil
}

func (t *traffic) make(c *madeCall, at time.Time) {
	c.began, c.area = at, int(t.busy.Uint64())
	a := &t.areas[c.area]
	c.number = a.prefix
	for len(c.number) < a.digits {
		c.number += string(rune('0' + t.random.IntN(10)))
	}
	c.account = 1 + int(t.account.Uint64())
	c.attempts = c.attempts[:0]
	for k := range a.routes {
		v := t.attempt(k+1, &t.routes[a.routes[k]], at)
		c.attempts = append(c.attempts, v)
		if v.blame != "route" {
			return
		}
		at = at.Add(v.elapsed)
	}
}

// attempt is one bid: half are answered, one in five fails for the route's sake.
func (t *traffic) attempt(n int, route *reportRoute, at time.Time) madeAttempt {
	r := t.random
	v := madeAttempt{n: n, route: route, began: at}
	if r.Float64() < route.loses {
		v.result, v.blame = "failed", "route"
		v.status = []int{503, 503, 503, 500, 502, 408, 404, 480, 403}[r.IntN(9)]
		v.cause = map[int]int{503: 34, 500: 41, 502: 38, 408: 102, 404: 3, 480: 20, 403: 21}[v.status]
		v.elapsed = time.Duration(100+r.IntN(4000)) * time.Millisecond
		return v
	}
	v.rang, v.pdd = true, time.Duration(800*math.Exp(r.NormFloat64()*0.6))*time.Millisecond+time.Millisecond
	v.elapsed = v.pdd + time.Duration(2000+r.IntN(20_000))*time.Millisecond
	switch d := r.Float64(); {
	case d < 0.62:
		v.result, v.status, v.cause = "answered", 200, 16
		v.talk = time.Duration(150_000*r.ExpFloat64()) * time.Millisecond
	case d < 0.80:
		v.result, v.status, v.cause, v.blame = "no_answer", 480, 19, "called"
	case d < 0.90:
		v.result, v.status, v.cause, v.blame = "busy", 486, 17, "called"
	default:
		v.result, v.status, v.cause, v.blame = "cancelled", 487, 0, "caller"
	}
	return v
}
