//go:build e2e

package e2e_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"tandem/play"
	"tandem/play/sip"
)

// run.json is for any SIP client or script: every way in that it names is open,
// and its credentials are right.
func TestRunFileNamesEveryDoor(t *testing.T) {
	t.Parallel()
	x := shared(t)
	path := filepath.Join(filepath.Dir(x.Dir), "run.json")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("run.json holds secrets and may be read by others: %v", info.Mode())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.DisallowUnknownFields()
	var r play.RunFile
	if err := decoder.Decode(&r); err != nil {
		t.Fatal(err)
	}
	if r.Server != play.ServerName || r.Dir != x.Dir {
		t.Errorf("server %s, dir %s", r.Server, r.Dir)
	}
	for name, open := range map[string]func(*testing.T, *exchange, play.RunFile) error{
		"SIP, every subscriber": openSIP, "IAX2": openIAX2, "ARI": openARI, "AMI": openAMI, "nodes": openNodes,
		"MariaDB": openMariaDB, "Asterisk": openAsterisk, "carriers": openCarriers, "outcomes": openOutcomes,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := open(t, x, r); err != nil {
				t.Error(err)
			}
		})
	}
}

// openSIP has every subscriber call a busy number.
func openSIP(t *testing.T, x *exchange, r play.RunFile) error {
	t.Helper()
	var errs []error
	if len(r.Subscribers) != 7 {
		errs = append(errs, fmt.Errorf("%d subscribers, want 7", len(r.Subscribers)))
	}
	for _, s := range r.Subscribers {
		b := x.number("0486")
		answer, err := sip.RawInvite(soon(t), sip.RawSpec{
			Local: x.Loopback.Addr(hostileHost), Server: netip.MustParseAddrPort(s.Address),
			URI: "sip:+" + string(b) + "@" + s.Address, From: "<sip:" + s.User + "@" + s.Address + ">", Login: s.User, Password: s.Password,
		})
		if err != nil || answer.Status != 486 {
			errs = append(errs, fmt.Errorf("%s: %d %s, %w", s.User, answer.Status, answer.Reason, err))
		}
	}
	return errors.Join(errs...)
}

// openIAX2 asks whether somebody is there.
func openIAX2(t *testing.T, x *exchange, r play.RunFile) error {
	t.Helper()
	s := openIAX(t, netip.AddrPortFrom(x.Loopback.Addr(hostileHost), 4569))
	s.send(t, netip.MustParseAddrPort(r.IAX2), iaxFrame{source: 1, command: iaxPoke}.bytes())
	_, err := s.next(t, patience, iaxPong)
	return err
}

func openARI(t *testing.T, _ *exchange, r play.RunFile) error {
	t.Helper()
	for _, c := range []struct {
		password string
		want     int
	}{{r.ARI.Password, http.StatusOK}, {"guess", http.StatusUnauthorized}} {
		request, err := http.NewRequestWithContext(soon(t), http.MethodGet, "http://"+r.ARI.Address+"/ari/asterisk/info", nil)
		if err != nil {
			return err
		}
		request.SetBasicAuth(r.ARI.User, c.password)
		status, err := ask(request)
		if err != nil || status != c.want {
			return fmt.Errorf("%d, %w; want %d", status, err, c.want)
		}
	}
	return nil
}

// ask sends a request and returns the status of its answer.
func ask(request *http.Request) (int, error) {
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	return response.StatusCode, response.Body.Close()
}

func openAMI(t *testing.T, _ *exchange, r play.RunFile) error {
	t.Helper()
	conn, err := dialTCP(t, r.AMI.Address)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := fmt.Fprintf(conn, "Action: Login\r\nUsername: %s\r\nSecret: %s\r\n\r\n", r.AMI.User, r.AMI.Password); err != nil {
		return err
	}
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		if result, found := strings.CutPrefix(lines.Text(), "Response: "); found {
			if result != "Success" {
				return errors.New(result)
			}
			return nil
		}
	}
	return errors.New("no response")
}

