package v1_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem/api/access"
	v1 "tandem/api/v1"
	"tandem/db"
	"tandem/desk"
)

// newDesk is a house with the demo's data whose work is done: imports, replays.
func newDesk(t *testing.T) *house {
	t.Helper()
	var config *v1.Config
	h := seededHouse(t, func(c *v1.Config) { config = c })
	run(t, config.Jobs)
	return h
}

// run has work done until the test ends, or until stop.
func run(t *testing.T, jobs *desk.Jobs) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() { jobs.Run(ctx) })
	stop = func() { cancel(); all.Wait() }
	t.Cleanup(stop)
	return stop
}

// sheet is one of the sheets of the stories about decks.
func sheet(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "cmd", "tandem", "testdata", "sheets", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// upload sends a sheet of VoxBeam's, whose id is 8, and returns its import.
func (c *client) upload(name string, body []byte) (v desk.ReadSheet) {
	c.h.t.Helper()
	c.post("/imports?provider_id=8&tier=cli&file="+url.QueryEscape(name), body).want(c.h.t, http.StatusCreated).into(c.h.t, &v)
	return v
}

// until asks for an import until it is in a state.
func (c *client) until(id int64, state db.ImportState) (v desk.ReadSheet) {
	c.h.t.Helper()
	eventually(c.h.t, func() bool {
		v = desk.ReadSheet{}
		c.get(c.h.path("/imports/%d", id)).want(c.h.t, http.StatusOK).into(c.h.t, &v)
		if v.State == db.ImportFailed && state != db.ImportFailed {
			c.h.t.Fatalf("failed: %s %+v", v.Error, v.Errors)
		}
		return v.State == state
	})
	return v
}

func eventually(t *testing.T, is func() bool) {
	t.Helper()
	tick, late := time.NewTicker(20*time.Millisecond), time.After(20*time.Second)
	defer tick.Stop()
	for !is() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatal("it did not come to that in 20 s")
		}
	}
}

func TestSheetBecomesTheDeckInForce(t *testing.T) {
	t.Parallel()
	h := newDesk(t)
	c := h.session(access.Operator)
	v := c.upload("voxbeam-cli.csv", sheet(t, "voxbeam-cli.csv"))
	if v.Provider != "VoxBeam" || v.Tier != "cli" || v.Currency != "USD" || v.CreatedBy != "operator" {
		t.Errorf("%+v", v.DeckImport)
	}
	v = c.until(v.ID, db.ImportReady)
	if v.Sheet == nil || v.Sheet.Rates != 9 || len(v.Sheet.Columns) != 5 || v.Sheet.Columns[1].Field != "prefix" || len(v.Errors) != 0 {
		t.Fatalf("%+v", v.Sheet)
	}
	if len(v.Rows) != 8 || v.Rows[0].Cells[1] != "Code" || v.Rows[3].Cells[1] != "3712, 37126" {
		t.Errorf("rows %+v", v.Rows)
	}
	path := h.path("/imports/%d", v.ID)
	var p desk.DeckPreview
	c.get(path+"/preview").want(t, http.StatusOK).into(t, &p)
	if p.Base == nil || p.Base.ID != 4 || p.Created != 4 || p.Raised != 2 || p.Lowered != 1 || p.Deleted != 1 || p.Unchanged != 2 || p.DestinationsTotal != 6 {
		t.Errorf("%+v", p)
	}
	bars := 0
	for _, b := range p.Histogram {
		bars += b.Codes
	}
	if bars != 9 || p.CostMost[0].Name != "United Kingdom, mobile" || p.Percent == nil {
		t.Errorf("histogram of %d codes, most %+v", bars, p.CostMost)
	}

	c.post(path+"/keep", map[string]any{"comment": "rates of December"}).want(t, http.StatusAccepted)
	v = c.until(v.ID, db.ImportKept)
	draft := h.path("/decks/%d", v.DeckID)
	var d struct {
		desk.Deck
		InForceID    int64 `json:"in_force_id"`
		RollbackToID int64 `json:"rollback_to_id"`
	}
	c.get(draft).want(t, http.StatusOK).into(t, &d)
	if d.Status != db.DeckDraft || d.Rates != 9 || d.Comment != "rates of December" || d.InForceID != 4 || d.Version != 2 {
		t.Errorf("%+v", d)
	}
	c.post(draft+"/publish", map[string]any{"expected_deck_id": 1}).want(t, http.StatusConflict)
	c.post(draft+"/publish", map[string]any{"at": "2020-01-01"}).blames(t, "body.at", "over already")
	c.post(draft+"/publish", map[string]any{"expected_deck_id": 4}).want(t, http.StatusOK)
	c.post(draft+"/publish", map[string]any{}).want(t, http.StatusConflict)
	c.get(draft).into(t, &d)
	if d.Status != db.DeckPublished || d.RollbackToID != 4 {
		t.Errorf("%+v", d)
	}
	// Of two who roll back one is told.
	back := map[string]any{"provider_id": 8, "tier": "cli", "expected_deck_id": v.DeckID}
	c.post("/decks/rollback", back).want(t, http.StatusOK)
	c.post("/decks/rollback", back).want(t, http.StatusConflict)
	for _, action := range []string{"create", "publish", "rollback"} {
		if h.one(`SELECT actor FROM audit_log WHERE kind = 'deck' AND object_id = ? AND action = ?`, v.DeckID, action) != "operator" {
			t.Errorf("%s: not in the audit log", action)
		}
	}
}

