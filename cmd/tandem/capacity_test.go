package main

import (
	"testing"

	"tandem/db"
)

// Calls in progress are counted once: by the node that let them in, or by one of
// those that live when it is gone.
func TestCallsInProgressAreCountedOnce(t *testing.T) {
	alive := []string{"a", "b", "c"}
	var nodesOf []*node
	for i, name := range alive {
		n := &node{config: config{Node: name}}
		n.others.Store(&nodes{alive, i})
		nodesOf = append(nodesOf, n)
	}
	for _, call := range []string{"alpha-1.1", "alpha-1.2", "alpha-1.3", "beta-7.9"} {
		for _, decided := range []string{"a", "b", "c", "gone"} {
			counted := 0
			for _, n := range nodesOf {
				if n.counts(call, decided) {
					counted++
				}
			}
			if counted != 1 {
				t.Errorf("call %s of node %s is counted by %d nodes", call, decided, counted)
			}
		}
	}
	if first := (&node{config: config{Node: "a"}}); !first.counts("alpha-1.1", "b") {
		t.Error("a node that knows no others counts everything")
	}
}

// A node that stands by lends its part; the parts of those that are busy add up.
func TestIdleNodesLendTheirPart(t *testing.T) {
	alive := []db.Node{{Name: "a", Busy: true}, {Name: "b"}, {Name: "c", Busy: true}}
	for name, want := range map[string][3]int{"a": {0, 0, 2}, "b": {1, 1, 3}, "c": {2, 1, 2}, "d": {-1, 0, 2}} {
		all, index, count := nodePart(name, alive)
		if got := [3]int{all.index, index, count}; got != want || len(all.alive) != 3 {
			t.Errorf("%s: place, part and parts %v, want %v", name, got, want)
		}
	}
}
