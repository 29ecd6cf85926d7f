package v1_test

import (
	"net/http"
	"strings"
	"testing"

	"tandem/api/access"
	"tandem/db"
)

// Who uploaded, corrected, kept and gave up a sheet, and who asked for a replay and
// deleted it, is in the audit log; what nodes do of themselves is not.
func TestDeskIsAudited(t *testing.T) {
	t.Parallel()
	h := newDesk(t)
	c := h.session(access.Operator)
	v := c.upload("voxbeam-cli.csv", sheet(t, "voxbeam-cli.csv"))
	c.until(v.ID, db.ImportReady)
	path := h.path("/imports/%d", v.ID)
	c.do(http.MethodPut, path+"/columns", map[string]any{"settings": map[string]any{"comment": "again"}}).want(t, http.StatusAccepted)
	c.until(v.ID, db.ImportReady)
	c.post(path+"/keep", map[string]any{"comment": "December"}).want(t, http.StatusAccepted)
	c.until(v.ID, db.ImportKept)
	c.delete(path).want(t, http.StatusNoContent)
	c.delete(path).want(t, http.StatusNotFound)
	log := func(kind string) string {
		return h.one(`SELECT GROUP_CONCAT(CONCAT(action, ' ', actor, ' ', object_name) ORDER BY id SEPARATOR '; ') FROM audit_log WHERE kind = ?`, kind)
	}
	const name = " operator VoxBeam cli: voxbeam-cli.csv"
	if got, want := log("import"), "upload"+name+"; correct"+name+"; keep"+name+"; delete"+name; got != want {
		t.Errorf("audit log: %s\nwant: %s", got, want)
	}
	if after := h.one(`SELECT after_json FROM audit_log WHERE kind = 'import' AND action = 'keep'`); !strings.Contains(after, "December") {
		t.Errorf("kept: %s", after)
	}

	where := c.post("/replays", map[string]any{"from": "2026-03-01T00:00:00Z", "to": "2026-03-08T00:00:00Z"}).want(t, http.StatusAccepted).header.Get("Location")
	path = strings.TrimPrefix(where, "/api/v1")
	c.delete(path).want(t, http.StatusNoContent)
	c.delete(path).want(t, http.StatusNotFound)
	if got, want := log("replay"), "create operator ; delete operator "; got != want {
		t.Errorf("audit log: %s, want %s", got, want)
	}
	if request := h.one(`SELECT before_json FROM audit_log WHERE kind = 'replay' AND action = 'delete'`); !strings.Contains(request, "2026-03-08") {
		t.Errorf("deleted: %s", request)
	}
}
