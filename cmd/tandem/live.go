package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"tandem/api"
	"tandem/callflow"
)

type liveCmd struct {
	Nodes []string `name:"node" help:"HTTP address of a node, more than once for more; without it those of asterisk.nodes."`
	Once  bool     `help:"Print what goes on now, and end."`
	JSON  bool     `help:"Print JSON, and end."`
}

// Run shows calls in progress and their money, second by second on a terminal.
func (x liveCmd) Run(ctx context.Context, e *env) error {
	nodes := x.Nodes
	if len(nodes) == 0 {
		c, err := loadConfig(e.config)
		if err != nil {
			return err
		}
		for _, n := range c.Asterisk.Nodes {
			nodes = append(nodes, n.HTTP)
		}
	}
	for _, address := range nodes {
		if err := addrPort("--node", address); err != nil {
			return err
		}
	}
	slices.Sort(nodes)
	w := newLiveWatch(slices.Compact(nodes))
	if !x.Once && !x.JSON && isTerminal(e.out) {
		return w.follow(ctx, e.out)
	}
	v, err := w.once(ctx)
	if err != nil {
		return err
	}
	if x.JSON {
		return printJSON(e, v)
	}
	return printLive(e.out, v)
}

// liveView is what goes on at all nodes.
type liveView struct {
	At       time.Time          `json:"at"`
	Nodes    []liveNode         `json:"nodes"`
	Total    int                `json:"total"`
	Calls    []callflow.Running `json:"calls"`
	Accounts []api.LiveAccount  `json:"accounts"`
}

// liveNode is one node and what it has said last.
type liveNode struct {
	Address string `json:"address"`
	Node    string `json:"node,omitempty"`
	Calls   int    `json:"calls"`
	Problem string `json:"problem,omitempty"`
}

// liveWatch listens to nodes.
type liveWatch struct {
	client *http.Client
	nodes  []string

	mu   sync.Mutex
	last map[string]liveSaid // by address
}

type liveSaid struct {
	live api.Live
	err  error
}

// Times of a watch.
const (
	liveAnswers = 5 * time.Second // until a node's first word
	liveAgain   = time.Second     // until it is asked again
)

func newLiveWatch(nodes []string) *liveWatch {
	return &liveWatch{
		nodes: nodes, last: map[string]liveSaid{},
		client: &http.Client{Transport: &http.Transport{ResponseHeaderTimeout: liveAnswers, DisableCompression: true}},
	}
}

// listen tells what a node says until it ends or more says that this is enough.
func (w *liveWatch) listen(ctx context.Context, address string, said func(api.Live) (more bool)) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/api/live?format=ndjson", nil)
	if err != nil {
		return err
	}
	answer, err := w.client.Do(r)
	if err != nil {
		return fmt.Errorf("node at %s: %w", address, err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(answer.Body, 200)) // what cannot be read is not shown
		return fmt.Errorf("node at %s: %s: %s", address, answer.Status, strings.TrimSpace(string(text)))
	}
	for lines := json.NewDecoder(answer.Body); ; {
		var live api.Live
		if err := lines.Decode(&live); err != nil {
			return fmt.Errorf("node at %s: %w", address, err)
		}
		if !said(live) {
			return nil
		}
	}
}

func (w *liveWatch) heard(address string, s liveSaid) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.last[address] = s
}

// once asks every node. It fails when none answers.
func (w *liveWatch) once(ctx context.Context) (liveView, error) {
	ctx, cancel := context.WithTimeout(ctx, liveAnswers)
	defer cancel()
	var all sync.WaitGroup
	for _, address := range w.nodes {
		all.Go(func() {
			if err := w.listen(ctx, address, func(l api.Live) bool { w.heard(address, liveSaid{live: l}); return false }); err != nil {
				w.heard(address, liveSaid{err: err})
			}
		})
	}
	all.Wait()
	var errs []error
	for _, s := range w.last {
		if s.err != nil {
			errs = append(errs, s.err)
		}
	}
	if len(errs) == len(w.nodes) {
		return liveView{}, errors.Join(errs...)
	}
	return w.view(), nil
}

