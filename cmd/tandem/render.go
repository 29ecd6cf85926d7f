package main

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/rs/zerolog"

	"tandem/db"
	"tandem/dialplan"
	"tandem/routing"
)

type asteriskCmd struct {
	Render renderCmd `cmd:"" help:"Write the complete configuration of one server."`
}

type renderCmd struct {
	Server string `required:"" help:"Server to render (servers.servername)."`
	Out    string `required:"" help:"Directory to write into; files of ours in it are replaced."`
	Mkdirs bool   `help:"Also make the directories that Asterisk writes to; on the server itself, as Asterisk's user."`
}

// Run renders a server from the database and the configuration.
func (r renderCmd) Run(ctx context.Context, e *env) error {
	c, err := loadConfig(e.config)
	if err != nil {
		return err
	}
	return withDB(ctx, e, func(database *db.DB) error {
		snapshots := newSnapshots(c, database, zerolog.Nop())
		if err := snapshots.reload(ctx); err != nil {
			return err
		}
		server, err := renderInput(c, snapshots.get(), r.Server)
		if err != nil {
			return err
		}
		files, err := dialplan.Render(server)
		if err != nil {
			return err
		}
		if err := dialplan.Write(files, r.Out); err != nil {
			return err
		}
		if r.Mkdirs {
			if err := server.Dirs.Create(); err != nil {
				return err
			}
		}
		fmt.Fprintf(e.out, "%d files for %s in %s: %d trunks, %d gates, %d subscribers\n",
			len(files), r.Server, r.Out, len(server.Trunks), len(server.Gates), len(server.Subscribers))
		return nil
	})
}

// renderInput maps a server's rows and settings to what package dialplan needs.
func renderInput(c config, s *routing.Snapshot, name string) (dialplan.Server, error) {
	server := s.Server(name)
	if server == nil {
		return dialplan.Server{}, fmt.Errorf("--server %q: not in servers", name)
	}
	own, ok := c.Asterisk.Servers[name]
	if !ok {
		return dialplan.Server{}, fmt.Errorf("asterisk.servers.%s: missing; it says where this server's Asterisk listens and keeps its files", name)
	}
	if server.Driver != routing.PJSIP {
		return dialplan.Server{}, fmt.Errorf("servers.driver of %s is %s: only pjsip servers are rendered", name, server.Driver)
	}
	key := "asterisk.servers." + name + "."
	in := settings{key: key}
	out := dialplan.Server{
		Name: name, EntityID: own.EntityID, Dirs: own.Dirs.dialplan(),
		SIPBind: in.addrPort("sip", own.SIP), RTPFirst: own.RTPFirst, RTPLast: own.RTPLast, IAXBind: in.addrPort("iax", own.IAX),
		HTTPBind: in.addrPort("http", own.HTTP), AMIBind: in.addrPort("ami", own.AMI),
		ARI:        dialplan.User{Name: own.ARIUser, Secret: in.secret("ari_secret_file", own.ARISecretFile)},
		AMI:        dialplan.User{Name: own.AMIUser, Secret: in.secret("ami_secret_file", own.AMISecretFile)},
		ReportFile: own.ReportFile, HuntBudget: c.Limits.HuntBudget, MaxTalk: c.Limits.MaxTalk, HopLimit: c.Limits.HopLimit,
		RTPTimeout: own.RTPTimeout, Qualify: own.Qualify, MaxCalls: own.MaxCalls,
		Sounds: dialplan.Sounds{NoMorePaths: c.Asterisk.Sounds["all-busy"]},
	}
	for i, n := range c.Asterisk.Nodes {
		nodes := settings{key: fmt.Sprintf("asterisk.nodes[%d].", i)}
		out.Nodes = append(out.Nodes, dialplan.Node{AGI: nodes.addrPort("agi", n.AGI), HTTP: nodes.addrPort("http", n.HTTP)})
		in.err = first(in.err, nodes.err)
	}
	out.Trunks = trunks(s)
	out.Gates = gates(s, server)
	for _, v := range s.Subscribers() {
		if v.Enabled && (v.ServerID == 0 || v.ServerID == server.ID) {
			out.Subscribers = append(out.Subscribers, dialplan.Subscriber{Login: v.Login, Secret: v.Secret})
		}
	}
	out.Neighbours = neighbours(c, s, server, &in.err)
	if len(out.Neighbours) > 0 {
		user, _ := iax2Names(server.IAX2)
		out.IAX = dialplan.User{Name: user, Secret: in.secret("iax_secret_file", own.IAXSecretFile)}
	}
	return out, in.err
}

