package dialplan

import (
	"net/netip"
	"strings"
	"testing"
	"time"
)

func TestValidateNamesTheField(t *testing.T) {
	prefix := netip.MustParsePrefix
	tests := []struct {
		name   string
		change func(*Server)
		want   string
	}{
		{"no name", func(s *Server) { s.Name = "" }, "dialplan: Name: "},
		{"entity id", func(s *Server) { s.EntityID = "02:00" }, "EntityID: "},
		{"relative directory", func(s *Server) { s.Dirs.Log = "log" }, "Dirs.Log: "},
		{"socket name too long", func(s *Server) { s.Dirs.Run = "/" + strings.Repeat("r", 100) }, "Dirs.Run: "},
		{"no SIP port", func(s *Server) { s.SIPBind = netip.MustParseAddrPort("192.0.2.1:0") }, "SIPBind: "},
		{"ARI for all", func(s *Server) { s.HTTPBind = netip.MustParseAddrPort("0.0.0.0:8088") }, "HTTPBind: bind it to loopback"},
		{"AMI for all", func(s *Server) { s.AMIBind = netip.MustParseAddrPort("192.0.2.1:5038") }, "AMIBind: bind it to loopback"},
		{"zone", func(s *Server) { s.Nodes[0].AGI = netip.MustParseAddrPort("[fe80::1%eth0]:4573") }, "Nodes[0].AGI: "},
		{"no nodes", func(s *Server) { s.Nodes = nil }, "Nodes: "},
		{"four nodes", func(s *Server) { s.Nodes = append(s.Nodes, s.Nodes...) }, "Nodes: "},
		{"RTP range", func(s *Server) { s.RTPLast = s.RTPFirst }, "RTPFirst, RTPLast: "},
		{"AMI user", func(s *Server) { s.AMI.Name = "general" }, "AMI.Name: "},
		{"short secret", func(s *Server) { s.ARI.Secret = "short" }, "ARI.Secret: use 8 to 128"},
		{"exchange", func(s *Server) { s.ExchangeTimeout = time.Hour }, "ExchangeTimeout: "},
		{"negative talk", func(s *Server) { s.MaxTalk = -time.Second }, "MaxTalk: "},
		{"hops", func(s *Server) { s.HopLimit = 50 }, "HopLimit: "},
		{"our prefix", func(s *Server) { s.Trunks[0].Endpoint = "tandem-udp" }, "Trunks[0].Endpoint: choose"},
		{"same name", func(s *Server) { s.Subscribers[1].Login = "westcall" }, "Subscribers[1].Login: choose another name, Gates[0].Endpoint"},
		{"proxy", func(s *Server) { s.Trunks[0].Proxy = "198.51.100.1" }, "Trunks[0].Proxy: "},
		{"proxy port", func(s *Server) { s.Trunks[0].Proxy = "198.51.100.1:0560" }, "Trunks[0].Proxy: "},
		{"gate without host", func(s *Server) { s.Gates[0].Host = "" }, "Gates[0].Host: "},
		{"gate without number", func(s *Server) { s.Gates[0].Numbers = nil }, "Gates[0].Numbers: "},
		{"login alone", func(s *Server) { s.Gates[1].Password = "" }, "Gates[1].Login, Password: "},
		{"own context", func(s *Server) { s.Gates[0].Context = "Service" }, "Gates[0].Context: "},
		{"no prefix", func(s *Server) { s.Trunks[0].Match[0] = netip.Prefix{} }, "Trunks[0].Match[0]: "},
		{
			"two claim one address",
			func(s *Server) { s.Gates[0].Match = []netip.Prefix{prefix("198.51.100.4/32")} },
			"Gates[0].Match[0]: remove the overlap with Trunks[0].Match[0]",
		},
		{"neighbours without IAX user", func(s *Server) { s.IAX = User{} }, "IAX.Name: "},
		{"neighbour called as we are", func(s *Server) { s.Neighbours[0].Name = "msm" }, "Neighbours[0].Name: "},
		{"sound", func(s *Server) { s.Sounds.NoMorePaths = "../x" }, "Sounds.NoMorePaths: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := sample()
			tt.change(&s)
			files, err := Render(s)
			if err == nil {
				t.Fatal("rendered")
			}
			if files != nil {
				t.Error("files beside an error")
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %q, want %q in it", err, tt.want)
			}
		})
	}
}

// TestValidateNamesAll: one run is enough to mend everything.
func TestValidateNamesAll(t *testing.T) {
	_, err := Render(Server{})
	if err == nil {
		t.Fatal("an empty server was rendered")
	}
	for _, field := range []string{"Name", "Dirs.Etc", "SIPBind", "HTTPBind", "AMIBind", "ARI.Name", "Nodes", "ReportFile", "RTPFirst"} {
		if !strings.Contains(err.Error(), "dialplan: "+field) {
			t.Errorf("%s is not named", field)
		}
	}
}

// TestErrorsKeepSecrets: a refused password must not turn up in a log.
func TestErrorsKeepSecrets(t *testing.T) {
	s := sample()
	s.Subscribers[0].Secret = "my secret; here"
	_, err := Render(s)
	if err == nil || strings.Contains(err.Error(), "my secret") {
		t.Errorf("got %v", err)
	}
}
