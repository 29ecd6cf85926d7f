package db_test

import (
	"context"
	"errors"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem/billing"
	"tandem/db"
)

// wire is a Unix socket before the real one, so that a test can take MariaDB
// away and give it back.
type wire struct {
	t      *testing.T
	path   string
	target string

	mu     sync.Mutex
	listen net.Listener
	open   []net.Conn
	frozen bool
	done   sync.WaitGroup
}

func newWire(t *testing.T, target string) *wire {
	t.Helper()
	w := &wire{t: t, path: filepath.Join(t.TempDir(), "my.sock"), target: target}
	w.restore()
	t.Cleanup(w.cut)
	return w
}

// restore lets connections through again.
func (w *wire) restore() {
	w.t.Helper()
	l, err := net.Listen("unix", w.path)
	if err != nil {
		w.t.Fatal(err)
	}
	w.mu.Lock()
	w.listen, w.frozen = l, false
	w.mu.Unlock()
	w.done.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			w.done.Go(func() { w.carry(conn) })
		}
	})
}

func (w *wire) carry(client net.Conn) {
	defer client.Close()
	network := "tcp"
	if strings.HasPrefix(w.target, "/") {
		network = "unix"
	}
	server, err := net.Dial(network, w.target)
	if err != nil {
		return
	}
	defer server.Close()
	w.mu.Lock()
	w.open = append(w.open, client, server)
	w.mu.Unlock()
	w.done.Go(func() { _, _ = io.Copy(server, client); server.Close() })
	buffer := make([]byte, 32<<10)
	for {
		n, err := server.Read(buffer)
		w.mu.Lock()
		frozen := w.frozen
		w.mu.Unlock()
		if err != nil {
			return
		}
		if frozen {
			continue // MariaDB has answered, but nobody will hear of it
		}
		if _, err := client.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// freeze lets MariaDB take requests and never answer.
func (w *wire) freeze() {
	w.mu.Lock()
	w.frozen = true
	w.mu.Unlock()
}

// cut ends all connections and takes no new ones.
func (w *wire) cut() {
	w.mu.Lock()
	w.listen.Close()
	for _, c := range w.open {
		c.Close()
	}
	w.open = nil
	w.mu.Unlock()
	w.done.Wait()
}

func TestDatabaseComesAndGoes(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	w := newWire(t, b.config.Address)
	config := b.config
	config.Address = w.path
	d, err := db.Open(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	}()
	write := func(id string, within ...time.Duration) error {
		ctx, cancel := context.WithTimeout(t.Context(), append(within, time.Minute)[0])
		defer cancel()
		return d.WriteRecords(ctx, []billing.Record{{Start: started(id)}})
	}
	if err := write("before"); err != nil {
		t.Fatal(err)
	}

	w.cut()
	if err := write("away"); !errors.Is(err, billing.ErrUnavailable) {
		t.Errorf("stopped: %v; want %v", err, billing.ErrUnavailable)
	}
	if err := d.Ping(t.Context()); !errors.Is(err, db.ErrUnavailable) {
		t.Errorf("ping: %v; want %v", err, db.ErrUnavailable)
	}
	if _, _, err := d.LoadSnapshotData(t.Context(), nil); !errors.Is(err, db.ErrUnavailable) {
		t.Errorf("load: %v; want %v", err, db.ErrUnavailable)
	}

	w.restore()
	if err := write("back"); err != nil {
		t.Errorf("back again: %v", err)
	}

	// Frozen: the outcome is not known, so the same record is written again.
	w.freeze()
	if err := write("frozen", 100*time.Millisecond); !errors.Is(err, billing.ErrUnavailable) {
		t.Errorf("frozen: %v; want %v", err, billing.ErrUnavailable)
	}
	w.cut()
	w.restore()
	if err := write("frozen"); err != nil {
		t.Errorf("written again: %v", err)
	}
	if n := b.one("SELECT COUNT(*) FROM calls WHERE call_id = 'frozen'"); n != "1" {
		t.Errorf("%s rows, want 1", n)
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	b := setup(t)
	nowhere := b.config
	nowhere.Address = filepath.Join(t.TempDir(), "none.sock")
	refused := b.config
	refused.Address = "127.0.0.1:1"
	noDatabase := b.config
	noDatabase.Database = "no_such_database"
	for _, c := range []struct {
		config      db.Config
		want        string
		unavailable bool
	}{
		{nowhere, "is MariaDB running", true},
		{refused, "is MariaDB running", true},
		{noDatabase, "CREATE DATABASE", false},
	} {
		d, err := db.Open(t.Context(), c.config)
		if err == nil {
			t.Errorf("%s: opened", c.config.Address)
			err = d.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || errors.Is(err, db.ErrUnavailable) != c.unavailable {
			t.Errorf("%v; want …%s…, unavailable %t", err, c.want, c.unavailable)
		}
	}
}

// The session is strict, in UTC, speaks utf8mb4 and says who it is.
func TestSession(t *testing.T) {
	t.Parallel()
	b := migrated(t)
	record := billing.Record{Start: &billing.Start{CallID: "c", StartedAt: at("2026-01-01 00:00:00"), Direction: "sideways!"}}
	var refused *billing.RefusedError
	if err := b.WriteRecords(t.Context(), []billing.Record{record}); !errors.As(err, &refused) {
		t.Errorf("a word of 9 letters in a column of 8: %v; want a refusal", err)
	}
	var session string
	err := b.Pool().QueryRowContext(t.Context(), "SELECT CONCAT_WS(' ', @@time_zone, @@character_set_client, @@collation_connection, @@sql_mode)").Scan(&session)
	const want = "+00:00 utf8mb4 utf8mb4_unicode_520_ci STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION"
	if err != nil || session != want {
		t.Errorf("session %s, %v; want %s", session, err, want)
	}
	// Found rows count, not changed rows.
	result, err := b.Pool().ExecContext(t.Context(), "UPDATE goose_db_version SET is_applied = 1 WHERE version_id = 1")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := result.RowsAffected(); n != 1 || err != nil {
		t.Errorf("an UPDATE that changes nothing counts %d rows, %v; want 1", n, err)
	}
}
