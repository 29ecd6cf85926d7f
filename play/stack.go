package play

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"

	"tandem/play/sip"
)

// Places in a stack's loopback range.
const (
	asteriskHost  = 1
	nodeHost      = 2 // the first node; the next ones follow
	neighbourHost = 9 // where asterisk-msm would be
	carrierHost   = 10
	phoneHost     = 100
)

// Ports, the usual ones: every stack has addresses of its own.
const (
	sipPort  = 5060
	iaxPort  = 4569
	ariPort  = 8088
	amiPort  = 5038
	agiPort  = 4573
	httpPort = 8073
	rtpFirst = 20000
	rtpLast  = 29999
)

// ServerName is the server of the article that the stack's Asterisk plays;
// NeighbourName is the one it hands calls to.
const (
	ServerName    = "asterisk-macomnet"
	NeighbourName = "asterisk-msm"
)

// Options say what to start.
type Options struct {
	Dir      string              // everything the stack writes; emptied first
	Binary   string              // the tandem program
	Tools    Tools               // from FindTools
	Nodes    int                 // Tandem nodes, 1 or 2
	Progress func(text string)   // told before each step; may be nil
	Settings func(*NodeSettings) // changes a node's configuration; may be nil
	Media    bool                // carriers send media
	Demo     bool                // some days of generated calls, and users of the console
	Log      zerolog.Logger      // of carriers and phones
}

// Stack is a whole telephone company on one machine.
type Stack struct {
	Dir       string
	Loopback  *Loopback
	MariaDB   *MariaDB
	Asterisk  *Asterisk
	Nodes     []*Node
	Carriers  []*Carrier
	options   Options
	teardown  Teardown
	phonesOut uint8
}

// Carrier is a simulated provider with the row it stands for.
type Carrier struct {
	*sip.Carrier
	ProviderID int64
}

// providers are the article's, in the order of their carriers' addresses.
var providers = []struct { //nolint:gochecknoglobals // a table
	id   int64
	name string
}{{3, "Zadarma"}, {4, "Multitel"}, {7, "WestCall"}, {8, "VoxBeam"}, {11, "VoiceBuy"}, {16, "IPPort"}}

// Up starts a stack. On failure everything that was started is ended again, and
// the error says what to look at.
func Up(ctx context.Context, o Options) (*Stack, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("play: %w", err)
	}
	s := &Stack{Dir: dir, options: o}
	if err := s.up(ctx); err != nil {
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
		defer cancel()
		return nil, errors.Join(err, s.Down(stop))
	}
	return s, nil
}

// Down ends everything in the reverse order of its start.
func (s *Stack) Down(ctx context.Context) error { return s.teardown.Run(ctx) }

func (s *Stack) up(ctx context.Context) error {
	if err := emptyDir(s.Dir); err != nil {
		return err
	}
	loopback, err := NewLoopback(ctx)
	if err != nil {
		return err
	}
	s.Loopback = loopback
	s.teardown.Add("loopback range", func(context.Context) error { return loopback.Close() })
	for _, step := range []struct {
		text string
		do   func(context.Context) error
	}{
		{"MariaDB, private, on a unix socket", s.startMariaDB},
		{s.filling(), s.fill},
		{"simulated carriers, one for each provider", s.startCarriers},
		{"Tandem", s.startNodes},
		{"Asterisk " + s.options.Tools.Asterisk.Version + ", configuration rendered by Tandem", s.startAsterisk},
	} {
		if s.options.Progress != nil {
			s.options.Progress(step.text)
		}
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", step.text, err)
		}
	}
	return s.writeRunFile()
}

// marker says that a directory is a stack's own.
const marker = ".tandem-play"

// emptyDir makes the directory, or empties the one that an earlier stack left;
// it touches nothing that is not a stack's.
func emptyDir(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("play: %w", err)
	}
	if len(entries) > 0 {
		if _, err := os.Stat(filepath.Join(dir, marker)); err != nil {
			return fmt.Errorf("play: %s is not empty and not an earlier stack's: choose another directory", dir)
		}
	}
	// The marker stays to the end, so that an interruption leaves a stack's own.
	for _, entry := range entries {
		if entry.Name() == marker {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, entry.Name())); err != nil {
			return fmt.Errorf("play: %w", err)
		}
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("play: %w", err)
	}
	if err := os.WriteFile(filepath.Join(dir, marker), nil, 0o600); err != nil {
		return fmt.Errorf("play: %w", err)
	}
	return nil
}

