package portability_test

import (
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"tandem/portability"
)

// Every bad field is named, and no secret is repeated.
func TestConfigNamesTheField(t *testing.T) {
	t.Parallel()
	notACertificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("no")})
	for _, c := range []struct {
		name string
		bad  func(*portability.Config)
		want string
	}{
		{"nobody to ask", func(c *portability.Config) { c.Table, c.URL = nil, "" }, "portability.enabled"},
		{"no time", func(c *portability.Config) { c.Timeout = 9 * time.Millisecond }, "portability.timeout is 9ms"},
		{"too much time", func(c *portability.Config) { c.Timeout = 2001 * time.Millisecond }, "portability.timeout is 2.001s"},
		{"no cache", func(c *portability.Config) { c.CacheSize = 0 }, "portability.cache_size is 0"},
		{"endless cache", func(c *portability.Config) { c.CacheSize = 10_000_001 }, "portability.cache_size"},
		{"kept for no time", func(c *portability.Config) { c.CacheFor = 0 }, "portability.cache_for is 0s"},
		{"kept for years", func(c *portability.Config) { c.CacheFor = 9000 * time.Hour }, "portability.cache_for"},
		{"prefix with a plus", func(c *portability.Config) { c.Prefixes = []string{"44", "+7"} }, `portability.prefixes[1] is "+7"`},
		{"empty prefix", func(c *portability.Config) { c.Prefixes = []string{""} }, "portability.prefixes[0]"},
		{"scheme", func(c *portability.Config) { c.URL = "ftp://host/{number}?hush" }, "portability.url: must begin"},
		{"no scheme", func(c *portability.Config) { c.URL = "host/{number}?hush" }, "portability.url: must begin"},
		{"no host", func(c *portability.Config) { c.URL = "http:///{number}?hush" }, "portability.url: must begin"},
		{"only a port", func(c *portability.Config) { c.URL = "http://:80/{number}?hush" }, "portability.url: must begin"},
		{"no number", func(c *portability.Config) { c.URL = "http://host/?hush" }, "portability.url: must have {number}"},
		{"number in the fragment", func(c *portability.Config) { c.URL = "http://host/?hush#{number}" }, "portability.url: must have {number}"},
		{"number in the host", func(c *portability.Config) { c.URL = "http://{number}.host/{number}?hush" }, "portability.url cannot be read"},
		{"number in the port", func(c *portability.Config) { c.URL = "http://host:{number}/?hush" }, "portability.url cannot be read"},
		{"control character", func(c *portability.Config) { c.URL = "http://host/{number}?hush\n" }, "portability.url cannot be read"},
		{"user", func(c *portability.Config) { c.URL = "http://joe:hush@host/{number}" }, "portability.url: has a user"},
		{"token without a service", func(c *portability.Config) { c.URL, c.Token = "", "hush" }, "token_file is set, but portability.url is empty"},
		{"two lines of token", func(c *portability.Config) { c.Token = "hush\r\nX-Evil: 1" }, "portability.token_file"},
		{"certificates for http", func(c *portability.Config) { c.URL, c.CA = "http://host/{number}", notACertificate }, "portability.ca_file is for an https"},
		{"no certificate", func(c *portability.Config) { c.CA = []byte("hush") }, "portability.ca_file holds no certificate"},
		{"broken certificate", func(c *portability.Config) { c.CA = notACertificate }, "portability.ca_file holds no certificate"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			config := enabled(newPeer(), serviceURL)
			c.bad(&config)
			d, err := portability.New(config, zerolog.Nop(), nil)
			if err == nil || d != nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %q", err, c.want)
			}
			if strings.Contains(err.Error(), "hush") {
				t.Fatalf("%q repeats a secret", err)
			}
			// Off, it may be half written.
			config.Enabled = false
			if _, err := portability.New(config, zerolog.Nop(), nil); err != nil {
				t.Fatalf("switched off: %v", err)
			}
		})
	}
}

func TestConfigNamesEveryField(t *testing.T) {
	t.Parallel()
	err := portability.Config{Enabled: true, Prefixes: []string{"x"}}.Validate()
	for _, field := range []string{"enabled", "timeout", "cache_size", "cache_for", "prefixes[0]"} {
		if err == nil || !strings.Contains(err.Error(), "portability."+field) {
			t.Errorf("%s is not named: %v", field, err)
		}
	}
}

func TestDefaultIsOff(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]portability.Config{"default": portability.DefaultConfig(), "zero": {}} {
		d := mustNew(t, c, nil)
		d.Purge()
		want := portability.Answer{Routing: "447700900001", Source: portability.SourceOff}
		if a := d.Dip(t.Context(), "447700900001"); a != want {
			t.Errorf("%s: %+v", name, a)
		}
	}
}
