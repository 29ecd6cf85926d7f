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
	text, err := os.ReadFile(log)
	if err != nil {
		return 0
	}
	var newest uint64
	for line := range strings.SplitSeq(string(text), "\n") {
		var event struct {
			Message string `json:"message"`
			Version uint64 `json:"version"`
		}
		if strings.Contains(line, "routing snapshot") && json.Unmarshal([]byte(line), &event) == nil && event.Message == "routing snapshot" {
			newest = event.Version
		}
	}
	return newest
}
