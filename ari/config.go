package ari

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Bounds where Config leaves them out.
const (
	defaultTimeout = 3 * time.Second
	defaultMaxBody = 64 << 20 // some 80,000 channels
)

// Config says how one server's ARI is reached.
type Config struct {
	// Server is the server's name, Asterisk's systemname. Another name in the
	// answers is an error: somebody else's calls are not ours.
	Server string
	// BaseURL is where ARI begins: http://127.0.0.1:8088/ari
	BaseURL string
	// User and Secret are those of ari.conf.
	User, Secret string
	// Timeout bounds one request, its whole answer included; 0 means 3 s.
	Timeout time.Duration
	// MaxBody bounds an answer in bytes; 0 means 64 MiB.
	MaxBody int64
}

// Validate names every field that cannot work.
func (c Config) Validate() error {
	errs := []error{validURL(c.BaseURL)}
	for _, f := range []struct{ name, value string }{{"Server", c.Server}, {"User", c.User}, {"Secret", c.Secret}} {
		if f.value == "" {
			errs = append(errs, fmt.Errorf("ari: config: %s is empty", f.name))
		}
	}
	if strings.Contains(c.User, ":") {
		errs = append(errs, errors.New("ari: config: User holds a colon, which ends a name in HTTP"))
	}
	if c.Timeout < 0 || c.Timeout > time.Minute {
		errs = append(errs, fmt.Errorf("ari: config: Timeout is %v, must be up to 1m, or 0 for %v", c.Timeout, defaultTimeout))
	}
	if c.MaxBody < 0 {
		errs = append(errs, fmt.Errorf("ari: config: MaxBody is %d, must be positive, or 0 for %d", c.MaxBody, defaultMaxBody))
	}
	return errors.Join(errs...)
}

// validURL refuses what would put a secret into messages, too.
func validURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "":
		return errors.New("ari: config: BaseURL is not an HTTP address: write http://HOST:PORT/ari")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return errors.New("ari: config: BaseURL holds more than host and path: write http://HOST:PORT/ari, name and secret go into User and Secret")
	}
	return nil
}
