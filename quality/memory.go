package quality

import "math"

// window is a sum over recent calls, newer ones counting more.
type window struct {
	n        float32 // calls
	seized   float32 // of them, those that the far side took up
	answered float32
	expected float32 // of them, had they gone as the destination's calls go
	ended    float32 // calls after which the hunt did not go on
	waited   float32 // seconds until something was heard or the attempt was over
}

// memo is what is known of one route at one prefix: a long window that
// measures well, and a short one that sees a change soon. What is in the short
// one is in the long one too.
type memo struct {
	long, short window
	last        uint32 // when it was last told of a call; Unix time
	// Of a provider everywhere: when it last became better or worse. Of a route:
	// up to when its provider's changes have been taken into account, and since
	// when it is worse than the destination's other routes, 0 when it is not.
	better, worse uint32
	samples       uint32 // calls ever, faded or not, and at least one each time that it was told
}

// sample is one call, or a number of them that are told at once.
type sample = window

func (w *window) scale(k float32) {
	w.n *= k
	w.seized *= k
	w.answered *= k
	w.expected *= k
	w.ended *= k
	w.waited *= k
}

// add counts a sample; what no longer fits in the window fades.
func (w *window) add(s sample, size float32) {
	if s.n > size {
		s.scale(size / s.n)
	}
	if w.n+s.n > size && w.n > 0 {
		w.scale((size - s.n) / w.n)
	}
	w.n += s.n
	w.seized += s.seized
	w.answered += s.answered
	w.expected += s.expected
	w.ended += s.ended
	w.waited += s.waited
}

// fade lets time pass. The short window forgets eight times as soon.
func (m *memo) fade(now uint32, halfLife float64) {
	if now <= m.last || m.last == 0 {
		return // a clock that was set back changes nothing
	}
	k := halves(float64(now-m.last) / halfLife)
	m.long.scale(k)
	k *= k
	k *= k
	m.short.scale(k * k)
}

// halves is a half to the power of x, right to a millionth: it is asked for
// several times a route.
func halves(x float64) float32 {
	if x > 100 {
		return 0
	}
	whole := int(x + 0.5)
	y := (float64(whole) - x) * math.Ln2 // -0.35 to 0.35
	part := 1 + y*(1+y*(1.0/2+y*(1.0/6+y*(1.0/24+y*(1.0/120+y*(1.0/720))))))
	return float32(part) * math.Float32frombits(uint32(127-whole)<<23)
}

// add counts a sample. memory and sudden are the sizes of the windows.
func (m *memo) add(s sample, now uint32, memory, sudden float32) {
	if s.waited < 0 {
		s.waited = s.n * m.wait()
	}
	m.last = max(m.last, now)
	m.samples += uint32(max(1, s.n))
	m.long.add(s, memory)
	m.short.add(s, sudden)
}

// learn counts a sample of one route, or of a provider, whose calls are mixed:
// they go to all sorts of destinations.
func (m *memo) learn(s sample, now uint32, memory, sudden float32, mixed bool) {
	m.add(s, now, memory, sudden)
	if changed, better := m.changed(sudden, mixed); changed {
		m.long, m.short = m.short, window{} // what was true before no longer is
		if better {
			m.better = now
		} else {
			m.worse = now
		}
	}
}

// doubt lets go of what is older than a change of the route's provider: nearly
// all of a bad memory when it became better, much of a good one when it became
// worse.
func (m *memo) doubt(provider *memo, much float32) {
	changed := max(provider.better, provider.worse)
	if m.better >= changed {
		return
	}
	m.better = changed
	most, bad := much, m.long.answered < badShare*m.long.expected
	if provider.better == changed {
		if most = forgiven; !bad {
			return
		}
	} else if bad {
		return
	}
	if m.long.n > most {
		m.long.scale(most / m.long.n)
		m.short = window{}
	}
}

// wait is the average delay of the last calls.
func (m *memo) wait() float32 {
	switch {
	case m.short.n > 0:
		return m.short.waited / m.short.n
	case m.long.n > 0:
		return m.long.waited / m.long.n
	default:
		return waitBelief
	}
}

// forgiven is how many calls of a bad memory are left.
const forgiven = 2

// badShare of the answers that were to be expected is bad.
const badShare = 0.7

// How sure the short window must be that the route has changed. It is looked at
// after every call, so that chance alone deceives it about once in a hundred
// thousand calls, which then only costs memory. To forgive a route that was bad,
// less is enough: the worst that can happen is that it is left once more.
const (
	changeSigmas  = 4.0
	forgiveSigmas = 2.5
	changeCalls   = 8
)

// changed says that the short window contradicts what was known before it, and
// whether it is better. Of mixed calls it is the comparison with the other routes
// that may change: a provider is not worse because harder numbers are dialled.
func (m *memo) changed(sudden float32, mixed bool) (changed, better bool) {
	n := m.short.n
	before := m.long.n - n
	if n < changeCalls || before < changeCalls {
		return false, false
	}
	answered, expected := max(0, m.long.answered-m.short.answered), max(0, m.long.expected-m.short.expected)
	was, is := answered/before, m.short.answered/n
	if mixed && expected > 0 {
		was = min(1, answered/expected*m.short.expected/n)
	}
	sigmas := changeSigmas
	better = is > was
	if better && answered < badShare*expected {
		sigmas = forgiveSigmas
	}
	size := n
	if n > 0.9*sudden {
		size *= 2 // newer calls weigh more in a full window, which makes it worth twice its size
	}
	return differ(is, size, was, before, sigmas) ||
		!mixed && differ(m.short.ended/n, size, max(0, m.long.ended-m.short.ended)/before, before, changeSigmas), better
}

// differ says that two shares, each of so many calls, are not the same.
func differ(p, n, q, m float32, sigmas float64) bool {
	pooled := float64((p*n + q*m + 1) / (n + m + 2))
	d := float64(p - q)
	return d*d > sigmas*sigmas*pooled*(1-pooled)*float64(1/n+1/m)
}
