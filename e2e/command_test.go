//go:build e2e

package e2e_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tandem/callflow"
	"tandem/play"
)

// playing starts `tandem play` in a directory of its own.
func playing(t *testing.T, arguments ...string) (p *play.Process, dir string) {
	t.Helper()
	home.slots <- struct{}{}
	t.Cleanup(func() { <-home.slots })
	dir = filepath.Join(home.dir, fmt.Sprintf("%02d", home.opened.Add(1)))
	p, err := play.Start(t.Context(), play.Command{
		Name: "play", Argv: append([]string{home.binary, "play", "--dir", filepath.Join(dir, "play")}, arguments...),
		Env: []string{"TANDEM_CACHE=" + cache(t), "TANDEM_MARIADB_DSN=" + home.tools.MariaDBDSN}, Log: filepath.Join(dir, "output"),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(tail(p.LogFile(), 60))
		}
	})
	return p, dir
}

func cache(t *testing.T) string {
	t.Helper()
	dir, err := play.CacheDir()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestPlayOnce(t *testing.T) {
	t.Parallel()
	p, dir := playing(t, "--once")
	ctx, cancel := context.WithTimeout(t.Context(), 4*patience) // a whole stack, up and down again
	defer cancel()
	if err := p.Wait(ctx); err != nil {
		t.Fatal(err)
	}
	output, err := os.ReadFile(p.LogFile())
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimRight(output, "\n"), []byte("\n"))
	decoder := json.NewDecoder(bytes.NewReader(lines[len(lines)-1]))
	decoder.DisallowUnknownFields()
	var last struct {
		CallID      string `json:"call_id"`
		Disposition string `json:"disposition"`
		Attempts    int    `json:"attempts"`
		TalkMS      int    `json:"talk_ms"`
	}
	if err := decoder.Decode(&last); err != nil {
		t.Fatalf("last line %s: %v", lines[len(lines)-1], err)
	}
	if !strings.HasPrefix(last.CallID, play.ServerName+"-") || last.Disposition != "answered" || last.Attempts != 2 ||
		last.TalkMS < 1500 || last.TalkMS > 4000 {
		t.Errorf("last line %s", lines[len(lines)-1])
	}
	if err := gone(filepath.Join(dir, "play")); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "run.json")); err == nil {
		t.Error("run.json stayed")
	}
}

// Without --once it keeps running; others may join in, until Ctrl-C.
func TestPlayUntilInterrupted(t *testing.T) {
	t.Parallel()
	p, dir := playing(t)
	// It makes some days of calls first.
	eventually(t, 4*patience, func() error {
		if text := p.LogTail(100); !strings.Contains(text, "Everything runs until Ctrl-C") {
			return fmt.Errorf("so far:\n%s", text)
		}
		return nil
	})
	runFile := filepath.Join(dir, "run.json")
	out, err := tandem(t, "dial", "+74957770486", "--run", runFile)
	if err != nil || !strings.HasPrefix(out, "486 ") {
		t.Errorf("dial says %s, %v", out, err)
	}
	p.Interrupt()
	if err := p.Wait(soon(t)); err != nil {
		t.Error(err)
	}
	if err := gone(filepath.Join(dir, "play")); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(runFile); err == nil {
		t.Error("run.json stayed")
	}
}

// However it dies, it takes everything with it.
func TestPlayIsKilled(t *testing.T) {
	t.Parallel()
	p, dir := playing(t)
	eventually(t, 4*patience, func() error {
		_, err := os.Stat(filepath.Join(dir, "run.json"))
		return err
	})
	p.Kill()
	eventually(t, patience, func() error { return gone(filepath.Join(dir, "play")) })
}

// tandem runs a command of the program that needs no exchange of ours.
func tandem(t *testing.T, arguments ...string) (string, error) {
	t.Helper()
	command := exec.CommandContext(soon(t), home.binary, arguments...)
	out, err := command.CombinedOutput()
	return string(out), err
}

// What explain prints is what the live call does: same code, same answer.
func TestExplainTellsWhatTheLiveCallDoes(t *testing.T) {
	t.Parallel()
	x := shared(t)
	b := x.number("0503")
	refused(t, x.dial(t, moscow, national(b)), 503)
	got := x.record(t, national(b))
	out, err := x.Tandem(soon(t), "explain", "--server", play.ServerName, "--subscriber", moscow, "--to", national(b), "--json")
	if err != nil {
		t.Fatal(err)
	}
	var explained struct {
		Action   string        `json:"action"`
		Decision callflow.Told `json:"decision"`
	}
	if err := json.Unmarshal(out, &explained); err != nil {
		t.Fatal(err)
	}
	// Another test switches Multitel, which is no route here, off and on.
	left := func(told callflow.Told) callflow.Told {
		told.Dropped = slices.DeleteFunc(told.Dropped, func(d callflow.DroppedRoute) bool { return d.Provider == "Multitel" })
		return told
	}
	then, err := x.Tandem(soon(t), "explain", "--call", got.Start.CallID, "--json")
	if err != nil {
		t.Fatal(err)
	}
	var kept struct {
		Call     string        `json:"call"`
		Decision callflow.Told `json:"decision"`
	}
	if err := json.Unmarshal(then, &kept); err != nil {
		t.Fatal(err)
	}
	if explained.Action != "dial" || kept.Call != got.Start.CallID {
		t.Errorf("explained\n%s\nthen\n%s", out, then)
	}
	if diff := cmp.Diff(left(kept.Decision), left(explained.Decision)); diff != "" || len(kept.Decision.Plan) == 0 {
		t.Errorf("what the call did and what explain says (-then +now):\n%s", diff)
	}
}

func TestCheckFindsNothingWrong(t *testing.T) {
	t.Parallel()
	x := shared(t)
	out, err := x.Tandem(soon(t), "check")
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	for _, what := range []string{"configuration", "database", "schema", "clock", "routing", "asterisk"} {
		if !strings.Contains(strings.ToLower(string(out)), what) {
			t.Errorf("says nothing of %s:\n%s", what, out)
		}
	}
	if strings.Contains(string(out), "FAIL") {
		t.Errorf("%s", out)
	}
}

// The record as the operator reads it.
func TestCallCommandShowsTheRecord(t *testing.T) {
	t.Parallel()
	x := shared(t)
	b := x.number("0486")
	refused(t, x.dial(t, moscow, national(b)), 486)
	id := x.record(t, national(b)).Start.CallID
	out, err := x.Tandem(soon(t), "call", id, "--json")
	if err != nil {
		t.Fatal(err)
	}
	var view struct {
		CallID      string `json:"call_id"`
		Disposition string `json:"disposition"`
		Attempts    []struct {
			Route string `json:"route"`
			SIP   int    `json:"sip_status"`
		} `json:"attempts"`
	}
	if err := json.Unmarshal(out, &view); err != nil {
		t.Fatal(err)
	}
	if view.CallID != id || view.Disposition != "busy" || len(view.Attempts) != 1 || view.Attempts[0].Route != "7.c.g8" || view.Attempts[0].SIP != 486 {
		t.Errorf("%s", out)
	}
}
