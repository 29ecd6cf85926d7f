package chaos

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// target is what is broken.
type target int

const (
	node1 target = iota
	node2
	mariaDB
	asterisk
	targets
)

func (t target) String() string {
	return [...]string{"tandem-1", "tandem-2", "MariaDB", "Asterisk"}[t]
}

// action is how it is broken.
type action int

const (
	kill    action = iota // SIGKILL, a while of nothing, a start
	pause                 // SIGSTOP, a while of silence, SIGCONT
	restart               // SIGTERM, its own orderly end, a start
	actions
)

func (a action) String() string { return [...]string{"kill", "pause", "restart"}[a] }

// blow is one thing that happens to one program.
type blow struct {
	At     time.Duration // since the beginning
	Target target
	Action action
	For    time.Duration // until it is started or goes on; for a restart: no pause between
}

func (b blow) String() string {
	if b.Action == restart {
		return fmt.Sprintf("%s %s", b.Action, b.Target)
	}
	return fmt.Sprintf("%s %s for %.1f s", b.Action, b.Target, b.For.Seconds())
}

// Times of a plan.
const (
	firstBlow = 3 * time.Second         // the first calls talk by then
	lastRest  = 3 * time.Second         // between the last blow and the end of the traffic
	slot      = 4400 * time.Millisecond // one blow in each: blows of two programs overlap, for one often lasts longer
	jitter    = 3 * time.Second
	minPause  = time.Second
	maxPause  = 8 * time.Second
	maxDown   = 3 * time.Second
)

// planOf lists the blows of a run. Every program is killed, paused and restarted
// in turn, in an order of the round's own, so that in a minute each of it happens
// to each of them.
func planOf(seed uint64, length time.Duration) []blow {
	r := random(seed, "plan")
	var round, plan []blow
	for at := firstBlow; at+jitter <= length-lastRest; at += slot {
		if len(round) == 0 {
			round = shuffled(r)
		}
		next := round[0]
		round = round[1:]
		next.At = at + span(r, 0, jitter)
		plan = append(plan, next)
	}
	return plan
}

// shuffled is one round.
func shuffled(r *rand.Rand) []blow {
	var round []blow
	for t := range targets {
		for a := range actions {
			b := blow{Target: t, Action: a}
			switch a {
			case kill:
				b.For = span(r, 0, maxDown)
			case pause:
				b.For = span(r, minPause, maxPause)
			default:
			}
			round = append(round, b)
		}
	}
	r.Shuffle(len(round), func(i, j int) { round[i], round[j] = round[j], round[i] })
	return round
}

// random is the generator of one part of a run: parts do not disturb each other.
func random(seed uint64, part string) *rand.Rand {
	salt := uint64(14695981039346656037) // FNV-1a
	for _, c := range []byte(part) {
		salt = (salt ^ uint64(c)) * 1099511628211
	}
	return rand.New(rand.NewPCG(seed, salt)) //nolint:gosec // G404: chaos on request, by a seed
}

// span is a time from a to b, in whole milliseconds.
func span(r *rand.Rand, a, b time.Duration) time.Duration {
	return a + time.Duration(r.Int64N(int64((b-a)/time.Millisecond)+1))*time.Millisecond
}
