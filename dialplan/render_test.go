package dialplan

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// rendered is the text of one file of s.
func rendered(t *testing.T, s Server, name string) string {
	t.Helper()
	files, err := Render(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Name == name {
			return string(f.Body)
		}
	}
	t.Fatalf("no file %s", name)
	return ""
}

// TestRenderGolden compares with testdata/golden; UPDATE=1 rewrites it.
func TestRenderGolden(t *testing.T) {
	files, err := Render(sample())
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join("testdata", "golden")
	if os.Getenv("UPDATE") != "" {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		if err := Write(files, dir); err != nil {
			t.Fatal(err)
		}
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
		want, err := os.ReadFile(filepath.Join(dir, f.Name))
		if err != nil {
			t.Error(err)
			continue
		}
		if !bytes.Equal(f.Body, want) {
			t.Errorf("%s differs from testdata/golden; look at it, then UPDATE=1 go test ./dialplan", f.Name)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !slices.Contains(names, e.Name()) {
			t.Errorf("testdata/golden/%s is rendered no more", e.Name())
		}
	}
}

func TestRenderModes(t *testing.T) {
	files, err := Render(sample())
	if err != nil {
		t.Fatal(err)
	}
	secrets := []string{"ari-secret", "ami-secret", "alice-secret", "msm-secret", "macomnet-secret", "p,4$"}
	for _, f := range files {
		if !bytes.HasPrefix(f.Body, []byte(header)) {
			t.Errorf("%s does not begin with our line", f.Name)
		}
		for _, secret := range secrets {
			if bytes.Contains(f.Body, []byte(secret)) && f.Mode != 0o600 {
				t.Errorf("%s holds a secret and has mode %v", f.Name, f.Mode)
			}
		}
	}
}

// TestRenderSmall: a server with nobody on it is a configuration, too.
func TestRenderSmall(t *testing.T) {
	s := sample()
	s.Trunks, s.Gates, s.Subscribers, s.Neighbours = nil, nil, nil, nil
	s.IAX, s.EntityID, s.MaxCalls, s.MaxLoad, s.MaxFiles = User{}, "", 0, 0, 0
	files, err := Render(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Name == "iax.conf" {
			t.Error("iax.conf without neighbours")
		}
		if bytes.Contains(f.Body, []byte("<no value>")) {
			t.Errorf("%s: a template names a field that does not exist", f.Name)
		}
	}
	for _, absent := range []string{"chan_iax2", "entityid", "maxcalls", "incoming_dialer"} {
		for _, name := range []string{"modules.conf", "asterisk.conf", "extensions.conf"} {
			if strings.Contains(rendered(t, s, name), absent) {
				t.Errorf("%s speaks of %s", name, absent)
			}
		}
	}
}

// TestDoorsTakeDigitsOnly: a door is one pattern for each length. A dot or a
// name there would let a caller in with anything.
func TestDoorsTakeDigitsOnly(t *testing.T) {
	doors := sections(rendered(t, sample(), "extensions.conf"))
	var want []string
	for n := 2; n <= 18; n++ {
		want = append(want, "_"+strings.Repeat("X", n))
	}
	for n := 7; n <= 15; n++ {
		want = append(want, "_+"+strings.Repeat("X", n))
	}
	for _, door := range []string{"public", "users_context", "incoming_dialer"} {
		var got []string
		for _, line := range doors[door] {
			if rest, ok := strings.CutPrefix(line, "exten => "); ok {
				pattern, _, _ := strings.Cut(rest, ",")
				got = append(got, pattern)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("[%s] takes %q, want %q", door, got, want)
		}
	}
	for _, gate := range []string{"westcall", "sip_msm_74957952301"} {
		if !slices.Equal(doors[gate], []string{"include => public"}) {
			t.Errorf("[%s] holds %q", gate, doors[gate])
		}
	}
}

// TestDialplanHabits are rules a reviewer would otherwise have to remember.
func TestDialplanHabits(t *testing.T) {
	never := map[string]string{
		`exten => _[^,]*[.!]`:                     "a pattern of any length",
		`Set\(_`:                                  "an inheritable variable",
		`\b(SHELL|EVAL|System|TrySystem|CDR)\(`:   "a function that call data must not reach, or that waits",
		`\$\{EXTEN\}.*Dial|Dial\(.*\$\{dialled\}`: "a caller's own digits in a dial string",
	}
	caller := regexp.MustCompile(`\$\{(EXTEN|CALLERID\(|IAXVAR\(|CHANNEL\(pjsip|CHANNEL\(peer)`)
	answers := 0
	for line := range strings.SplitSeq(rendered(t, sample(), "extensions.conf"), "\n") {
		if strings.HasPrefix(line, ";") {
			continue
		}
		for pattern, what := range never {
			if regexp.MustCompile(pattern).MatchString(line) {
				t.Errorf("%s: %s", what, line)
			}
		}
		if caller.MatchString(line) && !strings.Contains(line, "FILTER(") && !strings.Contains(line, "${LEN(${CALLERID(num)})}") {
			t.Errorf("caller's text without FILTER: %s", line)
		}
		if strings.Contains(line, "Answer()") {
			answers++
		}
	}
	if answers != 1 {
		t.Errorf("Answer() stands %d times, only the echo test may", answers)
	}
}

// TestModules: every line says why, none comes twice, and everything the
// dialplan calls has its module.
func TestModules(t *testing.T) {
	line := regexp.MustCompile(`^(?:require|load) = ([a-z0-9_]+\.so) ; \S.+$`)
	var loaded []string
	for _, l := range sections(rendered(t, sample(), "modules.conf"))["modules"] {
		if l == "autoload = no" {
			continue
		}
		m := line.FindStringSubmatch(l)
		if m == nil {
			t.Errorf("no reason given: %s", l)
			continue
		}
		if slices.Contains(loaded, m[1]) {
			t.Errorf("%s twice", m[1])
		}
		loaded = append(loaded, m[1])
	}
	home := wordHomes()
	word := regexp.MustCompile(`\b([A-Za-z0-9_]+)\(`)
	for l := range strings.SplitSeq(rendered(t, sample(), "extensions.conf"), "\n") {
		if strings.HasPrefix(l, ";") {
			continue
		}
		// A label, as in n(next), Dial's options and a priority's arguments are no words of Asterisk's.
		l = regexp.MustCompile(`n\([a-z]+\),|giU\(|,1\(\$`).ReplaceAllString(l, "")
		for _, m := range word.FindAllStringSubmatch(l, -1) {
			module, known := home[m[1]]
			switch {
			case !known:
				t.Errorf("no module noted for %s in %s", m[1], l)
			case module != "" && !slices.Contains(loaded, module):
				t.Errorf("%s needs %s, which is not loaded", m[1], module)
			}
		}
	}
}

// wordHomes says in which module each application and function of the dialplan
// lives; empty means the core.
func wordHomes() map[string]string {
	return map[string]string{
		"Answer": "", "GosubIf": "app_stack.so", "SHARED": "func_global.so", "Goto": "", "GotoIf": "", "Hangup": "", "MSet": "", "Progress": "", "Set": "",
		"AGI": "res_agi.so", "Dial": "app_dial.so", "Echo": "app_echo.so", "Gosub": "app_stack.so",
		"HangupCauseClear": "func_hangupcause.so", "Log": "app_verbose.so", "Playback": "app_playback.so",
		"Return":   "app_stack.so",
		"CALLERID": "func_callerid.so", "CHANNEL": "func_channel.so",
		"CHANNEL_EXISTS": "func_channel.so", "CURL": "func_curl.so", "CURLOPT": "func_curl.so",
		"CUT": "func_cut.so", "FILE": "func_env.so", "FILTER": "func_strings.so", "HANGUPCAUSE": "func_hangupcause.so",
		"HANGUPCAUSE_KEYS": "func_hangupcause.so", "IAXVAR": "chan_iax2.so", "IF": "func_logic.so", "LEN": "func_strings.so",
		"REGEX": "func_strings.so", "STRFTIME": "func_strings.so", "TIMEOUT": "func_timeout.so", "URIENCODE": "func_uri.so",
	}
}

// sections splits a configuration into its sections, without comments.
func sections(text string) map[string][]string {
	out := map[string][]string{}
	name := ""
	for line := range strings.SplitSeq(text, "\n") {
		switch {
		case line == "" || strings.HasPrefix(line, ";"):
		case strings.HasPrefix(line, "["):
			name = strings.Trim(line, "[]")
		default:
			out[name] = append(out[name], line)
		}
	}
	return out
}

// TestNobodyLeavesTheLimit: a call that can be transferred leaves the leg on
// which its limit is armed.
func TestNobodyLeavesTheLimit(t *testing.T) {
	s := sample()
	if n := strings.Count(rendered(t, s, "pjsip.conf"), "allow_transfer"); n != 1 ||
		!slices.Contains(sections(rendered(t, s, "pjsip.conf"))["tandem-endpoint](!)"], "allow_transfer = no") {
		t.Errorf("allow_transfer stands %d times in pjsip.conf, want one for all endpoints, saying no", n)
	}
	for section, lines := range sections(rendered(t, s, "pjsip.conf")) {
		if slices.Contains(lines, "type = endpoint") && section != "tandem-endpoint](!)" {
			t.Errorf("[%s] is an endpoint of its own kind", section)
		}
	}
	for section, lines := range sections(rendered(t, s, "iax.conf")) {
		if section != "general" && section != "callnumberlimits" && !slices.Contains(lines, "transfer = no") {
			t.Errorf("iax.conf [%s] may transfer", section)
		}
	}
	dials := 0
	for line := range strings.SplitSeq(rendered(t, s, "extensions.conf"), "\n") {
		if strings.HasPrefix(line, ";") || !strings.Contains(line, "Dial(") {
			continue
		}
		dials++
		if !strings.Contains(line, ",giU(predial^${limit}^") {
			t.Errorf("Dial without its limit, or with options that nobody has thought of: %s", line)
		}
	}
	if dials != 1 {
		t.Errorf("%d Dials, want one", dials)
	}
}

// TestAMIUser: the user that moves limits can do nothing else, and comes from
// loopback or a node.
func TestAMIUser(t *testing.T) {
	lines := sections(rendered(t, sample(), "manager.conf"))["tandem"]
	want := []string{
		"secret = ami-secret", "deny = 0.0.0.0/0.0.0.0", "deny = ::/0", "permit = 127.0.0.0/8", "permit = ::1/128",
		"permit = 192.0.2.20/32", "permit = 2001:db8::21/128", "write = call", "writetimeout = 5000",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("manager.conf gives %q, want %q", lines, want)
	}
}
