//go:build e2e

package e2e_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
)

// change changes rows as an operator would, by SQL, and waits until every node
// decides by them.
func (x *exchange) change(t *testing.T, statement string, args ...any) {
	t.Helper()
	if _, err := x.sql.ExecContext(soon(t), statement, args...); err != nil {
		t.Fatal(err)
	}
	// A mark behind what was changed: a neighbour's newer change may be known before
	// an older one of ours, whose number was given first.
	mark, err := x.sql.ExecContext(soon(t), `INSERT INTO change_log (topic, at) VALUES ('e2e', UTC_TIMESTAMP(3))`)
	if err != nil {
		t.Fatal(err)
	}
	id, err := mark.LastInsertId()
	if err != nil {
		t.Fatal(err)
	}
	version := uint64(id)
	for _, n := range x.Nodes {
		eventually(t, patience, func() error {
			if got := snapshotOf(n.Log); got < version {
				return fmt.Errorf("%s decides by snapshot %d, the rows are at %d", n.Name, got, version)
			}
			return nil
		})
	}
}

// snapshotOf is the version of the newest snapshot that a node's log tells of.
func snapshotOf(log string) uint64 {
	versions := numbersIn(log, "routing snapshot", "version")
	if len(versions) == 0 {
		return 0
	}
	return uint64(versions[len(versions)-1])
}

// numbersIn are what a node's log says in a field of all lines with a message, the
// oldest first.
func numbersIn(log, message, field string) []float64 {
	text, err := os.ReadFile(log)
	if err != nil {
		return nil
	}
	var list []float64
	for line := range strings.SplitSeq(string(text), "\n") {
		var event map[string]any
		if strings.Contains(line, message) && json.Unmarshal([]byte(line), &event) == nil && event["message"] == message {
			if n, ok := event[field].(float64); ok {
				list = append(list, n)
			}
		}
	}
	return list
}
