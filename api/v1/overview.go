package v1

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/db"
	"tandem/internal/money"
)

// Overview is the platform at a glance.
type Overview struct {
	At       time.Time       `json:"at"`
	Full     bool            `json:"full,omitempty" doc:"In a stream: series is all there is; without it: intervals that are not as they were"`
	Live     LiveCount       `json:"live"`
	CPS      float64         `json:"calls_per_s" doc:"New calls a second, over the last ten"`
	Currency string          `json:"currency" doc:"Base currency, ISO 4217: of sale, cost and margin"`
	LastHour Sum             `json:"last_hour" doc:"In whole intervals: the last 60 to 65 minutes"`
	Day      Sum             `json:"last_24h" doc:"In whole intervals, too"`
	Series   []db.CallBucket `json:"series" nullable:"false" doc:"Five minutes each, the last 24 hours; those without calls are left out. Midnight of any time zone is on a border"`
	Nodes    []NodeHealth    `json:"nodes" nullable:"false"`
	Servers  []ServerHealth  `json:"servers" nullable:"false"`
	Resting  []Resting       `json:"resting" nullable:"false" doc:"Ways out that take no calls just now, as this node sees them"`
	Problems []string        `json:"problems" nullable:"false" doc:"What needs somebody's attention, in words"`
}

// LiveCount is how many calls there are.
type LiveCount struct {
	Calls   int `json:"calls"`
	Talking int `json:"talking"`
	Ringing int `json:"ringing"`
}

// Sum is what calls of some time came to.
type Sum struct {
	Calls    int64        `json:"calls"`
	Ended    int64        `json:"ended"`
	Answered int64        `json:"answered"`
	ASR      *float64     `json:"asr" doc:"Answer-seizure ratio, percent: of the calls that are over and were not rejected by us; null: there were none"`
	TalkS    int64        `json:"talk_s"`
	Margin   money.Amount `json:"margin" doc:"Sale less cost"`
}

// Overviews makes overviews for all who look, once. Run asks the database for what
// they show; whoever looks waits only a moment for that.
type Overviews struct {
	cfg *Config

	wanted chan struct{} // holds one while somebody wants it newer than it is

	mu      sync.Mutex
	series  series
	state   platform
	problem string
	rested  chan struct{} // closed when Run has done all there is to do, or has failed
}

// platform is what is known of nodes, servers and the rate of calls.
type platform struct {
	at      time.Time
	cps     float64
	nodes   []NodeHealth
	servers []ServerHealth
}

// How old what is shown may be, and how long anybody waits for it.
const (
	stateEvery   = 2 * time.Second
	cpsOver      = 10 * time.Second
	askWithin    = 30 * time.Second
	overviewWait = 300 * time.Millisecond
)

// NewOverviews makes what tells the overview. Its Run must run somewhere.
func NewOverviews(c *Config) *Overviews {
	return &Overviews{cfg: c, wanted: make(chan struct{}, 1), rested: make(chan struct{})}
}

func overview(d *door) {
	handle(d, look(access.Calls), huma.Operation{
		OperationID: "get-overview", Method: http.MethodGet, Path: "/overview", Tags: []string{"Live"},
		Summary: "The platform at a glance: calls, answers, margin, health", Description: "The topic overview of /stream tells the same.",
	}, func(ctx context.Context, _ *struct{}) (*overviewOutput, error) {
		if d.Overviews == nil {
			return nil, huma.Error503ServiceUnavailable("this node has no overview")
		}
		return &overviewOutput{d.Overviews.Now(ctx)}, nil
	})
}

type overviewOutput struct{ Body Overview }

// Now is the overview. What cannot be looked up is as it was, and Problems says so.
func (o *Overviews) Now(ctx context.Context) Overview {
	o.wait(ctx)
	now := time.Now()
	o.mu.Lock()
	defer o.mu.Unlock()
	v := Overview{At: now.UTC().Truncate(time.Second), Currency: o.cfg.Currency, CPS: o.state.cps}
	v.Nodes, v.Servers = append([]NodeHealth{}, o.state.nodes...), append([]ServerHealth{}, o.state.servers...)
	o.series.tell(&v, now)
	v.Problems = o.problems(v)
	if o.cfg.Live != nil {
		v.Live.Calls, v.Live.Talking, v.Live.Ringing = o.cfg.Live.Board.Count()
	}
	v.Resting = append([]Resting{}, o.cfg.facts().Resting...)
	return v
}

