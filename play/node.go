package play

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// Node is one Tandem of the stack.
type Node struct {
	Name    string
	AGI     netip.AddrPort
	HTTP    netip.AddrPort
	Config  string // its configuration file
	Log     string // its log, one JSON object a line
	binary  string
	process *Process
}

// nodeStartTimeout holds a first snapshot on a busy machine.
const nodeStartTimeout = 30 * time.Second

// nodeStopGrace is longer than the drain in the node's settings.
const nodeStopGrace = 20 * time.Second

func (s *Stack) newNode(i int) (*Node, error) {
	host := uint8(nodeHost + i)
	n := &Node{
		Name: "tandem-" + strconv.Itoa(i+1), binary: s.options.Binary,
		AGI: s.at(host, agiPort), HTTP: s.at(host, httpPort),
	}
	dir := filepath.Join(s.Dir, n.Name)
	n.Config, n.Log = filepath.Join(dir, "tandem.yaml"), filepath.Join(dir, "tandem.log")
	return n, s.writeSettings(n, dir, i == 0)
}

// Start starts the node and waits until it is ready for calls.
func (n *Node) Start(ctx context.Context) error {
	p, err := Start(ctx, Command{Name: n.Name, Argv: []string{n.binary, "serve", "--config", n.Config}, Log: n.Log})
	if err != nil {
		return err
	}
	n.process = p
	ctx, cancel := context.WithTimeout(ctx, nodeStartTimeout)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if n.ready(ctx) {
			return nil
		}
		select {
		case <-p.Done():
			return fmt.Errorf("%s ended at once:\n%s", n.Name, p.LogTail(10))
		case <-ctx.Done():
			return fmt.Errorf("%s is not ready: %w\n%s", n.Name, ctx.Err(), p.LogTail(10))
		case <-tick.C:
		}
	}
}

func (n *Node) ready(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+n.HTTP.String()+"/readyz", nil)
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

// Stop lets the node drain, and kills it when it takes too long.
func (n *Node) Stop(ctx context.Context) error {
	if n.process == nil {
		return nil
	}
	return n.process.Stop(ctx, nodeStopGrace)
}

// Kill is kill -9.
func (n *Node) Kill() { n.process.Kill() }

// Pause is SIGSTOP: the node takes connections, by its kernel, and says nothing.
func (n *Node) Pause() { n.process.Pause() }

// Resume is SIGCONT.
func (n *Node) Resume() { n.process.Resume() }

// Process returns the node's process. Start makes a new one.
func (n *Node) Process() *Process { return n.process }

// PID is the process id, for measurements.
func (n *Node) PID() int { return n.process.PID() }

// Tandem runs a command of the program with the first node's configuration and
// returns what it prints.
func (s *Stack) Tandem(ctx context.Context, arguments ...string) ([]byte, error) {
	arguments = append(arguments, "--config", s.Nodes[0].Config)
	command := exec.CommandContext(ctx, s.options.Binary, arguments...) //nolint:gosec // G204: our own program
	command.Env = append(os.Environ(), "LC_ALL=C")
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		return out, fmt.Errorf("tandem %v: %w\n%s%s", arguments, err, out, stderr.Bytes())
	}
	return out, nil
}
