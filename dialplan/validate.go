package dialplan

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// shape is what a text field may look like. None of the shapes lets a line end,
// a ";" (comment), a "," or "$" (dialplan) or a quote pass, with one exception:
// a secret may hold "," and "$", which mean nothing in its files.
type shape struct {
	pattern     string
	least, most int // length; checked apart, large counts make slow expressions
}

func shapeName() shape    { return shape{`^[A-Za-z0-9][A-Za-z0-9_.-]*$`, 1, 40} }
func shapeContext() shape { return shape{`^[A-Za-z][A-Za-z0-9_-]*$`, 1, 60} }
func shapeEntity() shape  { return shape{`^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$`, 17, 17} }
func shapeHost() shape    { return shape{`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$`, 1, 253} }
func shapeNumber() shape  { return shape{`^[0-9]+$`, 2, 18} }
func shapePath() shape    { return shape{`^/[A-Za-z0-9._/+-]+$`, 2, 250} }
func shapeSound() shape   { return shape{`^[A-Za-z0-9][A-Za-z0-9_/-]*$`, 1, 80} }
func shapeLogin() shape   { return shape{`^[A-Za-z0-9+][A-Za-z0-9_.+-]*$`, 1, 64} }
func shapeLanguage() shape {
	return shape{`^[a-z]{2}(_[A-Za-z0-9_]+)?$`, 2, 40}
}

func shapeSecret(least int) shape {
	return shape{`^[A-Za-z0-9!#%&()*+./:=?@^_{|}~,$-]+$`, least, 128}
}

// ownPrefix marks the sections of pjsip.conf that are not endpoints.
const ownPrefix = "tandem-"

// ownContexts are taken; no gate may call its context so.
func ownContexts() []string {
	return []string{
		"public", "users_context", "incoming_dialer", "make_a_call", "redirect",
		"predial", "service", "general", "globals",
	}
}

// checker collects what is wrong, so that one run names everything.
type checker struct {
	errs []error
}

// fail notes that field is wrong and what to do about it.
func (c *checker) fail(field, fix string) {
	c.errs = append(c.errs, fmt.Errorf("dialplan: %s: %s", field, fix))
}

// shape checks value against an allow-list. The value itself is never printed:
// it may be a secret, and it may be hostile.
func (c *checker) shape(field, value string, allowed shape, fix string) {
	ok, err := regexp.MatchString(allowed.pattern, value)
	if err != nil || !ok || len(value) < allowed.least || len(value) > allowed.most {
		c.fail(field, fix)
	}
}

func (c *checker) name(field, value string) {
	c.shape(field, value, shapeName(), "use 1 to 40 of A-Z a-z 0-9 _ . - and begin with a letter or digit")
	if strings.HasPrefix(value, ownPrefix) {
		c.fail(field, `choose a name that does not begin with "tandem-", those sections are ours`)
	}
}

func (c *checker) secret(field, value string, least int) {
	c.shape(field, value, shapeSecret(least), "use "+strconv.Itoa(least)+
		" to 128 letters, digits and signs, without spaces, quotes and ; < > [ ] \\ `")
}

func (c *checker) user(field string, u User) {
	c.name(field+".Name", u.Name)
	if strings.EqualFold(u.Name, "general") {
		c.fail(field+".Name", `choose another name, "general" is a section of the file`)
	}
	c.secret(field+".Secret", u.Secret, 8)
}

func (c *checker) host(field, value string) {
	if _, err := netip.ParseAddr(value); err == nil && !strings.Contains(value, "%") {
		return
	}
	c.shape(field, value, shapeHost(), "give a host name or an address, without port or scheme")
}

// hostPort checks an optional host:port.
func (c *checker) hostPort(field, value string) {
	if value == "" {
		return
	}
	host, port, err := net.SplitHostPort(value)
	if err != nil {
		c.fail(field, "give host:port, [address]:port for IPv6")
		return
	}
	c.host(field, host)
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || strconv.FormatUint(n, 10) != port {
		c.fail(field, "give a port from 1 to 65535")
	}
}

func (c *checker) bind(field string, a netip.AddrPort) {
	if !a.IsValid() || a.Port() == 0 || a.Addr().Zone() != "" {
		c.fail(field, "give address:port, without zone")
	}
}

