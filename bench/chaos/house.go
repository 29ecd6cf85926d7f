package chaos

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/rs/zerolog"

	"tandem/db"
	"tandem/play"
	"tandem/play/sip"
)

// house is the stack with the accounts of the run.
type house struct {
	*play.Stack
	hand  *sql.DB // to look, and for what no command makes
	store *db.DB  // to pay in and to verify
	ids   map[string]int64
	dead  play.Teardown // what is ours, before the stack's
}

// slice of talk that is paid at a time, as short as it may be.
const slice = 5 * time.Second

// nodes is how many Tandems there are, beside the one Asterisk.
const nodes = 2

// openHouse starts everything. What it has started is ended again when it fails.
func openHouse(ctx context.Context, o Options) (*house, error) {
	stack, err := play.Up(ctx, play.Options{
		Dir: filepath.Join(o.Dir, "stack"), Binary: o.Binary, Tools: o.Tools, Nodes: nodes, Media: true, Log: zerolog.Nop(),
		Progress: func(text string) { o.say("%s", text) },
		Settings: func(s *play.NodeSettings) {
			s.Ring, s.NoProgress, s.HuntBudget, s.Drain = 3*time.Second, time.Second, 20*time.Second, 3*time.Second
			s.MaxTalk = 5 * time.Minute
			// Slices as short as they may be: a call that talks for a while is extended
			// several times. Reports that were kept in a file are brought in within
			// some ten seconds.
			s.Slice, s.Lead, s.Warn, s.Patience = slice, 2*time.Second, time.Second, 15*time.Second
			s.MinFailures = 1_000_000 // carriers fail by order, and shall be asked again
		},
	})
	if err != nil {
		return nil, err
	}
	h := &house{Stack: stack, ids: map[string]int64{}}
	if err := h.furnish(ctx, o); err != nil {
		return nil, errors.Join(err, h.close(context.WithoutCancel(ctx)))
	}
	return h, nil
}

func (h *house) furnish(ctx context.Context, o Options) (err error) {
	if h.MariaDB.Process() == nil {
		return errors.New("the MariaDB server of TANDEM_MARIADB_DSN is not ours to kill: unset it")
	}
	c := h.MariaDB.Config()
	c.ParseTime, c.Logger = true, &mysql.NopLogger{} // that connections break is what this is about
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return err
	}
	h.hand = sql.OpenDB(connector)
	h.dead.Add("connections to look", func(context.Context) error { _ = h.hand.Close(); return nil }) // one may be broken
	h.store, err = db.Open(ctx, db.Config{
		Address: c.Addr, User: c.User, Password: c.Passwd, Database: c.DBName, Program: "tandem chaos", Log: zerolog.Nop(),
	})
	if err != nil {
		return err
	}
	h.dead.Add("connections to pay", func(context.Context) error { return h.store.Close() })
	o.say("accounts, tariffs and their telephones")
	if err := h.addSubjects(ctx); err != nil {
		return err
	}
	return h.reopen(ctx)
}

// reopen makes Asterisk and the nodes know what was added.
func (h *house) reopen(ctx context.Context) error {
	etc := filepath.Join(h.Asterisk.Dir(), "etc")
	if _, err := h.Tandem(ctx, "asterisk", "render", "--server", play.ServerName, "--out", etc); err != nil {
		return err
	}
	for _, n := range h.Nodes {
		if err := n.Stop(ctx); err != nil {
			return err
		}
		if err := n.Start(ctx); err != nil {
			return err
		}
	}
	return h.Asterisk.Restart(ctx)
}

// phones starts a telephone for each subject.
func (h *house) phones(ctx context.Context) ([]*sip.Phone, error) {
	var list []*sip.Phone
	for _, s := range subjects() {
		p, err := h.Phone(ctx, s.Name)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

// close ends everything.
func (h *house) close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	return errors.Join(h.dead.Run(ctx), h.Down(ctx))
}

// spoolDir is where a node keeps records that MariaDB does not have yet.
func spoolDir(n *play.Node) string { return filepath.Join(filepath.Dir(n.Config), "spool") }

// addSubjects makes accounts, tariffs and logins. Decks and logins are rows: their
// import is another story.
func (h *house) addSubjects(ctx context.Context) error {
	for _, name := range []string{plain, fees} {
		if err := h.addTariff(ctx, name); err != nil {
			return fmt.Errorf("tariff %s: %w", name, err)
		}
	}
	for _, s := range subjects() {
		if err := h.addSubject(ctx, s); err != nil {
			return fmt.Errorf("account %s: %w", s.Name, err)
		}
	}
	for _, statement := range []string{
		`UPDATE deck_rates SET attempt_fee = 0.0017 WHERE deck_id IN (SELECT id FROM decks WHERE provider_id = ?)`,
		`UPDATE decks SET revision = revision + 1 WHERE provider_id = ?`,
	} {
		if _, err := h.hand.ExecContext(ctx, statement, chargesAttempts); err != nil {
			return fmt.Errorf("attempt fees: %w", err)
		}
	}
	return nil
}

// chargesAttempts is a provider (VoxBeam) that charges for every attempt, answered
// or not.
const chargesAttempts = 8

func (h *house) addTariff(ctx context.Context, name string) error {
	t, err := h.store.CreateTariff(ctx, db.Tariff{Name: name, CurrencyID: euro})
	if err != nil {
		return err
	}
	deck, err := h.insert(ctx, `INSERT INTO decks (tariff_id, version, state, publish_at, rates, created_at)
		VALUES (?, 1, 'published', '2020-01-01', ?, '2020-01-01')`, t.ID, len(destinations()))
	if err != nil {
		return err
	}
	for _, p := range prices() {
		if p.Tariff != name {
			continue
		}
		if _, err := h.insert(ctx, `INSERT INTO deck_rates (deck_id, prefix, per_minute, connection_fee, minimum_charge, attempt_fee, first_s, next_s, grace_s, free_s)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, deck, p.Prefix, p.PerMinute.String(), p.Connection.String(), p.Minimum.String(), p.Attempt.String(),
			p.First, p.Next, p.Grace, p.Free); err != nil {
			return err
		}
	}
	return nil
}

func (h *house) addSubject(ctx context.Context, s subject) error {
	payment := db.Postpaid
	if s.Prepaid {
		payment = db.Prepaid
	}
	a, err := h.store.CreateAccount(ctx, db.Account{
		Name: s.Name, Enabled: true, NoLoss: true, Payment: payment, Credit: s.Credit, DailyLimit: s.Daily, CallLimit: s.CallMost, Tariff: s.Tariff,
	})
	if err != nil {
		return err
	}
	h.ids[s.Name] = a.ID
	if _, err := h.insert(ctx, `INSERT INTO subscribers (login, secret, account_id, server_id)
		SELECT ?, ?, ?, id FROM servers WHERE servername = ?`, s.Name, play.DemoSecret(s.Name), a.ID, play.ServerName); err != nil {
		return err
	}
	if s.Opening == 0 {
		return nil
	}
	return h.payIn(ctx, opening(s.Name, a.ID, s.Opening))
}

func (h *house) insert(ctx context.Context, statement string, args ...any) (int64, error) {
	result, err := h.hand.ExecContext(ctx, statement, args...)
	if err != nil {
		return 0, err
	}
	return result.LastInsertId()
}
