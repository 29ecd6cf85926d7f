package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A key of alarms or mail that cannot work stops the start, by its name.
func TestAlarmConfig(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"alarms: {every: 1s}":                                     "alarms.every",
		"alarms: {networks: [10.0.0.1]}":                          "alarms.networks[0]",
		"alarms: {keep: 1h}":                                      "alarms.keep",
		"alarms: {nonsense: 1}":                                   "nonsense",
		"mail: {server: mail.example.com}":                        "mail.server",
		"mail: {server: 'h:99999', from: a@example.com}":          "mail.server",
		"mail: {server: 'h:25'}":                                  "mail.from",
		"mail: {server: 'h:25', from: nobody}":                    "mail.from",
		"mail: {server: 'h:25', from: a@example.com, tls: maybe}": "mail.tls",
		"mail: {server: 'h:25', from: a@example.com, user: u}":    "mail.password_file",
		"mail: {server: 'h:25', from: a@example.com, user: u, password_file: " + file + ", tls: none}": "mail.user",
		"mail: {server: 'h:25', from: a@example.com, user: u, password_file: " + file + "}":            "",
		"alarms: {every: 0s, networks: [127.0.0.1/32]}":                                                "",
	} {
		_, err := loadConfig(writeConfig(t, text))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