// inside is an address that no stranger reaches. Nodes on other machines need a
// private network, best one that encrypts.
func (c *checker) inside(field string, a netip.AddrPort) {
	c.bind(field, a)
	if a.IsValid() && !a.Addr().IsLoopback() && !a.Addr().Unmap().IsPrivate() {
		c.fail(field, "bind it to loopback (127.0.0.1 or ::1) or to a private network, it can do anything to the exchange")
	}
}

func (c *checker) path(field, value string) {
	c.shape(field, value, shapePath(), "give an absolute path of A-Z a-z 0-9 . _ / + -")
	if path.Clean(value) != value {
		c.fail(field, "give the path in its shortest form, without //, /./ and /../")
	}
}

// duration checks that d lies between least and most; zero is the caller's default.
func (c *checker) duration(field string, d, least, most time.Duration) {
	if d < least || d > most {
		c.fail(field, fmt.Sprintf("choose %s to %s", least, most))
	}
}

// validate says everything that is wrong with s, defaults already filled in.
func (s Server) validate() error {
	c := &checker{}
	c.shape("Name", s.Name, shapeName(), "use 1 to 40 of A-Z a-z 0-9 . _ -, as in servers.servername")
	if s.EntityID != "" {
		c.shape("EntityID", s.EntityID, shapeEntity(), "give six hexadecimal bytes, 02:00:00:00:00:01")
	}
	s.Dirs.validate(c)
	s.validateDoors(c)
	s.validateBounds(c)
	s.validatePeers(c)
	s.validateMatches(c)
	s.validateNeighbours(c)
	c.shape("Sounds.Language", s.Sounds.Language, shapeLanguage(), "give a directory of sounds, like en or en_US")
	c.shape("Sounds.NoMorePaths", s.Sounds.NoMorePaths, shapeSound(), "give the file without directory tricks and suffix, like all-circuits-busy-now")
	return errors.Join(c.errs...)
}

func (d Dirs) validate(c *checker) {
	for _, f := range d.named() {
		c.path("Dirs."+f.name, f.path)
	}
	// A unix socket's address holds 108 bytes.
	if len(path.Join(d.Run, "asterisk.ctl")) > 107 {
		c.fail("Dirs.Run", "choose a directory of at most 94 characters, its socket's name must fit")
	}
}

func (s Server) validateDoors(c *checker) {
	c.bind("SIPBind", s.SIPBind)
	c.inside("HTTPBind", s.HTTPBind)
	c.inside("AMIBind", s.AMIBind)
	c.user("ARI", s.ARI)
	c.user("AMI", s.AMI)
	if s.RTPFirst < 1024 || s.RTPLast < s.RTPFirst || s.RTPLast-s.RTPFirst < 9 {
		c.fail("RTPFirst, RTPLast", "give a range of at least 10 ports above 1023")
	}
	if len(s.Nodes) < 1 || len(s.Nodes) > 3 {
		c.fail("Nodes", "give one to three nodes")
	}
	for i, n := range s.Nodes {
		c.bind(fmt.Sprintf("Nodes[%d].AGI", i), n.AGI)
		c.bind(fmt.Sprintf("Nodes[%d].HTTP", i), n.HTTP)
	}
	c.path("ReportFile", s.ReportFile)
}

func (s Server) validateBounds(c *checker) {
	c.duration("ExchangeTimeout", s.ExchangeTimeout, 100*time.Millisecond, 10*time.Second)
	c.duration("HuntBudget", s.HuntBudget, 5*time.Second, 10*time.Minute)
	c.duration("MaxTalk", s.MaxTalk, time.Second, 24*time.Hour)
	c.duration("RTPTimeout", s.RTPTimeout, 0, time.Hour)
	c.duration("Qualify", s.Qualify, 0, time.Hour)
	if s.HopLimit < 1 || s.HopLimit > 20 {
		c.fail("HopLimit", "choose 1 to 20")
	}
	if s.MaxCalls < 0 || s.MaxFiles < 0 || !(s.MaxLoad >= 0 && s.MaxLoad < 1e6) {
		c.fail("MaxCalls, MaxFiles, MaxLoad", "choose 0 (no limit) or more")
	}
}

