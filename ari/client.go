package ari

import (
	"cmp"
	"net"
	"net/http"
	"strings"
	"time"
)

// Client asks one server. It may be used by many goroutines at once.
type Client struct {
	config Config
	base   string
	http   http.Client
}

// New makes a client. It connects with the first request.
func New(c Config) (*Client, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c.Timeout = cmp.Or(c.Timeout, defaultTimeout)
	c.MaxBody = cmp.Or(c.MaxBody, defaultMaxBody)
	return &Client{config: c, base: strings.TrimRight(c.BaseURL, "/"), http: http.Client{
		Transport: transport(c.Timeout),
		// Asterisk redirects nobody, and the secret goes nowhere else.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// transport goes straight to Asterisk, whatever proxy the environment names.
func transport(timeout time.Duration) *http.Transport {
	dialer := net.Dialer{Timeout: timeout, KeepAlive: 15 * time.Second}
	return &http.Transport{
		DialContext:            dialer.DialContext,
		MaxIdleConnsPerHost:    readers,
		MaxConnsPerHost:        2 * readers,      // http.conf has a limit on sessions
		IdleConnTimeout:        10 * time.Second, // Asterisk closes after 15 s
		TLSHandshakeTimeout:    timeout,
		MaxResponseHeaderBytes: 64 << 10,
		DisableCompression:     true,
	}
}

// Server is the name of the server that is asked.
func (c *Client) Server() string { return c.config.Server }

// Close gives up the connections that no request uses.
func (c *Client) Close() { c.http.CloseIdleConnections() }
