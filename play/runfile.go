package play

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"tandem/play/sip"
)

// RunFile is var/run.json: every way into the stack, for any SIP client or
// script.
type RunFile struct {
	Server      string            `json:"server"`
	SIP         string            `json:"sip"`
	IAX2        string            `json:"iax2"`
	IAX2Login   Login             `json:"iax2_login"` // by which neighbours call
	ARI         Login             `json:"ari"`
	AMI         Login             `json:"ami"`
	Nodes       []RunNode         `json:"nodes"`
	Console     *RunConsole       `json:"console,omitempty"` // of a demo
	MariaDB     RunMariaDB        `json:"mariadb"`
	Asterisk    RunAsterisk       `json:"asterisk"`
	Subscribers []Login           `json:"subscribers"`
	Gates       []Login           `json:"gates"` // by which the Asterisk registers with a carrier
	Carriers    []RunCarrier      `json:"carriers"`
	Outcomes    map[string]string `json:"outcomes"` // last digits of a B-number → what becomes of the call
	Dir         string            `json:"dir"`
}

// Login is a door with its credentials.
type Login struct {
	Address  string `json:"address"`
	User     string `json:"user"`
	Password string `json:"password"`
}

// RunNode is one Tandem.
type RunNode struct {
	Name   string `json:"name"`
	AGI    string `json:"fastagi"`
	HTTP   string `json:"http"`
	Config string `json:"config"`
	Log    string `json:"log"`
	PID    int    `json:"pid"`
}

// RunMariaDB is the database.
type RunMariaDB struct {
	Address  string `json:"address"` // path of the socket, or host:port
	User     string `json:"user"`
	Password string `json:"password"`
	Database string `json:"database"`
}

// RunAsterisk is the Asterisk.
type RunAsterisk struct {
	Dir     string   `json:"dir"`
	Config  string   `json:"config"`
	Log     string   `json:"log"`
	Control string   `json:"control_socket"`
	Argv    []string `json:"argv"` // add: -C config -rx COMMAND
}

// RunCarrier is a simulated carrier.
type RunCarrier struct {
	Provider string `json:"provider"`
	Address  string `json:"sip"`
}

// Describe gathers every way into the stack.
func (s *Stack) Describe() (RunFile, error) {
	db := s.MariaDB.Config()
	r := RunFile{
		Server: ServerName, SIP: s.SIP().String(), IAX2: s.at(asteriskHost, iaxPort).String(), Dir: s.Dir,
		MariaDB: RunMariaDB{Address: db.Addr, User: db.User, Password: db.Passwd, Database: s.MariaDB.name},
		Asterisk: RunAsterisk{
			Dir: s.Asterisk.Dir(), Config: filepath.Join(s.Asterisk.Dir(), "etc", "asterisk.conf"), Log: s.Asterisk.LogFile("messages"),
			Control: s.Asterisk.ControlSocket(), Argv: s.options.Tools.Asterisk.Argv,
		},
		Outcomes: map[string]string{},
	}
	for _, door := range []struct {
		into *Login
		name string
		port uint16
		user string
	}{{&r.ARI, "ari", ariPort, ariUser}, {&r.AMI, "ami", amiPort, amiUser}, {&r.IAX2Login, "iax", iaxPort, iaxUser}} {
		text, err := os.ReadFile(filepath.Join(s.Dir, "secrets", door.name))
		if err != nil {
			return r, fmt.Errorf("play: %w", err)
		}
		*door.into = Login{Address: s.at(asteriskHost, door.port).String(), User: door.user, Password: string(text)}
	}
	for _, n := range s.Nodes {
		r.Nodes = append(r.Nodes, RunNode{Name: n.Name, AGI: n.AGI.String(), HTTP: n.HTTP.String(), Config: n.Config, Log: n.Log, PID: n.PID()})
	}
	for _, login := range []string{"moscow-101", "moscow-102", "duty-100", "london-201", "london-202", "transit-1", "retail-1"} {
		r.Subscribers = append(r.Subscribers, Login{Address: r.SIP, User: login, Password: DemoSecret(login)})
	}
	if s.options.Demo {
		r.Console = s.console()
	}
	r.Gates = []Login{{Address: s.Carrier("IPPort").Addr().String(), User: gateLogin, Password: gatePassword}}
	for _, c := range s.Carriers {
		r.Carriers = append(r.Carriers, RunCarrier{Provider: c.Name(), Address: c.Addr().String()})
	}
	for _, code := range sip.Outcomes() {
		r.Outcomes[code.Suffix] = code.Says
	}
	return r, nil
}

// writeRunFile puts run.json beside the stack's directory, readable by us alone.
func (s *Stack) writeRunFile() error {
	r, err := s.Describe()
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("play: %w", err)
	}
	path := filepath.Join(filepath.Dir(s.Dir), "run.json")
	if err := os.WriteFile(path, append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("play: %w", err)
	}
	s.teardown.Add("run.json", removeFile(path))
	return nil
}

func removeFile(path string) func(context.Context) error {
	return func(context.Context) error { return os.Remove(path) }
}
