package portability

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"tandem/internal/e164"
)

// Placeholder is where the URL of a service takes the number.
const Placeholder = "{number}"

// Bounds of a [Config].
const (
	minTimeout = 10 * time.Millisecond
	maxTimeout = 2 * time.Second
	maxEntries = 10_000_000
	minKeep    = time.Second
	maxKeep    = 31 * 24 * time.Hour
)

// Config says where ported numbers are looked up. Start from [DefaultConfig].
//
// The service answers 200 with {"routing_number": "DIGITS"}, or "lrn" or "rn",
// when the number is ported; with null there, or with 404, when it is not. So
// a URL with a wrong path may look like a country where nothing is ported.
type Config struct {
	Enabled   bool          // false: nothing is asked, and the rest is not looked at
	Table     Table         // asked first; nil: none
	URL       string        // of an HTTP service, with {number}; asked second; empty: none
	CA        []byte        // PEM certificates the service's must descend from; empty: the system's
	Token     string        // sent to the service as "Authorization: Bearer"; empty: none
	Timeout   time.Duration // for the whole dip
	CacheSize int           // numbers remembered
	CacheFor  time.Duration // how long a routing number is remembered; "not ported" an hour at most
	Prefixes  []string      // only numbers that begin with one of these are dipped; empty: all
}

// DefaultConfig is off; its other fields suit a call that waits for the answer.
func DefaultConfig() Config {
	return Config{Timeout: 150 * time.Millisecond, CacheSize: 100_000, CacheFor: 24 * time.Hour}
}

// Validate names every field that cannot work. The fields are called as in the
// configuration file.
func (c Config) Validate() error {
	if !c.Enabled {
		return nil
	}
	var errs []error
	if c.Table == nil && c.URL == "" {
		errs = append(errs, errors.New("portability.enabled is true, but there is nobody to ask: switch the table on, or set portability.url"))
	}
	if c.Timeout < minTimeout || c.Timeout > maxTimeout {
		errs = append(errs, fmt.Errorf("portability.timeout is %v, must be from %v to %v", c.Timeout, minTimeout, maxTimeout))
	}
	if c.CacheSize < 1 || c.CacheSize > maxEntries {
		errs = append(errs, fmt.Errorf("portability.cache_size is %d, must be from 1 to %d", c.CacheSize, maxEntries))
	}
	if c.CacheFor < minKeep || c.CacheFor > maxKeep {
		errs = append(errs, fmt.Errorf("portability.cache_for is %v, must be from %v to %v", c.CacheFor, minKeep, maxKeep))
	}
	for i, prefix := range c.Prefixes {
		if !validDigits(prefix) {
			errs = append(errs, fmt.Errorf("portability.prefixes[%d] is %q, must be 1 to %d digits without a plus, such as 44", i, prefix, e164.MaxDigits))
		}
	}
	if err := c.validateService(); err != nil {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// validateService never repeats the URL or the token: both may hold a secret.
func (c Config) validateService() error {
	if c.URL == "" {
		if len(c.CA) > 0 || c.Token != "" {
			return errors.New("portability.ca_file or token_file is set, but portability.url is empty: set it, or leave them out")
		}
		return nil
	}
	u, err := parseTemplate(c.URL)
	if err != nil {
		return err
	}
	if len(c.CA) > 0 {
		if u.Scheme != "https" {
			return errors.New("portability.ca_file is for an https portability.url, this one is http")
		}
		if !x509.NewCertPool().AppendCertsFromPEM(c.CA) {
			return errors.New("portability.ca_file holds no certificate: name a file of PEM certificates")
		}
	}
	if strings.ContainsFunc(c.Token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return errors.New("portability.token_file: a token has no spaces, line breaks or letters outside ASCII")
	}
	return nil
}

// parseTemplate reads a URL template. The number may stand in the path or in
// the query; braces in the host cannot be read, so no number chooses the host.
func parseTemplate(template string) (*url.URL, error) {
	u, err := url.Parse(template)
	if err != nil {
		// Not the error of url.Parse: it repeats the URL.
		return nil, errors.New("portability.url cannot be read: want http://HOST/PATH or https://HOST/PATH with " + Placeholder + " in the path or in the query")
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "":
		return nil, errors.New("portability.url: must begin with http://HOST or https://HOST")
	case u.User != nil:
		return nil, errors.New("portability.url: has a user or password in it: use portability.token_file instead")
	}
	const probe = "881990000000001"
	filled, err := url.Parse(fill(template, probe))
	if err != nil || !strings.Contains(filled.RequestURI(), probe) {
		return nil, errors.New("portability.url: must have " + Placeholder + " in the path or in the query")
	}
	return u, nil
}

func fill(template string, number e164.Number) string {
	return strings.ReplaceAll(template, Placeholder, string(number))
}

// validDigits reports whether s may be a routing number or a prefix. Routing
// numbers of some countries begin with a 0 or with digits of no country code,
// but none is longer than an E.164 number.
func validDigits(s string) bool {
	if s == "" || len(s) > e164.MaxDigits {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
