package quality_test

import (
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/quality"
)

const rings = 90 * time.Second

// offer begins an attempt on route 1 to a number of its own.
func (b *bed) offer(q *quality.Settle, call int) {
	q.Offered(strconv.Itoa(call), 1, quality.Tried{Key: route(1), B: number(moscow, call), At: b.at})
}

func (b *bed) calledOf() (calls uint32, answered quality.Share) {
	e := weights(b.Evidence, &quality.Call{B: number(moscow, 1), At: b.at}, offersOf(1))[0]
	return b.Ever(route(1), number(moscow, 1)), quality.Share(e.Own)
}

// A route that gets its first calls all at once, one in three of which fails at
// once, never looks as if it failed them all.
func TestSettleTellsInOrderOfBids(t *testing.T) {
	t.Parallel()
	b := newBed(t, nil)
	q := quality.NewSettle(b.Evidence, rings, 1000)
	for i := range 60 {
		b.offer(q, i)
		if i%3 == 1 {
			q.Over(strconv.Itoa(i), 1, quality.Outcome{Wait: time.Millisecond})
		}
	}
	b.at = b.at.Add(10 * time.Second)
	q.Tick(b.at)
	if calls, _ := b.calledOf(); calls != 0 {
		t.Fatalf("%d calls are told while the first is still ringing", calls)
	}
	b.at = b.at.Add(rings)
	q.Tick(b.at)
	calls, answered := b.calledOf()
	if calls != 60 || answered < 600_000 || answered > 730_000 {
		t.Errorf("%d calls, %s answered: want 60, about two in three", calls, answered)
	}
	q.Over("0", 1, quality.Outcome{}) // too late to matter
	q.Tick(b.at)
	if calls, _ := b.calledOf(); calls != 60 {
		t.Errorf("%d calls after an end that came late, want 60", calls)
	}
}

// Whatever happens in whatever order, an attempt counts at most once, never more
// are held than there is room for, and in the end all that were not pushed out
// have been told.
func TestSettleCountsOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := quality.Defaults()
		c.MaxCells, c.RepeatWithin = 1024, 0
		e, err := quality.New(c)
		if err != nil {
			t.Fatal(err)
		}
		b := &bed{Evidence: e, at: noon}
		room := rapid.IntRange(1, 8).Draw(t, "room")
		q := quality.NewSettle(e, rings, room)
		began, over := map[int]bool{}, map[int]bool{}
		held, lost := []int{}, 0
		tick := func() {
			for len(held) > 0 && over[held[0]] {
				held = held[1:]
			}
		}
		next := 0
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			b.at = b.at.Add(time.Millisecond)
			switch rapid.IntRange(0, 3).Draw(t, "step") {
			case 0, 1:
				next++
				if len(held) == room {
					if !over[held[0]] {
						lost++
					}
					held = held[1:]
				}
				b.offer(q, next)
				b.offer(q, next) // twice is once
				held, began[next] = append(held, next), true
			case 2:
				i := rapid.IntRange(0, next+1).Draw(t, "call")
				q.Over(strconv.Itoa(i), 1, quality.Outcome{Answered: true, Ended: true, Wait: time.Second})
				over[i] = over[i] || began[i]
			case 3:
				q.Tick(b.at)
				tick()
			}
		}
		b.at = b.at.Add(rings + time.Second)
		q.Tick(b.at)
		if calls, _ := b.calledOf(); int(calls) != len(began)-lost {
			t.Fatalf("%d calls told of %d, %d lost without an end", calls, len(began), lost)
		}
	})
}

// An attempt that never reached its route is no evidence, and holds up nothing.
func TestForgottenAttemptIsNotTold(t *testing.T) {
	t.Parallel()
	b := newBed(t, nil)
	q := quality.NewSettle(b.Evidence, rings, 10)
	for i := range 3 {
		b.offer(q, i)
	}
	q.Forget("0", 1)
	q.Forget("0", 1)  // once more
	q.Forget("77", 1) // never offered
	q.Over("0", 1, quality.Outcome{Answered: true, Ended: true})
	q.Over("1", 1, quality.Outcome{Answered: true, Ended: true})
	q.Over("2", 1, quality.Outcome{Answered: true, Ended: true})
	q.Tick(b.at)
	if calls, answered := b.calledOf(); calls != 2 || answered != quality.Whole {
		t.Errorf("%d calls, %s answered; want the two that were made", calls, answered)
	}
}
