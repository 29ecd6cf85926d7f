package chaos

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tandem/internal/money"
)

// tell says now and then how the traffic is.
func (t *traffic) tell(ctx context.Context, say func(format string, args ...any)) {
	for rest(ctx, 10*time.Second) {
		say("%d calls so far, %d at this moment", len(t.all()), t.active.Load())
	}
}

// summary says what a run was made of: a run in which nothing talked proves nothing.
func summary(b *books, w *witness) []string {
	answered, cut := 0, 0
	var talk time.Duration
	for i := range w.Phones {
		if s := &w.Phones[i]; s.answered() {
			answered++
			talk += s.Result.Talk()
			if w.cut(s.Result.AnsweredAt, s.Result.EndedAt) {
				cut++
			}
		}
	}
	closed, kinds, blows := map[string]int{}, map[string]int{}, map[string]int{}
	var sales money.Amount
	estimated, longer, ended := 0, 0, 0
	for i := range b.Calls {
		c := &b.Calls[i]
		closed[c.ClosedBy]++
		if c.ClosedBy == "estimate" && c.Disposition == "answered" {
			estimated++
		}
		if c.Talk > slice {
			longer++
		}
		if c.Cut {
			ended++
		}
		sales += or0(c.Sale)
	}
	for _, e := range b.Ledger {
		kinds[e.Kind]++
	}
	for _, v := range w.Blows {
		blows[v.Action.String()]++
	}
	return []string{
		fmt.Sprintf("phones: %d calls, %d answered, %s of talk, %d cut off by Asterisk's death", len(w.Phones), answered, talk.Round(time.Second), cut),
		"blows: " + counts(blows),
		fmt.Sprintf("records: %d, closed by %s, %d of the estimates answered; sold for %s", len(b.Calls), counts(closed), estimated, sales),
		fmt.Sprintf("money: %d calls talked beyond their first slice, %d were ended by their limit", longer, ended),
		fmt.Sprintf("ledger: %d entries, %s", len(b.Ledger), counts(kinds)),
	}
}

// counts is "a 1, b 2".
func counts(m map[string]int) string {
	var list []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		name := k
		if name == "" {
			name = "nobody"
		}
		list = append(list, fmt.Sprintf("%s %d", name, m[k]))
	}
	return strings.Join(list, ", ")
}
