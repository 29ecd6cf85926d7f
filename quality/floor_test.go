package quality_test

import (
	"testing"
	"time"

	"tandem/internal/money"
	"tandem/quality"
	"tandem/routing"
)

// mixed tells the first route of calls to Moscow, one a second and each to another number:
// so many refused, rung into nothing, and answered, well mixed.
func (b *bed) mixed(refused, rung, answered int) {
	for _, i := range b.random.Perm(refused + rung + answered) {
		b.at = b.at.Add(time.Second)
		b.dialled++
		o := quality.Outcome{Seized: i >= refused, Answered: i >= refused+rung, Ended: i >= refused, Wait: time.Second}
		b.Learn(&quality.Tried{Key: route(1), B: number(moscow, b.dialled), At: b.at, Outcome: o})
	}
}

// A floor is on the ASR unless it says ABR: a route that refuses much and answers
// most of what it takes is below the one and above the other.
func TestFloorsMeasure(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		floor                   quality.Floor
		refused, rung, answered int
		want                    routing.Floor // Of and Share: about
	}{
		"much refused, by bids":       {quality.Floor{Measure: quality.MeasureABR, Least: 300_000, Over: 80}, 70, 10, 20, routing.Floor{ABR: true, Least: 300_000, Over: 80, Share: 200_000, Of: 100}},
		"much refused, by seizures":   {quality.Floor{Measure: quality.MeasureASR, Least: 300_000, Over: 20}, 70, 10, 20, routing.Floor{}},
		"rings into nothing":          {quality.Floor{Prefix: "74", Least: 300_000, Over: 60}, 20, 65, 15, routing.Floor{Prefix: "74", Least: 300_000, Over: 60, Share: 187_500, Of: 80}},
		"too few seizures":            {quality.Floor{Least: 300_000, Over: 60}, 100, 50, 0, routing.Floor{}},
		"nothing but refused":         {quality.Floor{Least: 300_000, Over: 10}, 100, 0, 0, routing.Floor{}},
		"nothing but refused, by bid": {quality.Floor{Measure: quality.MeasureABR, Least: 300_000, Over: 10}, 100, 0, 0, routing.Floor{ABR: true, Least: 300_000, Over: 10, Of: 100}},
		"other numbers":               {quality.Floor{Prefix: "44", Least: 300_000, Over: 60}, 20, 65, 15, routing.Floor{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBed(t, func(q *quality.Config) {
				q.Floors, q.HalfLife = []quality.Floor{{Prefix: "9", Least: 1, Over: 10}, c.floor}, 24*time.Hour
			})
			b.calls(2, 100, moscow, 0.5)
			b.mixed(c.refused, c.rung, c.answered)
			call := &quality.Call{B: number(moscow, 1), At: b.at, Sale: 60_000, Sold: true}
			offers := offersOf(10_000, 55_000)
			got := weights(b.Evidence, call, offers)[0]
			near := got.Floor
			near.Share, near.Of = c.want.Share, c.want.Of
			if got.Floored != (c.want != routing.Floor{}) || near != c.want || !about(got.Floor.Share, c.want.Share) || !about(int32(got.Floor.Of), int32(c.want.Of)) {
				t.Errorf("floored %t by %+v, want %+v", got.Floored, got.Floor, c.want)
			}
			if behind := sorted(offers)[0] == 2; got.Floored && !behind {
				t.Errorf("%+v is first", got)
			}
		})
	}
}

func about(got, want int32) bool { return max(got-want, want-got) <= want/20 }

// What a route answered of its seizures survives what memories go through: a
// sudden change, the hours, and the way to the table and back.
func TestSeizuresAreRemembered(t *testing.T) {
	t.Parallel()
	b := newBed(t, func(c *quality.Config) {
		c.Floors = []quality.Floor{{Least: quality.Whole * 9 / 10, Over: 10}}
	})
	b.mixed(0, 100, 100)
	b.mixed(30, 0, 0) // from one minute to the next it refuses all
	b.mixed(0, 20, 5)
	for range 3 {
		w := weights(b.Evidence, &quality.Call{B: number(moscow, 1), At: b.at}, []quality.Offer{{Key: route(1), Cost: money.Amount(1)}})[0]
		if w.Floor.Of > w.Samples || w.Floored && float64(w.Own)*float64(w.Samples) > 1.1*float64(w.Floor.Share)*float64(w.Floor.Of) {
			t.Errorf("after %s: %+v", b.at.Sub(noon), w)
		}
		b.at = b.at.Add(30 * time.Minute)
	}
	if w := weights(b.Evidence, &quality.Call{B: number(moscow, 1), At: b.at}, offersOf(1))[0]; !w.Floored || w.Floor.Share < 100_000 || w.Floor.Share > 500_000 {
		t.Errorf("of 25 seizures 5 were answered, known is %+v", w)
	}
}

// Calls that fade, and those that no longer fit in the window, take their seizures
// with them.
func TestSeizuresFade(t *testing.T) {
	t.Parallel()
	b := newBed(t, func(c *quality.Config) {
		c.Floors = []quality.Floor{{Least: quality.Whole * 9 / 10, Over: 10}}
	})
	b.mixed(0, 200, 200)
	for range 6 {
		w := weights(b.Evidence, &quality.Call{B: number(moscow, 1), At: b.at}, offersOf(1))[0]
		if !w.Floored || w.Floor.Of != w.Samples || w.Floor.Share != w.Own {
			t.Errorf("after %s: %+v, want as many seizures as calls", b.at.Sub(noon), w)
		}
		b.at = b.at.Add(time.Hour)
	}
}