// trunks are the providers' ways in and out. A provider that sends us calls has
// one endpoint for all its sources; every way out has one of its own.
func trunks(s *routing.Snapshot) []dialplan.Trunk {
	var list []dialplan.Trunk
	for _, p := range s.Providers() {
		if sources := s.Sources(p.ID); len(sources) > 0 {
			list = append(list, dialplan.Trunk{Endpoint: routing.SourceEndpoint(p), Match: sources})
		}
		for _, a := range s.Trunks(p.ID) {
			list = append(list, dialplan.Trunk{Endpoint: routing.TrunkEndpoint(a), Host: a.Host, Port: a.Port, Proxy: a.Proxy})
		}
	}
	return list
}

// gates groups the rows by dial peer: several numbers may share one. A gate
// without a host of its own goes where its provider does.
func gates(s *routing.Snapshot, server *routing.Server) []dialplan.Gate {
	var list []dialplan.Gate
	for _, row := range s.GatesAt(server.ID) {
		i := slices.IndexFunc(list, func(g dialplan.Gate) bool { return g.Endpoint == row.Gate.Name })
		if i >= 0 {
			list[i].Numbers = append(list[i].Numbers, string(row.Number.Number))
			continue
		}
		g := dialplan.Gate{
			Endpoint: row.Gate.Name, Numbers: []string{string(row.Number.Number)}, Context: row.Gate.Context,
			Host: row.Gate.Host, Port: row.Gate.Port, Login: row.Gate.Login, Password: row.Gate.Password, CIDSupport: row.Gate.CLISupport,
		}
		if ways := s.Trunks(row.Number.ProviderID); g.Host == "" && len(ways) > 0 {
			g.Host, g.Port, g.Proxy = ways[0].Host, ways[0].Port, ways[0].Proxy
		}
		if g.Host != "" {
			list = append(list, g)
		}
	}
	return list
}

// neighbours are the other servers that this one can hand calls to: those with
// an IAX2 path in servers and an address and secret in the configuration.
func neighbours(c config, s *routing.Snapshot, server *routing.Server, problem *error) []dialplan.Neighbour {
	var list []dialplan.Neighbour
	for _, v := range s.Servers() {
		own, ok := c.Asterisk.Neighbours[v.Name]
		if v == server || v.IAX2 == "" || !ok {
			continue
		}
		in := settings{key: "asterisk.neighbours." + v.Name + "."}
		user, peer := iax2Names(v.IAX2)
		list = append(list, dialplan.Neighbour{
			Name: peer, Addr: in.addrPort("iax", own.IAX), User: user, Secret: in.secret("secret_file", own.SecretFile),
		})
		*problem = first(*problem, in.err)
	}
	return list
}

// iax2Names parts an IAX2 path such as "IAX2/msm@msm": the user comes first,
// then the peer.
func iax2Names(path string) (user, peer string) {
	user, peer, _ = strings.Cut(strings.TrimPrefix(path, "IAX2/"), "@")
	return user, peer
}

// settings reads a section and keeps the first thing wrong with it.
type settings struct {
	key string
	err error
}

func (s *settings) addrPort(key, value string) netip.AddrPort {
	v, err := netip.ParseAddrPort(value)
	if err != nil {
		s.err = first(s.err, fmt.Errorf("%s%s %q: want a literal address and port", s.key, key, value))
	}
	return v
}

func (s *settings) secret(key, path string) string {
	v, err := secret(s.key+key, path)
	s.err = first(s.err, err)
	return v
}

func first(a, b error) error {
	if a != nil {
		return a
	}
	return b
}
