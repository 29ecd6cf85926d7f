package dialplan

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// field is a text of Server that ends up in a file, with a value that is valid
// and stands nowhere else.
type field struct {
	name, marker string
	set          func(*Server, string)
}

func fields() []field {
	return []field{
		{"Name", "zqname", func(s *Server, v string) { s.Name = v }},
		{"EntityID", "0a:1b:2c:3d:4e:5f", func(s *Server, v string) { s.EntityID = v }},
		{"Dirs.Etc", "/zq/etc", func(s *Server, v string) { s.Dirs.Etc = v }},
		{"Dirs.Modules", "/zq/modules", func(s *Server, v string) { s.Dirs.Modules = v }},
		{"Dirs.Data", "/zq/data", func(s *Server, v string) { s.Dirs.Data = v }},
		{"Dirs.AGI", "/zq/agi", func(s *Server, v string) { s.Dirs.AGI = v }},
		{"Dirs.VarLib", "/zq/lib", func(s *Server, v string) { s.Dirs.VarLib = v }},
		{"Dirs.DB", "/zq/db", func(s *Server, v string) { s.Dirs.DB = v }},
		{"Dirs.Keys", "/zq/keys", func(s *Server, v string) { s.Dirs.Keys = v }},
		{"Dirs.Spool", "/zq/spool", func(s *Server, v string) { s.Dirs.Spool = v }},
		{"Dirs.Cache", "/zq/cache", func(s *Server, v string) { s.Dirs.Cache = v }},
		{"Dirs.Run", "/zq/run", func(s *Server, v string) { s.Dirs.Run = v }},
		{"Dirs.Log", "/zq/log", func(s *Server, v string) { s.Dirs.Log = v }},
		{"ReportFile", "/zq/report", func(s *Server, v string) { s.ReportFile = v }},
		{"ARI.Name", "zqariname", func(s *Server, v string) { s.ARI.Name = v }},
		{"ARI.Secret", "zqarisecret", func(s *Server, v string) { s.ARI.Secret = v }},
		{"AMI.Name", "zqaminame", func(s *Server, v string) { s.AMI.Name = v }},
		{"AMI.Secret", "zqamisecret", func(s *Server, v string) { s.AMI.Secret = v }},
		{"Trunks.Endpoint", "zqtrunk", func(s *Server, v string) { s.Trunks[0].Endpoint = v }},
		{"Trunks.Host", "zqtrunkhost", func(s *Server, v string) { s.Trunks[0].Host = v }},
		{"Trunks.Proxy", "zqproxy:5999", func(s *Server, v string) { s.Trunks[0].Proxy = v }},
		{"Trunks.FromDomain", "zqfromdomain", func(s *Server, v string) { s.Trunks[0].FromDomain = v }},
		{"Gates.Endpoint", "zqgate", func(s *Server, v string) { s.Gates[1].Endpoint = v }},
		{"Gates.Numbers", "79990001122", func(s *Server, v string) { s.Gates[1].Numbers = []string{v} }},
		{"Gates.Context", "zqcontext", func(s *Server, v string) { s.Gates[1].Context = v }},
		{"Gates.Host", "zqgatehost", func(s *Server, v string) { s.Gates[1].Host = v }},
		{"Gates.Proxy", "zqgateproxy:5998", func(s *Server, v string) { s.Gates[1].Proxy = v }},
		{"Gates.FromDomain", "zqgatedomain", func(s *Server, v string) { s.Gates[1].FromDomain = v }},
		{"Gates.Login", "zqlogin", func(s *Server, v string) { s.Gates[1].Login = v }},
		{"Gates.Password", "zqpassword", func(s *Server, v string) { s.Gates[1].Password = v }},
		{"Subscribers.Login", "zqsubscriber", func(s *Server, v string) { s.Subscribers[0].Login = v }},
		{"Subscribers.Secret", "zqsubsecret", func(s *Server, v string) { s.Subscribers[0].Secret = v }},
		{"IAX.Name", "zqiaxname", func(s *Server, v string) { s.IAX.Name = v }},
		{"IAX.Secret", "zqiaxsecret", func(s *Server, v string) { s.IAX.Secret = v }},
		{"Neighbours.Name", "zqneighbour", func(s *Server, v string) { s.Neighbours[0].Name = v }},
		{"Neighbours.User", "zqneighuser", func(s *Server, v string) { s.Neighbours[0].User = v }},
		{"Neighbours.Secret", "zqneighsecret", func(s *Server, v string) { s.Neighbours[0].Secret = v }},
		{"Sounds.Language", "zq_LANG", func(s *Server, v string) { s.Sounds.Language = v }},
		{"Sounds.NoMorePaths", "zqnomorepaths", func(s *Server, v string) { s.Sounds.NoMorePaths = v }},
	}
}