func dialTCP(t *testing.T, address string) (net.Conn, error) {
	t.Helper()
	var d net.Dialer
	conn, err := d.DialContext(soon(t), "tcp", address)
	if err != nil {
		return nil, err
	}
	return conn, conn.SetDeadline(time.Now().Add(patience))
}

func openNodes(t *testing.T, _ *exchange, r play.RunFile) error {
	t.Helper()
	if len(r.Nodes) != 1 {
		return fmt.Errorf("%d nodes", len(r.Nodes))
	}
	n := r.Nodes[0]
	cmdline, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", n.PID))
	if err != nil || !strings.Contains(string(cmdline), n.Config) {
		return fmt.Errorf("process %d is %q, %w", n.PID, cmdline, err)
	}
	for _, path := range []string{n.Config, n.Log} {
		if _, err := os.Stat(path); err != nil {
			return err
		}
	}
	for _, path := range []string{"/healthz", "/readyz", "/metrics"} {
		request, err := http.NewRequestWithContext(soon(t), http.MethodGet, "http://"+n.HTTP+path, nil)
		if err != nil {
			return err
		}
		if status, err := ask(request); err != nil || status != http.StatusOK {
			return fmt.Errorf("%s: %d, %w", path, status, err)
		}
	}
	conn, err := dialTCP(t, n.AGI)
	if err != nil {
		return err
	}
	return conn.Close()
}

func openMariaDB(t *testing.T, _ *exchange, r play.RunFile) error {
	t.Helper()
	c := mysql.NewConfig()
	c.Net, c.Addr, c.User, c.Passwd, c.DBName = "tcp", r.MariaDB.Address, r.MariaDB.User, r.MariaDB.Password, r.MariaDB.Database
	if strings.HasPrefix(c.Addr, "/") {
		c.Net = "unix"
	}
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return err
	}
	conn, err := connector.Connect(soon(t))
	if err != nil {
		return err
	}
	return conn.Close()
}

func openAsterisk(t *testing.T, x *exchange, r play.RunFile) error {
	t.Helper()
	for _, path := range []string{r.Asterisk.Dir, r.Asterisk.Config, r.Asterisk.Log, r.Asterisk.Control} {
		if _, err := os.Stat(path); err != nil || !strings.HasPrefix(path, x.Dir) {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	argv := append(slices.Clone(r.Asterisk.Argv), "-C", r.Asterisk.Config, "-rx", "core show version")
	out, err := exec.CommandContext(soon(t), argv[0], argv[1:]...).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "Asterisk "+x.Asterisk.Version()) {
		return fmt.Errorf("%s, %w", out, err)
	}
	return nil
}

func openCarriers(t *testing.T, x *exchange, r play.RunFile) error {
	t.Helper()
	var names []string
	for _, c := range r.Carriers {
		names = append(names, c.Provider)
		answer, err := sip.RawInvite(soon(t), sip.RawSpec{
			Local: x.Loopback.Addr(hostileHost), Server: netip.MustParseAddrPort(c.Address), URI: "sip:000404@" + c.Address,
		})
		if err != nil || answer.Status != 404 {
			return fmt.Errorf("%s: %d, %w", c.Provider, answer.Status, err)
		}
	}
	if want := []string{"Zadarma", "Multitel", "WestCall", "VoxBeam", "VoiceBuy", "IPPort"}; !slices.Equal(names, want) {
		return fmt.Errorf("carriers %v, want %v", names, want)
	}
	return nil
}

func openOutcomes(_ *testing.T, _ *exchange, r play.RunFile) error {
	for _, o := range sip.Outcomes() {
		if r.Outcomes[o.Suffix] != o.Says {
			return fmt.Errorf("%s: %q, want %q", o.Suffix, r.Outcomes[o.Suffix], o.Says)
		}
	}
	return nil
}
