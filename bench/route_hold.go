package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tandem/play"
)

// RouteHold is what one exchange of the route cases consists of, and what became
// of all of them.
type RouteHold struct {
	Exchange Exchange `json:"exchange"`
	Terms    int      `json:"terms_bytes"` // of each hold, the same for all servers
	Records  Records  `json:"records"`     // of the node; the handlers write none
}

// routeConcurrency is how many exchanges there are at once.
const routeConcurrency = 16

// routeHoldBench asks a node for routes of calls that are paid slice by slice,
// and two servers that give the same answer after the same commit.
type routeHoldBench struct {
	*holdsBench
	loopback *play.Loopback
	sides    [3]agiServer
}

func (b *routeHoldBench) run(ctx context.Context, report *HoldsReport, teardown *play.Teardown) error {
	if err := b.books.clear(ctx); err != nil {
		return err
	}
	if err := b.node.serve(ctx, b.options, readyLimit, teardown); err != nil {
		return err
	}
	if err := b.start(ctx, &report.Route, teardown); err != nil {
		return err
	}
	c := HoldsCase{What: "route", Accounts: b.spec.Accounts, Workers: routeConcurrency}
	sides := []*HoldsSide{&c.Tandem, &c.Call, &c.Statements}
	for i := range b.sides {
		if err := b.warm(ctx, &b.sides[i], sides[i]); err != nil {
			return err
		}
	}
	for turn := range b.spec.Slices {
		for i := range b.sides {
			i = (turn + i) % len(b.sides) // nobody is always first
			s, err := b.slice(ctx, &b.sides[i], routeConcurrency, b.spec.Route/time.Duration(b.spec.Slices))
			if err != nil {
				return err
			}
			sides[i].slices = append(sides[i].slices, s)
			b.options.say("%d/%d %-18s %6.0f routes a CPU second, %6.0f with MariaDB's, %6.0f/s, p99 %.2f ms, %d failed, others use %.0f %% of the machine",
				turn+1, b.spec.Slices, b.sides[i].name, s.perCPUSecond(), s.perAllCPUSecond(), s.perSecond(), ms(s.p99), s.failed, 100*s.others)
		}
	}
	c.sum()
	report.Cases = append(report.Cases, c)
	return b.records(ctx, &report.Route)
}

// start asks the node once, and starts the two servers with what it did: its
// commands, and its hold.
func (b *routeHoldBench) start(ctx context.Context, found *RouteHold, teardown *play.Teardown) error {
	pid := pidOf(b.node.mariadb)
	b.sides[0] = agiServer{name: "tandem", addr: b.node.agi, meter: meter{b.node.process.PID(), pid, os.Getpid()}}
	commands, err := found.Exchange.ask(ctx, b.node.agi, b.question(0))
	if err != nil {
		return err
	}
	b.sides[0].good = 1
	same := *b.books.bare
	same.Node = "handler"
	if err := b.books.bare.pool.QueryRowContext(ctx, `SELECT amount, currency_id, paid_s, terms FROM holds`).
		Scan(&same.Amount, &same.CurrencyID, &same.PaidS, &same.Terms); err != nil {
		return fmt.Errorf("hold of the first exchange: %w", err)
	}
	found.Terms = len(same.Terms)
	for i, plainly := range []bool{false, true} {
		name := []string{"handler-call", "handler-statements"}[i]
		same.Plainly = plainly
		addr := netip.AddrPortFrom(b.loopback.Addr(byte(3+i)), b.node.agi.Port())
		p, err := startHandler(ctx, b.options, b.node.dir, name, addr, commands, same, teardown)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		b.sides[i+1] = agiServer{name: name, addr: addr, meter: meter{p.PID(), pid, os.Getpid()}}
	}
	return nil
}

// question is the arguments of the n-th exchange, each by another account about
// another number.
func (b *routeHoldBench) question(n uint64) []string {
	q := question(n)
	q[1] = payerName(int(n * 7919 % uint64(b.spec.Accounts)))
	return q
}

// warm makes connections and reads pages, then measures one exchange at a time.
func (b *routeHoldBench) warm(ctx context.Context, s *agiServer, side *HoldsSide) error {
	b.options.say("%s: warm-up, then one exchange at a time", s.name)
	if _, err := b.slice(ctx, s, routeConcurrency, time.Second); err != nil {
		return err
	}
	slow, err := b.slice(ctx, s, 1, time.Second)
	side.AloneP50 = ms(slow.p50)
	return err
}

