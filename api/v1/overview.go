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
	LastHour Sum             `json:"last_hour"`
	Day      Sum             `json:"last_24h"`
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

// Width and length of the series, and how old its parts may be.
const (
	bucketWidth  = 5 * time.Minute
	seriesLength = 24 * time.Hour
	seriesNew    = 15 * time.Minute // calls of that time are counted again and again
	newEvery     = 5 * time.Second
	seriesOpen   = 3 * time.Hour // calls of that time may still end
	openEvery    = 5 * time.Minute
	cpsOver      = 10 * time.Second
	stateEvery   = 2 * time.Second
	countWithin  = 30 * time.Second
)

// Overviews makes overviews for all who look, once.
type Overviews struct {
	cfg *Config

	mu       sync.Mutex
	buckets  map[int64]db.CallBucket // by begin
	recentAt time.Time
	openAt   time.Time
	stateAt  time.Time
	last     Overview
	problem  string
}

// NewOverviews makes what tells the overview.
func NewOverviews(c *Config) *Overviews {
	return &Overviews{cfg: c, buckets: map[int64]db.CallBucket{}}
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
	o.mu.Lock()
	defer o.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, countWithin)
	defer cancel()
	now := time.Now()
	o.problem = ""
	o.count(ctx, now)
	o.state(ctx, now)
	v := o.last
	v.At = now.UTC().Truncate(time.Second)
	v.Currency = o.cfg.Currency
	v.Problems = o.problems(v)
	v.Live = LiveCount{}
	if o.cfg.Live != nil {
		v.Live.Calls, v.Live.Talking, v.Live.Ringing = o.cfg.Live.Board.Count()
	}
	v.Resting = append([]Resting{}, o.cfg.facts().Resting...)
	return v
}

// count brings the series up to date.
func (o *Overviews) count(ctx context.Context, now time.Time) {
	from := now.Add(-seriesNew)
	switch {
	case o.openAt.IsZero():
		from = now.Add(-seriesLength)
	case now.Sub(o.openAt) >= openEvery:
		from = now.Add(-seriesOpen)
	case now.Sub(o.recentAt) < newEvery:
		return
	}
	from = from.Truncate(bucketWidth)
	o.recentAt = now
	list, err := o.cfg.DB.CallBuckets(ctx, from, bucketWidth)
	if err != nil {
		o.failed(err, "calls are not counted just now")
		return
	}
	if now.Sub(from) > seriesNew+bucketWidth {
		o.openAt = now
	}
	for at := range o.buckets {
		if at >= from.Unix() || at < now.Add(-seriesLength).Unix() {
			delete(o.buckets, at)
		}
	}
	for _, b := range list {
		o.buckets[b.At.Unix()] = b
	}
	o.sum(now)
}

func (o *Overviews) sum(now time.Time) {
	o.last.Series, o.last.Day, o.last.LastHour = []db.CallBucket{}, Sum{}, Sum{}
	hour := now.Add(-time.Hour).Truncate(bucketWidth)
	rejected := [2]int64{}
	for at := now.Add(-seriesLength).Truncate(bucketWidth); !at.After(now); at = at.Add(bucketWidth) {
		b, has := o.buckets[at.Unix()]
		if !has {
			continue
		}
		o.last.Series = append(o.last.Series, b)
		o.last.Day.add(b)
		rejected[0] += b.Rejected
		if !at.Before(hour) {
			o.last.LastHour.add(b)
			rejected[1] += b.Rejected
		}
	}
	o.last.Day.rate(rejected[0])
	o.last.LastHour.rate(rejected[1])
}

func (s *Sum) add(b db.CallBucket) {
	s.Calls, s.Ended, s.Answered, s.TalkS = s.Calls+b.Calls, s.Ended+b.Ended, s.Answered+b.Answered, s.TalkS+b.TalkS
	s.Margin += b.Sale - b.Cost
}

func (s *Sum) rate(rejected int64) {
	if seized := s.Ended - rejected; seized > 0 {
		s.ASR = new(float64(s.Answered*1000/seized) / 10)
	}
}

// state looks at nodes, servers and the rate of calls.
func (o *Overviews) state(ctx context.Context, now time.Time) {
	if now.Sub(o.stateAt) < stateEvery {
		return
	}
	o.stateAt = now
	var err error
	begun, err := o.cfg.DB.CallsBegun(ctx, now.Add(-cpsOver))
	if err == nil {
		o.last.CPS = float64(begun*1000/int64(cpsOver/time.Second)) / 1000
		o.last.Nodes, err = o.cfg.nodes(ctx)
	}
	if err == nil {
		o.last.Servers, err = o.cfg.servers(ctx)
	}
	o.failed(err, "nodes and servers are shown as they were")
}

func (o *Overviews) failed(err error, text string) {
	if err != nil {
		o.cfg.Log.Debug().Err(err).Msg("overview: " + text)
		o.problem = "the database does not answer: " + text
	}
}

// problems says in words what needs attention.
func (o *Overviews) problems(v Overview) []string {
	list := []string{}
	if o.problem != "" {
		list = append(list, o.problem)
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
