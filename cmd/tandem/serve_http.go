package main

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"tandem/api"
	"tandem/api/access"
	v1 "tandem/api/v1"
	"tandem/db"
	"tandem/desk"
	"tandem/dialplan"
	"tandem/internal/e164"
	"tandem/routing"
	"tandem/routing/capacity"
	"tandem/web"
)

// door is all that this node serves over HTTP.
func (n *node) door(hub *api.Hub) (api.Config, error) {
	proxies, err := n.config.HTTP.proxies()
	if err != nil {
		return api.Config{}, err
	}
	guard, err := access.NewGuard(access.Config{
		DB: n.db, Secure: n.config.HTTP.secure(), PublicURL: n.config.HTTP.PublicURL, TrustedProxies: proxies, Log: n.log,
	})
	if err != nil {
		return api.Config{}, fmt.Errorf("http: %w", err)
	}
	n.warnOfProxy(len(proxies))
	c := &v1.Config{
		DB: n.db, Guard: guard, Version: version, Node: n.config.Node, Log: n.log,
		Live: &v1.Live{Board: n.board, Hangup: n.hangUp}, Facts: n.facts, Servers: func() []*routing.Server { return n.snapshots.get().Servers() }, Currency: n.config.Routing.BaseCurrency,
		Snapshot: n.snapshots.get, CallLog: n.lines.Of, Rendered: n.rendered,
		AlarmTest: func(ctx context.Context, channel int64) (db.AlarmDelivery, error) {
			return testAlarm(ctx, n.db, n.alarms.courier, n.alarms.base, channel)
		},
		Desk: desk.New(desk.Config{
			DB: n.db, BaseCurrency: n.config.Routing.BaseCurrency, Limits: n.config.limits(),
			Ported:  func(ctx context.Context, number e164.Number) e164.Number { return n.dipper.Dip(ctx, number).Routing },
			Quality: n.flow.Quality,
		}),
	}
	c.Overviews = v1.NewOverviews(c)
	c.Stream = v1.NewStream(c)
	c.Progress = c.Stream.Post
	c.Jobs = desk.NewJobs(c.Desk, n.log, c.Progress)
	return api.Config{
		Flow: n.flow, Peers: n.isPeer, Ready: n.notReady, Registry: n.registry, Live: hub, Log: n.log,
		Snapshot: n.snapshots.get, API: c, Guard: guard.Identify, Console: web.Handler(), Secure: n.config.HTTP.secure(),
	}, nil
}

// uncounted says whose connections over HTTP are not bounded.
func (n *node) uncounted() (func(netip.Addr) bool, error) {
	proxies, err := n.config.HTTP.proxies()
	return func(a netip.Addr) bool {
		return n.isPeer(a) || slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(a) })
	}, err
}

// warnOfProxy: behind a proxy that is not named all people come from one address,
// and share its count of wrong passwords.
func (n *node) warnOfProxy(trusted int) {
	if n.config.HTTP.PublicURL != "" && trusted == 0 {
		n.log.Warn().Msg("http.public_url is set and http.trusted_proxies is not: behind a proxy everybody comes from its address, and wrong passwords of one shut it for all who are new; name the proxy's address there")
	}
}

// offerSetup tells how somebody becomes the first administrator, as long as there
// is none.
func (n *node) offerSetup(ctx context.Context, address string) {
	base := cmp.Or(n.config.HTTP.PublicURL, consoleAt(address))
	link, err := access.FirstAdminLink(ctx, n.db, base)
	n.tell(ctx, "whether there are users is not known", err)
	if link != "" {
		n.log.Warn().Str("link", link).Msg("nobody can sign in yet: open this link within a day to become the first administrator, or run: tandem user create LOGIN --role admin")
	}
}

// consoleAt is where a browser finds a listener whose public address nobody has
// said. One that listens everywhere is reached from this machine: by a name that
// works, and without the link's token in the clear on a network.
func consoleAt(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "http://" + address
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// rendered is the configuration of a server, without its secrets.
func (n *node) rendered(server string) (map[string]string, error) {
	in, err := renderInput(n.config, n.snapshots.get(), server)
	if err != nil {
		return nil, err
	}
	files, err := dialplan.Render(in.Masked())
	if err != nil {
		return nil, err
	}
	texts := make(map[string]string, len(files))
	for _, f := range files {
		texts[f.Name] = string(f.Body)
	}
	return texts, nil
}

// facts are what this node knows of its own health.
func (n *node) facts() v1.Facts {
	f := v1.Facts{
		SpoolWaiting: n.spool.Waiting(), SpoolRefused: n.spool.Refused(), SnapshotVersion: n.snapshots.get().Version,
		SnapshotAge: n.snapshots.age(), Draining: n.draining.Load(), Resting: n.resting(),
	}
	for _, w := range n.watchers {
		name := w.client.Server()
		v := v1.ServerFacts{Name: name, Watched: true, Events: w.stream.Stats().Connected, Limits: w.ami != nil && w.ami.Up()}
		v.Calls, v.Answers = n.board.CountAt(name)
		if info := w.info.Load(); info != nil {
			v.Version, v.Started = info.Version, info.Started
		}
		f.Servers = append(f.Servers, v)
	}
	slices.SortFunc(f.Servers, func(a, b v1.ServerFacts) int { return cmp.Compare(a.Name, b.Name) })
	return f
}

// resting lists the ways out that take no calls.
func (n *node) resting() []v1.Resting {
	var list []v1.Resting
	for _, w := range n.capacity.State(time.Now(), mostWays).Ways {
		if w.State == capacity.Closed {
			break // those that are not well come first
		}
		v := v1.Resting{
			ProviderID: w.ProviderID, GateID: w.GateID, AddressID: w.AddressID, State: w.State.String(), Since: w.Since.UTC(), Until: w.Until.UTC(),
			Failures: w.Failures, Bids: w.Bids, From: w.Unreachable,
		}
		if p := n.snapshots.get().Provider(w.ProviderID); p != nil {
			v.Provider = p.Name
		}
		list = append(list, v)
	}
	return list
}

// secure: browsers reach us over TLS, if only to a proxy before us.
func (c httpConfig) secure() bool {
	return c.SecureCookies || strings.HasPrefix(c.PublicURL, "https://")
}

// proxies are the networks whose X-Forwarded-For is believed.
func (c httpConfig) proxies() ([]netip.Prefix, error) {
	var list []netip.Prefix
	for _, text := range c.TrustedProxies {
		network, err := netip.ParsePrefix(text)
		if address, single := netip.ParseAddr(text); single == nil {
			network, err = netip.PrefixFrom(address, address.BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("http.trusted_proxies %q: want addresses and networks, such as 10.0.0.1 or 10.0.0.0/24", text)
		}
		list = append(list, network.Masked())
	}
	return list, nil
}

func (c httpConfig) validate() error {
	if _, err := c.proxies(); err != nil {
		return err
	}
	if c.PublicURL == "" {
		return nil
	}
	u, err := url.Parse(c.PublicURL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("http.public_url %q: want only a scheme and a host, such as https://tandem.example.com", c.PublicURL)
	}
	return nil
}