func TestColumnsAreCorrected(t *testing.T) {
	t.Parallel()
	h := newDesk(t)
	c := h.session(access.Operator)
	// A column of codes and two that may be the price.
	v := c.upload("x.csv", []byte("code;now;then\n371;0,05;0,06\n44;0,01;0,02\n"))
	path := h.path("/imports/%d", v.ID)
	v = c.until(v.ID, db.ImportFailed)
	if len(v.Errors) != 1 || len(v.Rows) != 3 || strings.Contains(v.Errors[0].Fix, "--") {
		t.Fatalf("%+v %+v", v.Errors, v.Rows)
	}
	c.get(path+"/preview").want(t, http.StatusConflict)
	c.post(path+"/keep", nil).want(t, http.StatusConflict)
	c.put(path+"/columns", map[string]any{"columns": []any{map[string]any{"index": 1, "field": "price"}}}).blames(t, "body.columns[0].field", "want one of")
	c.put(path+"/columns", map[string]any{"settings": map[string]any{"time_zone": "Mars"}}).blames(t, "body.time_zone", "IANA")
	c.put(path+"/columns", map[string]any{"columns": []any{
		map[string]any{"index": 1, "field": "prefix"}, map[string]any{"index": 3, "field": "per_minute"},
	}}).want(t, http.StatusAccepted)
	v = c.until(v.ID, db.ImportReady)
	if v.Sheet.Rates != 2 || v.Sheet.Columns[2].Field != "per_minute" || v.Error != "" {
		t.Errorf("%+v", v)
	}
	c.delete(path).want(t, http.StatusNoContent)
	c.get(path).want(t, http.StatusNotFound)
}

func TestFaultsAreNamedByLineAndColumn(t *testing.T) {
	t.Parallel()
	h := newDesk(t)
	c := h.session(access.Operator)
	v := c.until(c.upload("voxbeam-errors.csv", sheet(t, "voxbeam-errors.csv")).ID, db.ImportFailed)
	if len(v.Errors) < 4 || v.Errors[0].Line != 3 || v.Errors[0].Letter != "C" || v.Errors[0].Cell != "-0.0650" || v.ErrorsTotal != len(v.Errors) {
		t.Errorf("%+v", v.Errors)
	}
}