// validatePeers checks everybody who has an endpoint.
func (s Server) validatePeers(c *checker) {
	taken := map[string]string{}
	endpoint := func(field, name string) {
		c.name(field, name)
		if other, ok := taken[name]; ok {
			c.fail(field, "choose another name, "+other+" has it already")
		}
		taken[name] = field
	}
	for i, t := range s.Trunks {
		f := fmt.Sprintf("Trunks[%d].", i)
		endpoint(f+"Endpoint", t.Endpoint)
		if t.Host != "" {
			c.host(f+"Host", t.Host)
		}
		if t.FromDomain != "" {
			c.host(f+"FromDomain", t.FromDomain)
		}
		c.hostPort(f+"Proxy", t.Proxy)
	}
	for i, g := range s.Gates {
		f := fmt.Sprintf("Gates[%d].", i)
		endpoint(f+"Endpoint", g.Endpoint)
		g.validate(c, f)
	}
	for i, p := range s.Subscribers {
		f := fmt.Sprintf("Subscribers[%d].", i)
		endpoint(f+"Login", p.Login)
		c.secret(f+"Secret", p.Secret, 8)
	}
}

func (g Gate) validate(c *checker, field string) {
	c.host(field+"Host", g.Host)
	c.hostPort(field+"Proxy", g.Proxy)
	if g.FromDomain != "" {
		c.host(field+"FromDomain", g.FromDomain)
	}
	if len(g.Numbers) == 0 {
		c.fail(field+"Numbers", "give at least one number")
	}
	for i, n := range g.Numbers {
		c.shape(fmt.Sprintf("%sNumbers[%d]", field, i), n, shapeNumber(), "give 2 to 18 digits, without +")
	}
	if g.Context != "" && g.Context != "public" {
		c.shape(field+"Context", g.Context, shapeContext(), "use letters, digits, _ and -, and begin with a letter")
		if slices.Contains(ownContexts(), strings.ToLower(g.Context)) {
			c.fail(field+"Context", "choose another name, that context has its own meaning")
		}
	}
	if (g.Login == "") != (g.Password == "") {
		c.fail(field+"Login, Password", "give both, or none for a gate known by its address")
	}
	if g.Login != "" {
		c.shape(field+"Login", g.Login, shapeLogin(), "use letters, digits, + _ . -")
		c.secret(field+"Password", g.Password, 1)
	}
}

// validateMatches refuses an address that two endpoints claim: Asterisk would
// take whichever it finds first.
func (s Server) validateMatches(c *checker) {
	type claim struct {
		field    string
		endpoint string
		prefix   netip.Prefix
	}
	var claims []claim
	add := func(field, endpoint string, match []netip.Prefix) {
		for i, p := range match {
			f := fmt.Sprintf("%s[%d]", field, i)
			if !p.IsValid() {
				c.fail(f, "give an address or a network, like 192.0.2.0/28")
				continue
			}
			for _, other := range claims {
				if other.endpoint != endpoint && other.prefix.Overlaps(p) {
					c.fail(f, "remove the overlap with "+other.field+", an address may belong to one endpoint only")
				}
			}
			claims = append(claims, claim{f, endpoint, p})
		}
	}
	for i, t := range s.Trunks {
		add(fmt.Sprintf("Trunks[%d].Match", i), t.Endpoint, t.Match)
	}
	for i, g := range s.Gates {
		add(fmt.Sprintf("Gates[%d].Match", i), g.Endpoint, g.Match)
	}
}

func (s Server) validateNeighbours(c *checker) {
	if len(s.Neighbours) == 0 {
		return
	}
	c.bind("IAXBind", s.IAXBind)
	c.user("IAX", s.IAX)
	taken := []string{"general", "callnumberlimits", s.IAX.Name}
	for i, n := range s.Neighbours {
		f := fmt.Sprintf("Neighbours[%d].", i)
		c.name(f+"Name", n.Name)
		if slices.Contains(taken, n.Name) {
			c.fail(f+"Name", "choose another name, iax.conf has that section already")
		}
		taken = append(taken, n.Name)
		c.bind(f+"Addr", n.Addr)
		c.name(f+"User", n.User)
		c.secret(f+"Secret", n.Secret, 8)
	}
}
