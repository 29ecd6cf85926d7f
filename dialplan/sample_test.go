package dialplan

import (
	"net/netip"
	"time"
)

// sample is a server with one of everything, on documentation addresses.
func sample() Server {
	return Server{
		Name:     "asterisk-msm",
		EntityID: "02:00:00:00:00:02",
		Dirs: Dirs{
			Etc:     "/srv/msm/etc",
			Modules: "/usr/lib/asterisk/modules",
			Data:    "/usr/share/asterisk",
			AGI:     "/srv/msm/agi",
			VarLib:  "/srv/msm/lib",
			DB:      "/srv/msm/db",
			Keys:    "/srv/msm/keys",
			Spool:   "/srv/msm/spool",
			Cache:   "/srv/msm/cache",
			Run:     "/srv/msm/run",
			Log:     "/srv/msm/log",
		},
		SIPBind:  netip.MustParseAddrPort("192.0.2.10:5060"),
		RTPFirst: 10000,
		RTPLast:  19999,
		IAXBind:  netip.MustParseAddrPort("192.0.2.10:4569"),
		HTTPBind: netip.MustParseAddrPort("127.0.0.1:8088"),
		AMIBind:  netip.MustParseAddrPort("127.0.0.1:5038"),
		ARI:      User{Name: "tandem", Secret: "ari-secret"},
		AMI:      User{Name: "tandem", Secret: "ami-secret"},
		Nodes: []Node{
			{AGI: netip.MustParseAddrPort("192.0.2.20:4573"), HTTP: netip.MustParseAddrPort("192.0.2.20:8080")},
			{AGI: netip.MustParseAddrPort("[2001:db8::21]:4573"), HTTP: netip.MustParseAddrPort("[2001:db8::21]:8080")},
		},
		ReportFile:      "/srv/msm/spool/lost-reports",
		ExchangeTimeout: 1500 * time.Millisecond,
		RTPTimeout:      time.Minute,
		Qualify:         30 * time.Second,
		MaxCalls:        200,
		MaxLoad:         8,
		MaxFiles:        65536,
		Trunks: []Trunk{
			{
				Endpoint:   "prov8-voxbeam",
				Match:      []netip.Prefix{netip.MustParsePrefix("198.51.100.0/28"), netip.MustParsePrefix("2001:db8:8::/64")},
				Host:       "sbc.voxbeam.example",
				Proxy:      "198.51.100.1:5060",
				FromDomain: "msm.example",
			},
			{Endpoint: "prov4-in", Match: []netip.Prefix{netip.MustParsePrefix("203.0.113.4/32")}},
		},
		Gates: []Gate{
			{
				Endpoint:   "westcall",
				Numbers:    []string{"74951815000", "74951815001"},
				Context:    "westcall",
				Match:      []netip.Prefix{netip.MustParsePrefix("203.0.113.7/32")},
				Host:       "203.0.113.7",
				Port:       5070,
				CIDSupport: true,
			},
			{
				Endpoint: "sip_peer_msm_2301",
				Numbers:  []string{"74957952301"},
				Context:  "sip_msm_74957952301",
				Host:     "sip.n1.ipport.example",
				Login:    "gate2301",
				Password: "p,4$",
			},
		},
		Subscribers: []Subscriber{{Login: "alice", Secret: "alice-secret"}, {Login: "bob", Secret: "bob-secret"}},
		IAX:         User{Name: "msm", Secret: "msm-secret"},
		Neighbours: []Neighbour{{
			Name: "macomnet", Addr: netip.MustParseAddrPort("192.0.2.11:4569"), User: "macomnet", Secret: "macomnet-secret",
		}},
	}
}
