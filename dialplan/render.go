package dialplan

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"path"
	"slices"
	"strconv"
	"strings"
	"text/template"
	"time"
)

//go:embed templates/*.tmpl
var templates embed.FS

// header is the first line of every file of ours, and how Write knows them.
const header = `; Rendered by "tandem asterisk render". Changes made here are lost at the next rendering.` + "\n"

// LimitMargin is how much earlier than the paid talk ends the limit strikes.
const LimitMargin = 100 * time.Millisecond

const (
	// MaxAttempts is how many routes one call may try.
	MaxAttempts = 10
	// mappedCauses are the Q.850 causes that chan_pjsip turns into a SIP answer of
	// their own (hangup_cause2sip, without 23: a 302 is no refusal). All others
	// would reach the caller as 603.
	mappedCauses = "1|2|3|17|18|19|20|21|22|27|28|29|31|34|38|42|58|66|127"

	// Dialled numbers: 2 to 18 digits, or a plus and 7 to 15.
	leastDigits, mostDigits = 2, 18
	leastE164, mostE164     = 7, 15
)

// File is one rendered configuration file.
type File struct {
	Name string      // inside Dirs.Etc, without directory
	Mode fs.FileMode // 0600 if it holds secrets, else 0644
	Body []byte
}

// Files is the whole configuration of one server, sorted by name.
type Files []File

// Render makes the configuration of s. The same s gives the same bytes. The
// error names every wrong field and how to mend it.
func Render(s Server) (Files, error) {
	s = s.withDefaults()
	if err := s.validate(); err != nil {
		return nil, err
	}
	all, err := template.New("").Option("missingkey=error").Funcs(template.FuncMap{
		"inc":  func(i int) int { return i + 1 },
		"join": strings.Join,
		"sip":  sipURI,
	}).ParseFS(templates, "templates/*.tmpl")
	if err != nil {
		return nil, fmt.Errorf("dialplan: parse templates: %w", err)
	}
	var files Files
	for _, name := range s.fileNames() {
		var b bytes.Buffer
		b.WriteString(header)
		tmpl := name + ".tmpl"
		if slices.Contains(optionalNames(), name) {
			tmpl = "optional.conf.tmpl"
		}
		if err := all.ExecuteTemplate(&b, tmpl, view{s}); err != nil {
			return nil, fmt.Errorf("dialplan: render %s: %w", name, err)
		}
		files = append(files, File{Name: name, Mode: modeOf(name), Body: b.Bytes()})
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return files, nil
}

func (s Server) fileNames() []string {
	names := []string{
		"ari.conf", "asterisk.conf", "cdr.conf", "cdr_custom.conf", "cel.conf", "extensions.conf",
		"http.conf", "indications.conf", "logger.conf", "manager.conf", "modules.conf", "pjsip.conf",
		"rtp.conf", "stasis.conf",
	}
	names = append(names, optionalNames()...)
	if len(s.Neighbours) > 0 {
		names = append(names, "iax.conf")
	}
	return names
}

// optionalNames are the files that the core and some modules want to exist,
// though their defaults are right.
func optionalNames() []string {
	return []string{
		"acl.conf", "ccss.conf", "features.conf", "geolocation.conf", "pjproject.conf",
		"udptl.conf", "websocket_client.conf",
	}
}

func modeOf(name string) fs.FileMode {
	switch name {
	case "ari.conf", "iax.conf", "manager.conf", "pjsip.conf":
		return 0o600
	default:
		return 0o644
	}
}

// named is one directory with its field's name.
type named struct{ name, path string }

func (d Dirs) named() []named {
	return []named{
		{"Etc", d.Etc},
		{"Modules", d.Modules},
		{"Data", d.Data},
		{"AGI", d.AGI},
		{"VarLib", d.VarLib},
		{"DB", d.DB},
		{"Keys", d.Keys},
		{"Spool", d.Spool},
		{"Cache", d.Cache},
		{"Run", d.Run},
		{"Log", d.Log},
	}
}

// view is what the templates see: the server and what follows from it.
type view struct{ Server }

// Patterns are the extension patterns of dialled numbers, one for each length.
func (view) Patterns() []string {
	var out []string
	for n := leastDigits; n <= mostDigits; n++ {
		out = append(out, "_"+strings.Repeat("X", n))
	}
	for n := leastE164; n <= mostE164; n++ {
		out = append(out, "_+"+strings.Repeat("X", n))
	}
	return out
}

// GateContexts are the contexts of the gates that need one of their own, sorted.
func (v view) GateContexts() []string {
	var out []string
	for _, g := range v.Server.Gates {
		if g.Context != "" && g.Context != "public" && !slices.Contains(out, g.Context) {
			out = append(out, g.Context)
		}
	}
	slices.Sort(out)
	return out
}

// Gates are the gates with their context and From user filled in.
func (v view) Gates() []gateView {
	var out []gateView
	for _, g := range v.Server.Gates {
		if g.Context == "" {
			g.Context = "public"
		}
		from := g.Login
		if from == "" {
			from = g.Numbers[0]
		}
		out = append(out, gateView{Gate: g, FromUser: from})
	}
	return out
}

type gateView struct {
	Gate
	FromUser string
}

func (view) MaxAttempts() int     { return MaxAttempts }
func (view) MappedCauses() string { return mappedCauses }

// AMIPermits are the nodes that do not come from loopback, each once.
func (v view) AMIPermits() []netip.Prefix {
	var out []netip.Prefix
	for _, n := range v.Nodes {
		for _, a := range []netip.Addr{n.AGI.Addr(), n.HTTP.Addr()} {
			if p := netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()); !a.IsLoopback() && !slices.Contains(out, p) {
				out = append(out, p)
			}
		}
	}
	return out
}

// LimitFraction is the part of the last paid second that is talked, in
// milliseconds.
func (view) LimitFraction() int64 { return (time.Second - LimitMargin).Milliseconds() }

func (v view) ExchangeSeconds() string      { return seconds(v.ExchangeTimeout) }
func (v view) MaxTalkSeconds() int64        { return int64(v.MaxTalk / time.Second) }
func (v view) RTPTimeoutSeconds() int64     { return int64(v.RTPTimeout / time.Second) }
func (v view) QualifySeconds() int64        { return int64(v.Qualify / time.Second) }
func (v view) RTPTimeoutHoldSeconds() int64 { return 5 * v.RTPTimeoutSeconds() }

// seconds writes a duration as Asterisk reads it, 1.5 for 1500 ms.
func seconds(d time.Duration) string {
	return strconv.FormatFloat(d.Seconds(), 'f', -1, 64)
}

// sipURI joins the parts of a SIP URI; user and port may be missing.
func sipURI(user, host string, port uint16) string {
	if user != "" {
		user += "@"
	}
	if port != 0 {
		return "sip:" + user + net.JoinHostPort(host, strconv.Itoa(int(port)))
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return "sip:" + user + host
}

// cdrDir is the directory of cdr_custom, which Asterisk does not make itself.
func (d Dirs) cdrDir() string { return path.Join(d.Log, "cdr-custom") }

// keyDir is where Asterisk looks for keys; it complains when it is missing.
func (d Dirs) keyDir() string { return path.Join(d.Keys, "keys") }
