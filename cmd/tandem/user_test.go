package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestUsersOnTheCommandLine(t *testing.T) {
	config := migratedOffice(t)
	if out := must(t, config, "user", "list"); !strings.Contains(out, "nobody can sign in yet") {
		t.Error(out)
	}
	file := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(file, []byte("correct horse battery\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out := must(t, config, "user", "create", "Root", "--role", "admin", "--password-file", file)
	if !strings.Contains(out, "root: added as admin") || strings.Contains(out, "correct horse") {
		t.Error(out)
	}
	out = must(t, config, "user", "create", "eve", "--role", "analyst", "--name", "Eve")
	if !regexp.MustCompile(`password: [a-z2-7]{5}-[a-z2-7]{5}-[a-z2-7]{5}-[a-z2-7]{5}\n`).MatchString(out) {
		t.Error(out)
	}
	for _, c := range []struct{ command, says string }{
		{"user create bob --role customer", "--account: a customer belongs to an account"},
		{"user create EVE --role analyst", "--login"},
		{"user create bob --role customer --account nobody", "not found"},
		{"user create bob --role king", "role"},
		{"user disable root", "last administrator"},
		{"user disable nobody", "not found"},
		{"user set-password eve --password-file /dev/null", "no password in it"},
	} {
		if out, err := say(t, config, strings.Fields(c.command)...); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q\n%s", c.command, err, c.says, out)
		}
	}
	must(t, config, "user", "disable", "eve")
	must(t, config, "user", "reset-totp", "eve")
	if out := must(t, config, "user", "list"); !regexp.MustCompile(`(?m)eve +Eve +analyst +- +- +never +disabled$`).MatchString(out) {
		t.Error(out)
	}
	must(t, config, "user", "enable", "eve")
	must(t, config, "user", "set-password", "eve", "--password-file", file)
	if out := must(t, config, "user", "list", "--json"); !strings.Contains(out, `"login": "eve"`) || strings.Contains(out, "argon2") {
		t.Error(out)
	}
}
