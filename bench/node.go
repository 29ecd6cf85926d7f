package bench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"tandem/play"
)

// nodeText is a node as in service; only who asks it is not an Asterisk.
const nodeText = `node: bench
database:
  address: %q
  user: %q
  password_file: %q
  name: %q
agi:
  listen: %q
http:
  listen: %q
spool:
  dir: %q
drain: 0s
`

// readyLimit holds a first snapshot on a busy machine.
const readyLimit = 2 * time.Minute

// node is one Tandem over a MariaDB of its own with the demo data.
type node struct {
	agi, http netip.AddrPort
	mariadb   *play.MariaDB
	process   *play.Process
	config    string
	binary    string
	dir       string

	holdWithin time.Duration
}

// startNode starts MariaDB, fills it and starts the node. What it starts it
// leaves to teardown, also when it fails.
func startNode(ctx context.Context, o Options, dir string, host netip.Addr, teardown *play.Teardown) (*node, error) {
	n, err := prepareNode(ctx, o, dir, host, teardown)
	if err != nil {
		return nil, err
	}
	return n, n.serve(ctx, o, readyLimit, teardown)
}

// preparedNode is a node on a loopback range of its own, all but the node itself.
func preparedNode(ctx context.Context, o Options, dir string, teardown *play.Teardown) (*play.Loopback, *node, error) {
	loopback, err := play.NewLoopback(ctx)
	if err != nil {
		return nil, nil, err
	}
	teardown.Add("loopback range", func(context.Context) error { return loopback.Close() })
	n, err := prepareNode(ctx, o, dir, loopback.Addr(2), teardown)
	return loopback, n, err
}

// prepareNode is startNode but for the node itself.
func prepareNode(ctx context.Context, o Options, dir string, host netip.Addr, teardown *play.Teardown) (*node, error) {
	n := &node{
		agi: netip.AddrPortFrom(host, 4573), http: netip.AddrPortFrom(host, 8073),
		binary: o.Binary, dir: dir, config: filepath.Join(dir, "tandem.yaml"), holdWithin: o.HoldWithin,
	}
	o.say("MariaDB, private, on a unix socket")
	var err error
	if n.mariadb, err = play.StartMariaDB(ctx, o.Tools, filepath.Join(dir, "mariadb")); err != nil {
		return nil, err
	}
	teardown.Add("MariaDB", n.mariadb.Close)
	if err := n.writeConfig(); err != nil {
		return nil, err
	}
	o.say("schema and the demo data")
	for _, command := range [][]string{{"migrate", "up"}, {"seed"}} {
		if err := n.command(ctx, command...); err != nil {
			return nil, err
		}
	}
	return n, nil
}

// serve starts the node and waits until it takes calls.
func (n *node) serve(ctx context.Context, o Options, limit time.Duration, teardown *play.Teardown) (err error) {
	o.say("Tandem")
	if n.process, err = play.Start(ctx, play.Command{
		Name: "tandem", Argv: []string{n.binary, "serve", "--config", n.config}, Log: filepath.Join(n.dir, "tandem.log"),
	}); err != nil {
		return err
	}
	teardown.Add("tandem", stopper(n.process))
	return await(ctx, limit, n.process, n.ready)
}

func (n *node) writeConfig() error {
	c := n.mariadb.Config()
	secret := filepath.Join(n.dir, "password")
	if err := os.WriteFile(secret, []byte(c.Passwd), 0o600); err != nil {
		return err
	}
	text := fmt.Sprintf(nodeText, c.Addr, c.User, secret, c.DBName, n.agi.String(), n.http.String(), filepath.Join(n.dir, "spool"))
	if n.holdWithin > 0 {
		text += fmt.Sprintf("money:\n  within: %v\n", n.holdWithin)
	}
	return os.WriteFile(n.config, []byte(text), 0o600)
}

// command runs a command of the program to its end.
func (n *node) command(ctx context.Context, arguments ...string) error {
	argv := append([]string{n.binary}, arguments...)
	p, err := play.Start(ctx, play.Command{
		Name: "tandem " + arguments[0], Argv: append(argv, "--config", n.config), Log: filepath.Join(n.dir, arguments[0]+".log"),
	})
	if err != nil {
		return err
	}
	defer p.Kill()
	return p.Wait(ctx)
}

func (n *node) ready(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+n.http.String()+"/readyz", nil)
	if err != nil {
		return false
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Second}
	response, err := client.Do(request)
	if err != nil {
		return false
	}
	return response.Body.Close() == nil && response.StatusCode == http.StatusOK
}

// written is how many of the calls in the database satisfy a condition.
func written(ctx context.Context, m *play.MariaDB, condition string) (n int, err error) {
	pool, err := sql.Open("mysql", m.DSN())
	if err != nil {
		return 0, fmt.Errorf("count records: %w", err)
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	query := `SELECT COUNT(*) FROM calls WHERE ` + condition
	if err := pool.QueryRowContext(ctx, query).Scan(&n); err != nil {
		return 0, fmt.Errorf("count records: %w", err)
	}
	return n, nil
}

// pidOf is 0 where the process is not ours.
func pidOf(m *play.MariaDB) int {
	if p := m.Process(); p != nil {
		return p.PID()
	}
	return 0
}

func stopper(p *play.Process) func(context.Context) error {
	return func(ctx context.Context) error { return p.Stop(ctx, 15*time.Second) }
}

// await asks until the process is ready, or has ended, or the limit is over.
func await(ctx context.Context, limit time.Duration, p *play.Process, ready func(context.Context) bool) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !ready(ctx) {
		select {
		case <-tick.C:
		case <-p.Done():
			return fmt.Errorf("it ended at once:\n%s", p.LogTail(10))
		case <-ctx.Done():
			return fmt.Errorf("it is not ready: %w\n%s", context.Cause(ctx), p.LogTail(10))
		}
	}
	return nil
}
