package play

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// NodeSettings are a node's settings that tests change.
type NodeSettings struct {
	Ring, NoProgress, HuntBudget, MaxTalk, Drain time.Duration
	// MinFailures is how many failures rest a way out.
	MinFailures int
	// HoldWithin is how long a new call waits for its money.
	HoldWithin time.Duration
	// Slice of paid talk, when the next is paid and the caller warned, and how long
	// an end report may take.
	Slice, Lead, Warn, Patience time.Duration
	// Alarms is how often they are judged.
	Alarms time.Duration
}

// Secrets of the play stack. They open nothing but this stack, whose doors are
// on loopback; the ARI and AMI secrets are made anew for every stack.
const (
	gateLogin    = "gate-demo"
	gatePassword = "gate-demo-secret"
	ariUser      = "tandem"
	amiUser      = "tandem"
	iaxUser      = "macomnet" // from the server's path IAX2/macomnet@macomnet
)

// settingsText is the configuration of a play node: an example to start from.
const settingsText = `# A node of the play stack. Every key is explained in docs/configuration.md.
node: %[1]s
database:
  address: %[2]s
  user: %[3]s
  password_file: %[4]s
  name: %[5]s
agi:
  listen: %[6]s
http:
  listen: %[7]s
limits:
  ring: %[8]s
  no_progress: %[9]s
  hunt_budget: %[10]s
  max_talk: %[33]s
money:
  within: %[41]s
  slice: %[35]s
  lead: %[36]s
  warn: %[37]s
  patience: %[38]s
breaker:
  min_failures: %[34]d
alarms:
  every: %[40]s
drain: %[11]s
spool:
  dir: %[12]s
  collect: [%[13]s]
  cdrs: [%[39]s]
asterisk:
  nodes: [%[14]s]
  servers:
    %[15]s:
      entity_id: "02:00:00:00:00:01"
      sip: %[16]s
      rtp_first: %[17]d
      rtp_last: %[18]d
      iax: %[19]s
      http: %[20]s
      ami: %[21]s
      ari_user: %[22]s
      ari_secret_file: %[23]s
      ami_user: %[24]s
      ami_secret_file: %[25]s
      iax_secret_file: %[26]s
      report_file: %[27]s
      dirs:
        etc: %[28]s/etc
        modules: %[29]s
        data: %[30]s
        agi: %[28]s/agi-bin
        var_lib: %[28]s/lib
        db: %[28]s/db
        keys: %[28]s/keys
        spool: %[28]s/spool
        cache: %[28]s/cache
        run: %[28]s/run
        log: %[28]s/log
  neighbours:
    %[31]s:
      iax: %[32]s
      secret_file: %[26]s
`

// writeSettings writes a node's configuration and the secrets it names. Only
// the first node collects what Asterisk kept.
func (s *Stack) writeSettings(n *Node, dir string, collects bool) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("play: %w", err)
	}
	v := NodeSettings{
		Ring: 20 * time.Second, NoProgress: 3 * time.Second, HuntBudget: time.Minute, MaxTalk: 2 * time.Hour, Drain: 5 * time.Second, MinFailures: 5,
		HoldWithin: 800 * time.Millisecond, Slice: time.Minute, Lead: 15 * time.Second, Warn: 10 * time.Second, Patience: 15 * time.Second, Alarms: 30 * time.Second,
	}
	if s.options.Settings != nil {
		s.options.Settings(&v)
	}
	db := s.MariaDB.Config()
	password, err := s.secretFile("database", db.Passwd)
	if err != nil {
		return err
	}
	var secrets [3]string
	for i, name := range []string{"ari", "ami", "iax"} {
		if secrets[i], err = s.secretFile(name, ""); err != nil {
			return err
		}
	}
	asterisk := filepath.Join(s.Dir, "asterisk")
	collect, cdrs := "", ""
	if collects {
		collect, cdrs = s.ReportFile(), s.CDRFile()
	}
	var nodes []string
	for i := range max(1, s.options.Nodes) {
		host := uint8(nodeHost + i)
		nodes = append(nodes, fmt.Sprintf("{agi: %q, http: %q}", s.at(host, agiPort), s.at(host, httpPort)))
	}
	text := fmt.Sprintf(settingsText,
		n.Name, db.Addr, db.User, password, s.MariaDB.name, n.AGI, n.HTTP, v.Ring, v.NoProgress, v.HuntBudget, v.Drain,
		filepath.Join(dir, "spool"), collect, strings.Join(nodes, ", "), ServerName, s.SIP(), rtpFirst, rtpLast,
		s.at(asteriskHost, iaxPort), s.at(asteriskHost, ariPort), s.at(asteriskHost, amiPort),
		ariUser, secrets[0], amiUser, secrets[1], secrets[2], s.ReportFile(), asterisk,
		s.options.Tools.Asterisk.Modules, s.options.Tools.Asterisk.Data, NeighbourName, s.Neighbour(), v.MaxTalk, v.MinFailures, v.Slice, v.Lead, v.Warn, v.Patience, cdrs, v.Alarms, v.HoldWithin)
	if err := os.WriteFile(n.Config, []byte(text), 0o600); err != nil {
		return fmt.Errorf("play: %w", err)
	}
	return nil
}

// ReportFile is where Asterisk keeps end reports that no node took.
func (s *Stack) ReportFile() string { return filepath.Join(s.Dir, "asterisk", "log", "tandem-reports") }

// CDRFile is where Asterisk writes its own call records.
func (s *Stack) CDRFile() string {
	return filepath.Join(s.Dir, "asterisk", "log", "cdr-custom", "tandem.json")
}

// secretFile writes a secret once and names its file; an empty secret is made
// up, except for the database, which may have none.
func (s *Stack) secretFile(name, text string) (string, error) {
	path := filepath.Join(s.Dir, "secrets", name)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if text == "" && name != "database" {
		random := make([]byte, 16)
		if _, err := rand.Read(random); err != nil {
			return "", fmt.Errorf("play: %w", err)
		}
		text = hex.EncodeToString(random)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", fmt.Errorf("play: %w", err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return "", fmt.Errorf("play: %w", err)
	}
	return path, nil
}