func (s *Stack) startMariaDB(ctx context.Context) error {
	m, err := StartMariaDB(ctx, s.options.Tools, filepath.Join(s.Dir, "mariadb"))
	if err != nil {
		return err
	}
	s.MariaDB = m
	s.teardown.Add("MariaDB", m.Close)
	return nil
}

// fill makes the nodes' settings, the schema and the rows.
func (s *Stack) fill(ctx context.Context) error {
	for i := range max(1, s.options.Nodes) {
		node, err := s.newNode(i)
		if err != nil {
			return err
		}
		s.Nodes = append(s.Nodes, node)
	}
	for _, command := range [][]string{{"migrate", "up"}, {"seed"}} {
		if _, err := s.Tandem(ctx, command...); err != nil {
			return err
		}
	}
	if err := s.bendToLoopback(ctx); err != nil || !s.options.Demo {
		return err
	}
	return s.fillDemo(ctx)
}

func (s *Stack) startCarriers(ctx context.Context) error {
	exchange := sip.NewExchange()
	for i, p := range providers {
		c := sip.NewCarrier(sip.CarrierConfig{
			Name: p.name, Addr: s.carrierAddr(i), Exchange: exchange, Realm: p.name,
			Logins: map[string]string{gateLogin: gatePassword}, Media: s.options.Media, Log: s.options.Log,
		})
		if err := c.Start(ctx); err != nil {
			return fmt.Errorf("carrier %s: %w", p.name, err)
		}
		s.Carriers = append(s.Carriers, &Carrier{Carrier: c, ProviderID: p.id})
		s.teardown.Add("carrier "+p.name, func(context.Context) error { return c.Close() })
	}
	return nil
}

func (s *Stack) carrierAddr(i int) netip.AddrPort {
	return netip.AddrPortFrom(s.Loopback.Addr(uint8(carrierHost+i)), sipPort)
}

// Carrier finds the simulated carrier of a provider by name.
func (s *Stack) Carrier(name string) *Carrier {
	for _, c := range s.Carriers {
		if c.Name() == name {
			return c
		}
	}
	return nil
}

func (s *Stack) startNodes(ctx context.Context) error {
	for _, n := range s.Nodes {
		s.teardown.Add(n.Name, n.Stop)
		if err := n.Start(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s *Stack) startAsterisk(ctx context.Context) error {
	dir := filepath.Join(s.Dir, "asterisk")
	if _, err := s.Tandem(ctx, "asterisk", "render", "--server", ServerName, "--mkdirs", "--out", filepath.Join(dir, "etc")); err != nil {
		return err
	}
	a, err := StartAsterisk(ctx, s.options.Tools, dir)
	if err != nil {
		return err
	}
	s.Asterisk = a
	s.teardown.Add("Asterisk", a.Stop)
	return nil
}

// SIP is where the Asterisk takes calls.
func (s *Stack) SIP() netip.AddrPort { return s.at(asteriskHost, sipPort) }

// Neighbour is where the Asterisk sends calls for NeighbourName; nothing
// listens there unless a test does.
func (s *Stack) Neighbour() netip.AddrPort { return s.at(neighbourHost, iaxPort) }

func (s *Stack) at(host uint8, port uint16) netip.AddrPort {
	return netip.AddrPortFrom(s.Loopback.Addr(host), port)
}

// Phone starts the telephone of a demo subscriber and registers it.
func (s *Stack) Phone(ctx context.Context, login string) (*sip.Phone, error) {
	s.phonesOut++
	p := sip.NewPhone(sip.PhoneConfig{
		Login: login, Password: DemoSecret(login), Server: s.SIP(), Media: s.options.Media, Log: s.options.Log,
		Local: netip.AddrPortFrom(s.Loopback.Addr(phoneHost+s.phonesOut), sipPort),
	})
	if err := p.Start(ctx); err != nil {
		return nil, fmt.Errorf("phone %s: %w", login, err)
	}
	s.teardown.Add("phone "+login, func(context.Context) error { return p.Close() })
	if err := p.Register(ctx, time.Hour); err != nil {
		return nil, fmt.Errorf("phone %s: %w", login, err)
	}
	return p, nil
}

// DemoSecret is the password of a demo subscriber.
func DemoSecret(login string) string { return "demo-" + login }
