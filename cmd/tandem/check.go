package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/rs/zerolog"

	"tandem/db"
	"tandem/dialplan"
	"tandem/routing"
)

type checkCmd struct{}

// Run prints one line a finding: "ok", "note" or "FAIL", what was looked at,
// and what to do. It fails when any line does.
func (checkCmd) Run(ctx context.Context, e *env) error {
	f := findings{say: func(line string) { fmt.Fprintln(e.out, line) }}
	c, err := loadConfig(e.config)
	if err != nil {
		f.fail("configuration", err.Error(), "correct the file; no key is ignored")
		return errSaid
	}
	f.ok("configuration", e.config)
	checkPort(ctx, &f, "agi.listen", c.AGI.Listen)
	checkPort(ctx, &f, "http.listen", c.HTTP.Listen)
	checkSpool(&f, c)
	checkDatabase(ctx, &f, c)
	for name, server := range c.Asterisk.Servers {
		checkAsterisk(ctx, &f, name, server)
	}
	if f.failed {
		return errSaid
	}
	return nil
}

type findings struct {
	say    func(string)
	failed bool
}

func (f *findings) ok(what, detail string)   { f.say("ok    " + what + ": " + detail) }
func (f *findings) note(what, detail string) { f.say("note  " + what + ": " + detail) }
func (f *findings) fail(what, detail, do string) {
	f.failed = true
	f.say("FAIL  " + what + ": " + detail + " -> " + do)
}

// checkPort says whether a door can be opened, or is open already.
func checkPort(ctx context.Context, f *findings, key, address string) {
	l, err := listen(ctx, key, address)
	switch {
	case err == nil:
		_ = l.Close() // it was free, which is all we wanted to know
		f.ok(key, address+" is free")
	case errors.Is(err, syscall.EADDRINUSE):
		f.note(key, address+" is in use: by a running tandem, or by another program")
	default:
		f.fail(key, err.Error(), "choose an address of this machine")
	}
}

// checkSpool makes sure that records can be kept when the database is away.
func checkSpool(f *findings, c config) {
	if err := os.MkdirAll(c.Spool.Dir, 0o750); err != nil {
		f.fail("spool.dir", err.Error(), "make the directory writable for the user that runs tandem")
		return
	}
	probe := filepath.Join(c.Spool.Dir, ".check")
	if err := os.WriteFile(probe, []byte("x"), 0o600); err != nil {
		f.fail("spool.dir", err.Error(), "make the directory writable for the user that runs tandem")
		return
	}
	_ = os.Remove(probe)
	f.ok("spool.dir", c.Spool.Dir+" is writable")
}

func checkDatabase(ctx context.Context, f *findings, c config) {
	database, err := openDB(ctx, c, zerolog.Nop())
	if err != nil {
		f.fail("database", err.Error(), "start MariaDB, or correct database.* in the configuration")
		return
	}
	defer database.Close()
	f.ok("database", c.Database.Address)
	if err := database.CheckSchema(ctx); err != nil {
		f.fail("schema", err.Error(), "run: tandem migrate up")
		return
	}
	f.ok("schema", "up to date")
	checkClock(ctx, f, database)
	checkRouting(ctx, f, c, database)
}

// maxSkew between our clock and the database's: records of several nodes are
// ordered by time, and rates change at a moment.
const maxSkew = 2 * time.Second

func checkClock(ctx context.Context, f *findings, database *db.DB) {
	before := time.Now()
	theirs, err := database.Now(ctx)
	if err != nil {
		f.fail("clock", err.Error(), "the database did not tell its time")
		return
	}
	ours := before.Add(time.Since(before) / 2)
	skew := time.Duration(math.Abs(float64(theirs.Sub(ours))))
	if skew > maxSkew {
		f.fail("clock", fmt.Sprintf("%s apart from the database's", skew.Round(time.Millisecond)), "keep both machines on NTP")
		return
	}
	f.ok("clock", fmt.Sprintf("within %s of the database's", maxSkew))
}

func checkRouting(ctx context.Context, f *findings, c config, database *db.DB) {
	data, problems, err := database.LoadSnapshotData(ctx, nil)
	if err != nil {
		f.fail("routing", err.Error(), "correct the rows it names")
		return
	}
	s, more, err := routing.NewSnapshot(data, routing.Options{BaseCurrency: c.Routing.BaseCurrency}, time.Now())
	if err != nil {
		f.fail("routing", err.Error(), "correct the rows it names")
		return
	}
	for _, p := range append(problems, more...) {
		f.fail("routing", p.String(), "correct the row; it is left out until then")
	}
	for name := range c.Asterisk.Servers {
		server, err := renderInput(c, s, name)
		if err == nil {
			_, err = dialplan.Render(server)
		}
		if err != nil {
			f.fail("render "+name, err.Error(), "correct the row or the key; until then the server cannot be rendered")
			continue
		}
		f.ok("render "+name, fmt.Sprintf("%d trunks, %d gates, %d subscribers", len(server.Trunks), len(server.Gates), len(server.Subscribers)))
	}
	if len(s.Servers()) == 0 {
		f.note("routing", "no server yet: nobody may ask (table servers, server_addresses)")
	}
	f.ok("routing", fmt.Sprintf("%d servers, %d providers, %d subscribers, %d rates", len(s.Servers()), len(s.Providers()), len(s.Subscribers()), data.Rates.Len()))
}

// checkAsterisk asks a server's ARI for a sign of life; an answer of 401 is one.
func checkAsterisk(ctx context.Context, f *findings, name string, server serverConfig) {
	what := "asterisk " + name
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+server.HTTP+"/ari/asterisk/ping", nil)
	if err != nil {
		f.fail(what, err.Error(), "correct asterisk.servers."+name+".http")
		return
	}
	password, err := optionalSecret("ari_secret_file", server.ARISecretFile)
	if err != nil {
		f.fail(what, err.Error(), "name a readable file")
		return
	}
	request.SetBasicAuth(server.ARIUser, password)
	client := http.Client{Transport: &http.Transport{DialContext: (&net.Dialer{Timeout: 2 * time.Second}).DialContext, DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		f.fail(what, "ARI at "+server.HTTP+" does not answer: "+err.Error(), "start Asterisk with the rendered configuration")
		return
	}
	defer response.Body.Close()
	switch response.StatusCode {
	case http.StatusOK:
		f.ok(what, "answers at "+server.HTTP)
	case http.StatusUnauthorized:
		f.fail(what, "ARI refuses user "+server.ARIUser, "render its configuration again and reload, or correct ari_secret_file")
	default:
		f.fail(what, "ARI answers "+response.Status, "look into Asterisk's log")
	}
}