func TestUploadsThatAreRefused(t *testing.T) {
	t.Parallel()
	h := newDesk(t)
	c := h.session(access.Operator)
	c.post("/imports?provider_id=8&tier=cli", []byte("a")).blames(t, "query.file", "name of the file")
	c.post("/imports?file=a", []byte("a")).blames(t, "query.provider_id", "either")
	c.post("/imports?file=a&provider_id=8&tariff_id=1", []byte("a")).blames(t, "query.provider_id", "either")
	c.post("/imports?file=a&provider_id=999&tier=cli", []byte("a")).blames(t, "query.provider_id", "999")
	c.post("/imports?file=a&provider_id=8&tier=gold", []byte("a")).blames(t, "query.tier", "want")
	c.post("/imports?file=a&provider_id=8&teir=cli", []byte("a")).blames(t, "query.teir", "no such")
	c.post("/imports?file=a&provider_id=8&tier=cli", make([]byte, 64<<20+1)).want(t, http.StatusRequestEntityTooLarge)
	if n := h.one("SELECT COUNT(*) FROM deck_imports"); n != "0" {
		t.Errorf("%s rows are left", n)
	}
}

// A node dies while it reads, another while it keeps: others go on, and of one
// sheet there is one draft.
func TestImportsOutliveTheirNode(t *testing.T) {
	t.Parallel()
	var config *v1.Config
	h := seededHouse(t, func(c *v1.Config) { config = c })
	c := h.session(access.Operator)
	v := c.upload("voxbeam-cli.csv", sheet(t, "voxbeam-cli.csv"))
	path := h.path("/imports/%d", v.ID)
	dies := func() db.Work {
		w, ok, err := h.db.TakeImport(t.Context())
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		return w
	}
	dead := dies()
	c.get(path).into(t, &v)
	if v.State != db.ImportReading || !v.Progress.AtWork {
		t.Errorf("while it is read: %+v", v.DeckImport)
	}
	if _, ok, err := h.db.TakeImport(t.Context()); ok || err != nil {
		t.Fatal("two nodes read one sheet", err)
	}
	h.exec("UPDATE deck_imports SET lease_until = '2000-01-01'")
	c.get(path).into(t, &v)
	if v.State != db.ImportReading || v.Progress.AtWork {
		t.Errorf("after the node's death: %+v", v.DeckImport)
	}
	stop := run(t, config.Jobs)
	c.until(v.ID, db.ImportReady)
	if err := h.db.EndImport(t.Context(), dead, db.ImportFailed, nil, nil, "late"); err == nil {
		t.Error("the dead node had its say")
	}
	stop()

	c.post(path+"/keep", nil).want(t, http.StatusAccepted)
	c.delete(path).want(t, http.StatusConflict)
	dies()
	h.exec("UPDATE deck_imports SET lease_until = '2000-01-01'")
	run(t, config.Jobs)
	v = c.until(v.ID, db.ImportKept)
	if n := h.one("SELECT COUNT(*) FROM decks WHERE provider_id = 8 AND version > 1"); n != "1" || v.DeckID == 0 {
		t.Errorf("%s drafts", n)
	}
}

// A node that stops gives back what it is at, wherever it is, and leaves nothing.
func TestStoppedNodeGivesItsWorkBack(t *testing.T) {
	t.Parallel()
	var config *v1.Config
	h := seededHouse(t, func(c *v1.Config) { config = c })
	c := h.session(access.Operator)
	var big bytes.Buffer
	big.WriteString("code,price\n")
	for n := range 40_000 {
		fmt.Fprintf(&big, "44%05d,0.01\n", n)
	}
	v := c.upload("big.csv", big.Bytes())
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var node sync.WaitGroup
	node.Go(func() { config.Jobs.Run(ctx) })
	c.until(v.ID, db.ImportReady)
	unlock := h.lock("deck_rates") // it begins to write, and cannot go on
	c.post(h.path("/imports/%d/keep", v.ID), nil).want(t, http.StatusAccepted)
	eventually(t, func() bool { return h.one("SELECT COUNT(*) FROM decks WHERE state = 'loading'") == "1" })
	cancel()
	unlock()
	node.Wait()
	c.get(h.path("/imports/%d", v.ID)).want(t, http.StatusOK).into(t, &v)
	if rows := h.one("SELECT COUNT(*) FROM decks WHERE state = 'loading'"); v.State != db.ImportKeeping || v.Progress.AtWork || rows != "0" {
		t.Errorf("%+v, %s decks half there", v.DeckImport, rows)
	}
	if h.one("SELECT tries FROM deck_imports") != "0" {
		t.Error("a stop counts as a failure")
	}
	run(t, config.Jobs)
	if v = c.until(v.ID, db.ImportKept); h.one("SELECT rates FROM decks WHERE id = ?", v.DeckID) != "40000" {
		t.Errorf("%+v", v.DeckImport)
	}
}