// wait has what is old brought up to date, and gives that a moment: a day of many
// calls takes longer, and is shown as far as it is counted.
func (o *Overviews) wait(ctx context.Context) {
	o.mu.Lock()
	rested, fresh := o.rested, o.fresh(time.Now())
	o.mu.Unlock()
	if fresh {
		return
	}
	select {
	case o.wanted <- struct{}{}:
	default: // somebody else has said so
	}
	ctx, cancel := context.WithTimeout(ctx, overviewWait)
	defer cancel()
	select {
	case <-rested:
	case <-ctx.Done():
	}
}

func (o *Overviews) fresh(now time.Time) bool {
	return now.Sub(o.state.at) < stateEvery && now.Sub(o.series.recentAt) < newEvery && len(o.series.due) == 0
}

// Run asks the database whenever somebody looks, until ctx ends. What it has begun
// to count it counts to the end: who leaves takes nothing from the others.
func (o *Overviews) Run(ctx context.Context) {
	ctx = db.ForPeople(ctx)
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-o.wanted:
			for o.bringUpToDate(ctx) {
			}
		}
	}
}

// bringUpToDate asks the database for what is old; more says that it has not asked
// for all of it yet.
func (o *Overviews) bringUpToDate(ctx context.Context) (more bool) {
	ctx, stop := context.WithTimeout(ctx, askWithin)
	defer stop()
	problem := o.failed(o.look(ctx), "nodes and servers are shown as they were")
	more, err := o.count(ctx)
	if text := o.failed(err, "calls are not counted just now"); text != "" {
		problem = text
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.problem = problem
	if !more {
		close(o.rested)
		o.rested = make(chan struct{})
	}
	return more
}

// look looks at nodes, servers and the rate of calls.
func (o *Overviews) look(ctx context.Context) error {
	now := time.Now()
	if now.Sub(o.state.at) < stateEvery { // only Run writes it, and that is us
		return nil
	}
	begun, err := o.cfg.DB.CallsBegun(ctx, now.Add(-cpsOver))
	if err != nil {
		return err
	}
	next := platform{at: now, cps: float64(begun*1000/int64(cpsOver/time.Second)) / 1000}
	if next.nodes, err = o.cfg.nodes(ctx); err != nil {
		return err
	}
	if next.servers, err = o.cfg.servers(ctx); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.state = next
	return nil
}

func (o *Overviews) failed(err error, text string) string {
	if err == nil {
		return ""
	}
	o.cfg.Log.Debug().Err(err).Msg("overview: " + text)
	return "the database does not answer: " + text
}

// problems says in words what needs attention.
func (o *Overviews) problems(v Overview) []string {
	list := []string{}
	if o.problem != "" {
		list = append(list, o.problem)
	} else if !o.series.filled {
		list = append(list, "the calls of the last 24 hours are still being counted")
	}
	for _, n := range v.Nodes {
		if n.State == "silent" {
			list = append(list, "node "+n.Name+" is silent since "+n.SeenAt.UTC().Format(time.RFC3339))
		}
	}
	for _, s := range v.Servers {
		if s.State == "silent" {
			list = append(list, "server "+s.Name+" gives no answer")
		}
	}
	f := o.cfg.facts()
	if f.SpoolWaiting > 0 {
		list = append(list, fmt.Sprintf("%d records wait on the disk of node %s for the database", f.SpoolWaiting, o.cfg.Node))
	}
	if f.SpoolRefused > 0 {
		list = append(list, fmt.Sprintf("the database refused %d records of node %s; its log names them", f.SpoolRefused, o.cfg.Node))
	}
	return list
}
