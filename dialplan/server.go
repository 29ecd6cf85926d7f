package dialplan

import (
	"cmp"
	"net/netip"
	"time"
)

// Server is everything the configuration of one Asterisk depends on. The caller
// fills it from its own data; Render checks every field before it uses one.
type Server struct {
	// Name is servers.servername: Asterisk's systemname, the first part of every
	// call id and the SERVER argument of every question.
	Name string
	// EntityID is Asterisk's EID in the form 02:00:00:00:00:01, unique among the
	// servers. Empty leaves it to Asterisk, which needs an Ethernet card for it.
	EntityID string
	Dirs     Dirs

	// SIPBind is the UDP address that phones and providers reach.
	SIPBind netip.AddrPort
	// RTPFirst and RTPLast bound the UDP ports of the media, two for each leg.
	RTPFirst, RTPLast uint16
	// IAXBind is the UDP address for neighbour servers; used only if there are any.
	IAXBind netip.AddrPort
	// HTTPBind and AMIBind are the TCP addresses of ARI and AMI, on loopback, or on
	// a private network when nodes on other machines look after calls, too.
	HTTPBind, AMIBind netip.AddrPort
	// ARI and AMI are the only users there: ARI's reads and writes, AMI's reads and
	// sets variables of channels.
	ARI, AMI User

	// Nodes are the Tandem nodes in the order they are asked, one to three.
	Nodes []Node
	// ReportFile takes the end reports that no node acknowledged, one line each,
	// in the form of the HTTP body. Absolute path; its directory must exist.
	ReportFile string

	// ExchangeTimeout bounds one question to one node; 0 means 2 s.
	ExchangeTimeout time.Duration
	// HuntBudget bounds a hunt over all its attempts, from seizure; 0 means 120 s.
	HuntBudget time.Duration
	// MaxTalk cuts a call whose answer carried no T_MAX, or a longer one; 0 means 2 h.
	MaxTalk time.Duration
	// HopLimit is how many servers a call may pass; 0 means 3.
	HopLimit int
	// RTPTimeout releases a talking call that has had no media for so long, five
	// times that on hold; 0 means never, for parties that send no media at all.
	RTPTimeout time.Duration
	// Qualify is how often every address is probed with OPTIONS; 0 means never.
	Qualify time.Duration
	// MaxCalls, MaxLoad (load average) and MaxFiles shed load; 0 means no limit.
	MaxCalls int
	MaxLoad  float64
	MaxFiles int

	Trunks      []Trunk
	Gates       []Gate
	Subscribers []Subscriber
	// IAX is the user by which all neighbours call this server; needed with Neighbours.
	IAX        User
	Neighbours []Neighbour
	Sounds     Sounds
}

// Dirs are the directories Asterisk works in, all absolute. Modules and Data
// come with Asterisk; the others are written to.
type Dirs struct {
	Etc     string // the files of this package
	Modules string // *.so
	Data    string // sounds/<language>
	AGI     string // local AGI programs; none is used, but Asterisk wants the name
	VarLib  string
	DB      string // astdb.sqlite3: registrations
	Keys    string // IAX2 keys, later
	Spool   string
	Cache   string
	Run     string // asterisk.ctl, asterisk.pid
	Log     string // messages, security, cdr-custom/tandem.json
}

// User is a name with its secret.
type User struct {
	Name, Secret string
}

// Node is one Tandem: where it takes FastAGI and where it takes end reports.
// Literal addresses, since a name look-up would stall the call.
type Node struct {
	AGI, HTTP netip.AddrPort
}

// Trunk is a provider known by its addresses.
type Trunk struct {
	// Endpoint is the name in dial strings, PJSIP/<number>@<endpoint> or
	// PJSIP/<endpoint>/sip:<number>@<host>, and the ENDPOINT argument of its calls.
	Endpoint string
	// Match lists where its calls come from; empty means it sends us none. No
	// address may belong to two endpoints.
	Match []netip.Prefix
	// Host (name or address) and Port (0 means SIP's own) are where
	// PJSIP/<number>@<endpoint> goes; an empty Host leaves only the long form.
	Host string
	Port uint16
	// Proxy, as host:port, is where requests are sent instead of Host's address.
	Proxy string
	// FromDomain replaces our address in From.
	FromDomain string
}

// Gate is a dial peer that rented numbers are bound to.
type Gate struct {
	Endpoint string
	// Numbers are the E.164 numbers bound to it, at least one. The first is the
	// user part of the Contact that is registered.
	Numbers []string
	// Context is where its calls arrive: the article's name for a context that
	// does what public does. Empty means public.
	Context string
	// Match, Host (here needed), Port and Proxy are as in Trunk. A gate that
	// registers receives calls, too, only from the addresses in Match.
	Match []netip.Prefix
	Host  string
	Port  uint16
	Proxy string
	// Login and Password register the gate and answer its challenges; both empty
	// for a gate known by address.
	Login, Password string
	FromDomain      string
	// CIDSupport says that the gate shows the number we set. Without it From
	// carries Login, or the first number.
	CIDSupport bool
}

// Subscriber is a phone or PBX that registers here. Login is the endpoint's
// name too: PJSIP/<login> rings it.
type Subscriber struct {
	Login, Secret string
}

// Neighbour is another server of ours: IAX2/<user>@<name>/<number> calls it.
type Neighbour struct {
	Name string
	Addr netip.AddrPort
	// User and Secret are the other side's Server.IAX.
	User, Secret string
}

// Sounds says what callers hear from Asterisk itself.
type Sounds struct {
	// Language is the directory under Dirs.Data/sounds; empty means en.
	Language string
	// NoMorePaths is the announcement, without its suffix, of a call for which
	// no route is left or no node answers; empty means all-circuits-busy-now.
	NoMorePaths string
}

// withDefaults returns s with the documented values where a field is zero.
func (s Server) withDefaults() Server {
	s.ExchangeTimeout = cmp.Or(s.ExchangeTimeout, 2*time.Second)
	s.HuntBudget = cmp.Or(s.HuntBudget, 2*time.Minute)
	s.MaxTalk = cmp.Or(s.MaxTalk, 2*time.Hour)
	s.HopLimit = cmp.Or(s.HopLimit, 3)
	s.Sounds.Language = cmp.Or(s.Sounds.Language, "en")
	s.Sounds.NoMorePaths = cmp.Or(s.Sounds.NoMorePaths, "all-circuits-busy-now")
	return s
}