// lock keeps everybody from writing to a table until unlock.
func (h *house) lock(table string) (unlock func()) {
	h.t.Helper()
	conn, err := h.hand.Conn(h.t.Context())
	if err == nil {
		_, err = conn.ExecContext(h.t.Context(), "LOCK TABLES "+table+" READ")
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return func() {
		if _, err := conn.ExecContext(h.t.Context(), "UNLOCK TABLES"); err != nil {
			h.t.Error(err)
		}
		if err := conn.Close(); err != nil {
			h.t.Error(err)
		}
	}
}

// What was looked at is what is kept: not after another deck came in force.
func TestKeptIsWhatWasLookedAt(t *testing.T) {
	t.Parallel()
	h := newDesk(t)
	c := h.session(access.Operator)
	first, second := c.upload("a.csv", sheet(t, "voxbeam-cli.csv")), c.upload("b.csv", sheet(t, "voxbeam-cli.csv"))
	c.until(first.ID, db.ImportReady)
	c.until(second.ID, db.ImportReady)
	c.post(h.path("/imports/%d/keep", first.ID), nil).want(t, http.StatusAccepted)
	first = c.until(first.ID, db.ImportKept)
	c.post(h.path("/decks/%d/publish", first.DeckID), map[string]any{}).want(t, http.StatusOK)
	c.post(h.path("/imports/%d/keep", second.ID), nil).want(t, http.StatusAccepted)
	second = c.until(second.ID, db.ImportFailed)
	if !strings.Contains(second.Error, "has come in force") {
		t.Errorf("%s", second.Error)
	}
	// Read anew it can be kept.
	c.put(h.path("/imports/%d/columns", second.ID), map[string]any{}).want(t, http.StatusAccepted)
	second = c.until(second.ID, db.ImportReady)
	if second.SameAs == nil || second.SameAs.ID != first.DeckID {
		t.Errorf("%+v", second.SameAs)
	}
}

// Work that takes its node with it is given up.
func TestWorkThatKillsIsGivenUp(t *testing.T) {
	t.Parallel()
	h := seededHouse(t)
	c := h.session(access.Operator)
	v := c.upload("voxbeam-cli.csv", sheet(t, "voxbeam-cli.csv"))
	for range 5 {
		if _, ok, err := h.db.TakeImport(t.Context()); !ok || err != nil {
			t.Fatal(ok, err)
		}
		h.exec("UPDATE deck_imports SET lease_until = '2000-01-01'")
	}
	if _, ok, err := h.db.TakeImport(t.Context()); ok || err != nil {
		t.Fatal("a sixth time", err)
	}
	c.get(h.path("/imports/%d", v.ID)).into(t, &v)
	if v.State != db.ImportFailed || !strings.Contains(v.Error, "never ended") {
		t.Errorf("%+v", v.DeckImport)
	}
	var list struct{ Items []json.RawMessage }
	if c.get("/imports").want(t, http.StatusOK).into(t, &list); len(list.Items) != 1 {
		t.Errorf("%d imports", len(list.Items))
	}
}