// checkNoInjection: a value is refused, or it stands in the files exactly where
// the marker stood, nothing else is different, and it cannot end a line, begin
// a comment or close a quote.
func checkNoInjection(t interface {
	Helper()
	Fatalf(format string, args ...any)
}, f field, value string,
) {
	t.Helper()
	// These are valid and change the files in ways the fields promise.
	if value == "" || f.name == "Gates.Context" && value == "public" {
		return
	}
	if strings.HasSuffix(f.name, "Host") {
		if a, err := netip.ParseAddr(value); err == nil && a.Is6() {
			return // gets its brackets
		}
	}
	marked, hostile := sample(), sample()
	// One own context only, or a new name would change their order.
	marked.Gates[0].Context, hostile.Gates[0].Context = "", ""
	f.set(&marked, f.marker)
	f.set(&hostile, value)
	got, err := Render(hostile)
	if err != nil {
		if value != "" && len(value) > 3 && strings.Contains(err.Error(), value) && strings.ContainsAny(value, "\n;") {
			t.Fatalf("%s: the error repeats the value %q", f.name, value)
		}
		return
	}
	if strings.ContainsAny(value, "\r\n\x00;\"'`\\ \t<>[]") {
		t.Fatalf("%s: %q was taken", f.name, value)
	}
	want, err := Render(marked)
	if err != nil {
		t.Fatalf("%s: the marker is refused: %v", f.name, err)
	}
	for i := range want {
		expected := bytes.ReplaceAll(want[i].Body, []byte(f.marker), []byte(value))
		if !bytes.Equal(got[i].Body, expected) {
			t.Fatalf("%s: %q changes more of %s than its own place", f.name, value, want[i].Name)
		}
	}
}

func TestMarkersStandInTheFiles(t *testing.T) {
	for _, f := range fields() {
		s := sample()
		f.set(&s, f.marker)
		files, err := Render(s)
		if err != nil {
			t.Errorf("%s: %v", f.name, err)
			continue
		}
		n := 0
		for _, file := range files {
			n += bytes.Count(file.Body, []byte(f.marker))
		}
		if n == 0 {
			t.Errorf("%s is written nowhere", f.name)
		}
	}
}

func TestNoInjection(t *testing.T) {
	bad := []string{
		"x\n[evil]", "x\r\nexten => _X.,1,System(id)", "a;b", "a\\;b", "${SHELL(id)}", "a,b", "a b", `a"b`, "#include /etc/passwd",
		"[x](!)", "x\x00y", "../../etc", "/a/../b", "//x", "x]", "general", "tandem-udp", "a&b", "a|b", "a%sb", "{{.Name}}", "ä", "x\n",
	}
	for _, f := range fields() {
		for _, v := range bad {
			checkNoInjection(t, f, v)
			checkNoInjection(t, f, f.marker+v)
			checkNoInjection(t, f, v+f.marker)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.SampledFrom(fields()).Draw(t, "field")
		value := rapid.OneOf(
			rapid.String(),
			rapid.StringMatching(`[ -~\n\r\t]{0,40}`),
			rapid.StringMatching(`[A-Za-z0-9_.:/-]{1,40}`),
		).Draw(t, "value")
		checkNoInjection(t, f, value)
	})
}

func FuzzNoInjection(f *testing.F) {
	f.Add(uint8(0), "asterisk\n[general]")
	f.Add(uint8(15), "secret;x")
	f.Add(uint8(24), "public")
	f.Fuzz(func(t *testing.T, which uint8, value string) {
		all := fields()
		checkNoInjection(t, all[int(which)%len(all)], value)
	})
}
