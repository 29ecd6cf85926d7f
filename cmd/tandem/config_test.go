package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/quality"
)

func writeConfig(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tandem.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestConfigIsStrict(t *testing.T) {
	for name, c := range map[string]struct{ text, says string }{
		"unknown key":           {"node: a\nagi:\n  listn: 127.0.0.1:1\n", "listn"},
		"unknown section":       {"node: a\nbilling: {}\n", "billing"},
		"no YAML":               {"node: [", "yaml"},
		"host name as door":     {"node: a\nagi: {listen: 'localhost:4573'}\n", "agi.listen"},
		"no duration":           {"node: a\ndrain: soon\n", "drain"},
		"limit out of range":    {"node: a\nlimits: {no_progress: 1h}\n", "limits.no_progress"},
		"relative file":         {"node: a\nspool: {collect: [reports]}\n", "spool.collect"},
		"unknown message":       {"node: a\nasterisk: {sounds: {hello: x}}\n", "asterisk.sounds.hello"},
		"node name with path":   {"node: ../a\n", "node"},
		"share without percent": {"node: a\nquality: {goodwill: 20}\n", "want a percentage"},
		"share out of range":    {"node: a\nquality: {explore: 80%}\n", "quality.explore"},
		"rollups too short":     {"node: a\nquality: {keep_5m: 1h}\n", "quality.keep_5m"},
		"rollups out of order":  {"node: a\nquality: {keep_5m: 0s}\n", "quality.keep_5m for ever: want no more than quality.keep_hours, which is 2400h"},
		"hours out of order":    {"node: a\nquality: {keep_days: 1000h}\n", "quality.keep_hours 2400h0m0s: want no more than quality.keep_days"},
		"primed of long ago":    {"node: a\nquality: {prime: 100h}\n", "quality.prime"},
		"floor over few":        {"node: a\nquality: {floors: [{least: 10%, over: 1}]}\n", "quality.floors[0]"},
		"floor on no ratio":     {"node: a\nquality: {floors: [{measure: ner, least: 10%, over: 50}]}\n", "quality.floors[0].measure \"ner\": want asr (of seizures) or abr (of bids)"},
		"bad node address":      {"node: a\nasterisk: {nodes: [{agi: 'x:1', http: '127.0.0.1:1'}]}\n", "asterisk.nodes[0].agi"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := loadConfig(writeConfig(t, c.text))
			if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Fatalf("error %v, want it to name %s", err, c.says)
			}
		})
	}
}

func TestEnvironmentOverridesTheFile(t *testing.T) {
	t.Setenv("TANDEM__AGI__LISTEN", "127.0.0.9:4573")
	t.Setenv("TANDEM__LIMITS__RING", "7s")
	t.Setenv("TANDEM__QUALITY__GOODWILL", "12.5%")
	c, err := loadConfig(writeConfig(t, "node: a\nagi: {listen: '127.0.0.1:4573'}\n"))
	if c.Quality.Goodwill != quality.Whole/8 {
		t.Errorf("goodwill %s", c.Quality.Goodwill)
	}
	if err != nil || c.AGI.Listen != "127.0.0.9:4573" || c.Limits.Ring != 7*time.Second {
		t.Fatalf("%+v, %v", c, err)
	}
	t.Setenv("TANDEM__AGI__LISTEM", "127.0.0.9:4573")
	if _, err := loadConfig(writeConfig(t, "node: a\n")); err == nil || !strings.Contains(err.Error(), "listem") {
		t.Fatalf("unknown key in the environment: %v", err)
	}
}

func TestFloorsOfTheFile(t *testing.T) {
	c, err := loadConfig(writeConfig(t, "node: a\nquality: {floors: [{prefix: '7', least: 15%, over: 50}, {measure: abr, least: 5%, over: 100}]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []quality.Floor{{Prefix: "7", Least: quality.Whole * 15 / 100, Over: 50}, {Measure: quality.MeasureABR, Least: quality.Whole / 20, Over: 100}}
	if got := c.Quality.evidence().Floors; !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestMissingConfigSaysWhatToDo(t *testing.T) {
	if _, err := loadConfig(filepath.Join(t.TempDir(), "none.yaml")); err == nil || !strings.Contains(err.Error(), "--config") {
		t.Fatalf("%v", err)
	}
}

func TestSecretsComeFromFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(path, []byte("open sesame\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := secret("database.password_file", path); got != "open sesame" || err != nil {
		t.Fatalf("%q, %v", got, err)
	}
	if _, err := secret("database.password_file", ""); err == nil || !strings.Contains(err.Error(), "database.password_file") {
		t.Fatalf("%v", err)
	}
}

// The example in the documentation is a configuration that works.
func TestDocumentedConfigurationIsValid(t *testing.T) {
	text, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "```yaml\n")
	example, _, found := strings.Cut(rest, "```")
	if !found {
		t.Fatal("no example")
	}
	if _, err := loadConfig(writeConfig(t, example)); err != nil {
		t.Fatal(err)
	}
}
