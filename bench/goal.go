package bench

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// GoalHeld is a criterion that was set beforehand, and what came of it.
type GoalHeld struct {
	Name    string  `json:"name"`
	AtLeast bool    `json:"at_least"` // else at most
	Limit   float64 `json:"limit"`
	Found   float64 `json:"found"`
	Reached bool    `json:"reached"`
}

func atMost(name string, limit, found float64) GoalHeld {
	return GoalHeld{Name: name, Limit: limit, Found: found, Reached: found <= limit}
}

func atLeast(name string, limit, found float64) GoalHeld {
	return GoalHeld{Name: name, AtLeast: true, Limit: limit, Found: found, Reached: found >= limit}
}

func printGoals(out io.Writer, goals []GoalHeld) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "\ngoal\t\tfound\t")
	for _, g := range goals {
		bound := "at most"
		if g.AtLeast {
			bound = "at least"
		}
		fmt.Fprintf(w, "%s\t%s %.4g\t%.4g\t%s\n", g.Name, bound, g.Limit, g.Found, verdict(g.Reached))
	}
	return w.Flush()
}