func (b *routeHoldBench) slice(ctx context.Context, s *agiServer, concurrency int, d time.Duration) (holdsSlice, error) {
	v, err := s.slice(ctx, b.question, concurrency, d)
	return holdsSlice{
		done: v.load.Exchanges, failed: v.load.Failed, firstErr: v.load.FirstError, elapsed: v.load.Elapsed,
		cpu: v.cpu, mariadb: v.mariadb, others: v.others, p50: v.load.P50, p99: v.load.P99,
	}, err
}

// records holds what the database has against what it should have: a hold for
// each exchange, whoever answered it, and a record for each of the node.
func (b *routeHoldBench) records(ctx context.Context, found *RouteHold) error {
	made := 0
	for _, s := range b.sides {
		made += s.good
	}
	if err := b.books.add(ctx, made); err != nil {
		return err
	}
	m, err := scrape(ctx, b.node.http)
	if err != nil {
		return err
	}
	n, err := written(ctx, b.node.mariadb, `reasons IS NOT NULL`)
	if err != nil {
		return err
	}
	found.Records = Records{
		Due: b.sides[0].good, Written: n, LostPlans: m.count("tandem_records_unqueued_total"),
		OnDisk: m.count("tandem_spool_records"), Refused: m.count("tandem_spool_refused_records"),
	}
	return nil
}

// Handler is the anchor of the route cases: a raw FastAGI server that sets the
// money of each call aside, as a file says, and then gives everyone the commands
// of another, until ctx ends. It does nothing else, and runs in a process of its
// own so that its CPU time can be told apart.
func Handler(ctx context.Context, listen, commands, hold string) (err error) {
	text, err := os.ReadFile(hold)
	if err != nil {
		return fmt.Errorf("handler: %w", err)
	}
	var bare bareHold
	if err := json.Unmarshal(text, &bare); err != nil {
		return fmt.Errorf("handler: %s: %w", hold, err)
	}
	if err := bare.open(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, bare.close()) }()
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", listen)
	if err != nil {
		return fmt.Errorf("handler: %w", err)
	}
	return echoOn(ctx, &holdListener{Listener: ln, ctx: ctx, hold: &bare}, commands)
}

// holdListener sets the money of a call aside before its first command is sent.
type holdListener struct {
	net.Listener
	ctx  context.Context
	hold *bareHold
}

// Accept implements net.Listener.
func (l *holdListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &holdConn{Conn: conn, listener: l}, nil
}

type holdConn struct {
	net.Conn
	listener *holdListener
	env      []byte
	held     bool
}

// Read keeps the environment.
func (c *holdConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if !c.held {
		c.env = append(c.env, p[:n]...)
	}
	return n, err
}

// Write lets the first command wait for the commit.
func (c *holdConn) Write(p []byte) (int, error) {
	if !c.held {
		c.held = true
		if err := c.commit(); err != nil {
			return 0, err
		}
	}
	return c.Conn.Write(p)
}

func (c *holdConn) commit() error {
	id, endpoint := agiField(c.env, "agi_uniqueid: "), agiField(c.env, "agi_arg_2: ")
	var payer int64
	if _, err := fmt.Sscanf(endpoint, "payer-%d", &payer); err != nil || id == "" {
		return fmt.Errorf("handler: call %q of %q: %w", id, endpoint, err)
	}
	account := firstPayer + payer - 1
	if c.listener.hold.Plainly {
		return c.listener.hold.holdPlainly(c.listener.ctx, id, account)
	}
	return c.listener.hold.hold(c.listener.ctx, id, account)
}

func agiField(env []byte, key string) string {
	_, rest, _ := strings.Cut(string(env), key)
	value, _, _ := strings.Cut(rest, "\n")
	return value
}

// startHandler starts the anchor in its own process.
func startHandler(
	ctx context.Context, o Options, dir, name string, addr netip.AddrPort, commands []string, hold bareHold, teardown *play.Teardown,
) (*play.Process, error) {
	text, err := json.Marshal(hold)
	if err != nil {
		return nil, err
	}
	commandFile, holdFile := filepath.Join(dir, name+".commands"), filepath.Join(dir, name+".json")
	if err := errors.Join(
		os.WriteFile(commandFile, []byte(strings.Join(commands, "\n")+"\n"), 0o600),
		os.WriteFile(holdFile, text, 0o600),
	); err != nil {
		return nil, err
	}
	p, err := play.Start(ctx, play.Command{
		Name: name, Argv: []string{o.Binary, "bench", "handler", "--listen", addr.String(), "--commands", commandFile, "--hold", holdFile},
		Log: filepath.Join(dir, name+".log"),
	})
	if err != nil {
		return nil, err
	}
	teardown.Add(name, stopper(p))
	return p, await(ctx, readyLimit, p, func(ctx context.Context) bool {
		var d net.Dialer
		conn, err := d.DialContext(ctx, "tcp", addr.String())
		return err == nil && conn.Close() == nil
	})
}
