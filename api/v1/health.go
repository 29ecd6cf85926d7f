package v1

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/db"
)

// Facts are what only the node itself knows of its health.
type Facts struct {
	Servers         []ServerFacts // in the order of their names
	Resting         []Resting     // ways out that rest
	SpoolWaiting    int64         // records that wait for the database
	SpoolRefused    int64
	SnapshotVersion uint64
	SnapshotAge     time.Duration
	Draining        bool
}

// ServerFacts is one Asterisk as this node sees it.
type ServerFacts struct {
	Name    string
	Watched bool // its ARI is asked from here
	Answers bool
	Events  bool // its event stream is up
	Limits  bool // its AMI is up: limits of calls can be moved
	Version string
	Started time.Time
	Calls   int
}

// Resting is a way out that takes no calls just now.
type Resting struct {
	ProviderID int64     `json:"provider_id"`
	Provider   string    `json:"provider"`
	GateID     int64     `json:"gate_id,omitempty"`
	AddressID  int64     `json:"address_id,omitempty"`
	State      string    `json:"state" doc:"open: rests after failures; probing: one call tries it; unreachable: nobody answers there"`
	Since      time.Time `json:"since,omitzero"`
	Until      time.Time `json:"until,omitzero"`
	Failures   int       `json:"failures" doc:"Of the bids in the window"`
	Bids       int       `json:"bids"`
	From       []string  `json:"unreachable_from,omitempty" doc:"Servers"`
}

// NodeHealth is one Tandem.
type NodeHealth struct {
	Name      string    `json:"name"`
	State     string    `json:"state" enum:"up,silent" doc:"silent: no sign of life for 10 s"`
	StartedAt time.Time `json:"started_at"`
	SeenAt    time.Time `json:"seen_at"`
	BusyAt    time.Time `json:"busy_at,omitzero" doc:"When it last let calls in"`
	This      bool      `json:"this" doc:"It gives this answer; what follows it knows of itself only"`

	Version         string `json:"version,omitempty"`
	Draining        bool   `json:"draining,omitempty"`
	SpoolWaiting    *int64 `json:"spool_waiting,omitempty" doc:"Records that wait for the database"`
	SpoolRefused    *int64 `json:"spool_refused,omitempty" doc:"Records that the database will never take"`
	SnapshotVersion uint64 `json:"snapshot_version,omitempty"`
	SnapshotAgeS    *int64 `json:"snapshot_age_s,omitempty"`
}

// ServerHealth is one Asterisk.
type ServerHealth struct {
	ID        int64     `json:"id"`
	Name      string    `json:"name"`
	State     string    `json:"state" enum:"up,silent,unknown" doc:"silent: it gives no answer; unknown: no node asks its ARI"`
	SeenAt    time.Time `json:"seen_at,omitzero" doc:"When any node last saw its channels"`
	Events    bool      `json:"events" doc:"Its events come to this node"`
	Limits    bool      `json:"limits" doc:"This node can move the limits of its calls"`
	Version   string    `json:"version,omitempty"`
	StartedAt time.Time `json:"started_at,omitzero"`
	Calls     int       `json:"calls" doc:"In progress"`
}

// silentAfter is how long a server or node may say nothing.
const silentAfter = 10 * time.Second

// nodesWithin is how long a node that is gone is shown.
const nodesWithin = 24 * time.Hour

func health(d *door) {
	handle(d, look(access.Calls), huma.Operation{
		OperationID: "list-node-health", Method: http.MethodGet, Path: "/health/nodes", Tags: []string{"Health"}, Summary: "Tandem nodes and how they are",
	}, func(ctx context.Context, _ *struct{}) (*nodesOutput, error) {
		list, err := d.nodes(ctx)
		return &nodesOutput{nodesBody{list}}, err
	})
	handle(d, look(access.Calls), huma.Operation{
		OperationID: "list-server-health", Method: http.MethodGet, Path: "/health/servers", Tags: []string{"Health"}, Summary: "Asterisk servers and how they are",
	}, func(ctx context.Context, _ *struct{}) (*serversOutput, error) {
		list, err := d.servers(ctx)
		return &serversOutput{serversBody{list}}, err
	})
}

type nodesBody struct {
	Items []NodeHealth `json:"items" nullable:"false"`
}

type nodesOutput struct{ Body nodesBody }

type serversBody struct {
	Items []ServerHealth `json:"items" nullable:"false"`
}

type serversOutput struct{ Body serversBody }

func (c *Config) facts() Facts {
	if c.Facts == nil {
		return Facts{}
	}
	return c.Facts()
}

func (c *Config) nodes(ctx context.Context) ([]NodeHealth, error) {
	lives, err := c.DB.NodeLives(ctx, nodesWithin)
	if err != nil {
		return nil, err
	}
	list := make([]NodeHealth, len(lives))
	for i, l := range lives {
		list[i] = c.node(l)
	}
	return list, nil
}

func (c *Config) node(l db.NodeLife) NodeHealth {
	n := NodeHealth{Name: l.Name, State: "up", StartedAt: l.StartedAt, SeenAt: l.SeenAt, BusyAt: l.BusyAt, This: l.Name == c.Node}
	if l.Silent > silentAfter {
		n.State = "silent"
	}
	if n.This {
		f := c.facts()
		n.Version, n.Draining, n.SnapshotVersion = c.Version, f.Draining, f.SnapshotVersion
		n.SpoolWaiting, n.SpoolRefused, n.SnapshotAgeS = &f.SpoolWaiting, &f.SpoolRefused, new(int64(f.SnapshotAge/time.Second))
	}
	return n
}

func (c *Config) servers(ctx context.Context) ([]ServerHealth, error) {
	seen, err := c.DB.ServersSeen(ctx)
	if err != nil {
		return nil, err
	}
	facts := map[string]ServerFacts{}
	for _, f := range c.facts().Servers {
		facts[f.Name] = f
	}
	list := []ServerHealth{}
	if c.Servers == nil {
		return list, nil
	}
	for _, s := range c.Servers() {
		f := facts[s.Name]
		v := ServerHealth{
			ID: s.ID, Name: s.Name, State: "unknown", SeenAt: seen[s.Name], Events: f.Events, Limits: f.Limits,
			Version: f.Version, StartedAt: f.Started, Calls: f.Calls,
		}
		switch at, was := seen[s.Name]; {
		case f.Watched && f.Answers, was && time.Since(at) < silentAfter:
			v.State = "up"
		case f.Watched, was:
			v.State = "silent"
		}
		list = append(list, v)
	}
	return list, nil
}