// follow draws what goes on until ctx ends.
func (w *liveWatch) follow(ctx context.Context, out io.Writer) error {
	var all sync.WaitGroup
	defer all.Wait()
	for _, address := range w.nodes {
		all.Go(func() {
			for ctx.Err() == nil {
				err := w.listen(ctx, address, func(l api.Live) bool { w.heard(address, liveSaid{live: l}); return true })
				w.heard(address, liveSaid{err: err})
				select {
				case <-ctx.Done():
				case <-time.After(liveAgain):
				}
			}
		})
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		var screen strings.Builder
		screen.WriteString(clearScreen)
		if err := printLive(&screen, w.view()); err != nil {
			return err
		}
		if _, err := io.WriteString(out, screen.String()); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// clearScreen puts the cursor into the corner and clears what is below.
const clearScreen = "\x1b[H\x1b[J"

// view puts together what the nodes have said. A call that two nodes look after
// for a moment is shown once, an account as it was told last.
func (w *liveWatch) view() liveView {
	w.mu.Lock()
	defer w.mu.Unlock()
	v := liveView{At: time.Now().UTC(), Calls: []callflow.Running{}, Accounts: []api.LiveAccount{}}
	calls := map[string]callflow.Running{}
	accounts := map[int64]api.LiveAccount{}
	newest := map[int64]time.Time{}
	for _, address := range w.nodes {
		s, ok := w.last[address]
		n := liveNode{Address: address, Node: s.live.Node, Calls: s.live.Total, Problem: s.live.Problem}
		switch {
		case s.err != nil:
			n.Problem = s.err.Error()
		case !ok:
			n.Problem = "no answer yet"
		}
		v.Nodes = append(v.Nodes, n)
		v.Total += s.live.Total
		for _, c := range s.live.Calls {
			if old, twice := calls[c.CallID]; twice {
				v.Total--
				if old.Held > c.Held {
					continue
				}
			}
			calls[c.CallID] = c
		}
		for _, a := range s.live.Accounts {
			if !newest[a.AccountID].After(s.live.At) {
				accounts[a.AccountID], newest[a.AccountID] = a, s.live.At
			}
		}
	}
	for _, c := range calls {
		v.Calls = append(v.Calls, c)
	}
	for _, a := range accounts {
		v.Accounts = append(v.Accounts, a)
	}
	slices.SortFunc(v.Calls, func(a, b callflow.Running) int {
		return cmp.Or(a.BeganAt.Compare(b.BeganAt), cmp.Compare(a.CallID, b.CallID))
	})
	slices.SortFunc(v.Accounts, func(a, b api.LiveAccount) int { return cmp.Compare(a.AccountID, b.AccountID) })
	return v
}

// listedLive is how many calls a screen shows.
const listedLive = 40

func printLive(out io.Writer, v liveView) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	for _, n := range v.Nodes {
		fmt.Fprintf(w, "%s\t%s\t%d calls\t%s\n", orDash(printable(n.Node)), n.Address, n.Calls, printable(n.Problem))
	}
	fmt.Fprintf(w, "\n%d calls in progress at %s\n", v.Total, v.At.Local().Format(time.TimeOnly))
	if len(v.Calls) > 0 {
		fmt.Fprintln(w, "\ncall\taccount\ttalk\tleft\tcost\theld\t")
	}
	names := map[int64]api.LiveAccount{}
	for _, a := range v.Accounts {
		names[a.AccountID] = a
	}
	for i, c := range v.Calls {
		if i == listedLive {
			fmt.Fprintf(w, "… and %d more: --json lists them\n", v.Total-listedLive)
			break
		}
		printRunning(w, c, names[c.AccountID])
	}
	if len(v.Accounts) > 0 {
		fmt.Fprintln(w, "\naccount\tcurrency\tbalance\theld\tavailable\tcalls\t")
	}
	for _, a := range v.Accounts {
		available := "no limit"
		if a.Available != nil {
			available = a.Available.String()
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%d\t%s\n", accountName(a.AccountID, a), printable(a.Currency), a.Balance, a.Held, available, a.Calls, lowWord(a.Low))
	}
	return w.Flush()
}

func printRunning(w io.Writer, c callflow.Running, account api.LiveAccount) {
	talk, left, cost, held := "rings", (time.Duration(c.LeftS) * time.Second).String(), "-", "-"
	if c.AnsweredAt != nil {
		talk = (time.Duration(c.TalkS) * time.Second).String()
	}
	if c.Sold {
		cost, held = c.Cost.String(), c.Held.String()
	}
	fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", printable(c.CallID), accountName(c.AccountID, account), talk, left, cost, held, lowWord(c.Low))
}

func accountName(id int64, a api.LiveAccount) string {
	switch {
	case id == 0:
		return "-"
	case a.Name == "":
		return strconv.FormatInt(id, 10)
	}
	return fmt.Sprintf("%d %s", id, printable(a.Name))
}

func lowWord(low bool) string {
	if low {
		return "low"
	}
	return ""
}
