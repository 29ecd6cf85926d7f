package portability

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"tandem/internal/e164"
)

const (
	maxAnswer  = 4 << 10
	maxHeaders = 16 << 10
	// A connection that comes too late for its dip still serves the next one.
	connectTimeout = 2 * time.Second
	maxConnections = 64
	idleTimeout    = 90 * time.Second
)

var (
	errTooLong = fmt.Errorf("answer is longer than %d bytes", maxAnswer)
	errNotHTTP = errors.New("what came is no valid HTTP answer")
)

// service is the HTTP service as a [Table].
type service struct {
	template string
	token    string
	client   *http.Client
}

// newService takes nil for a transport of its own.
func newService(c Config, transport http.RoundTripper) *service {
	if transport == nil {
		transport = newTransport(c.CA)
	}
	return &service{template: c.URL, token: c.Token, client: &http.Client{
		Transport: transport,
		// A redirect would spend the time twice, and could lead anywhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func newTransport(ca []byte) *http.Transport {
	var roots *x509.CertPool // nil: the system's
	if len(ca) > 0 {
		roots = x509.NewCertPool()
		roots.AppendCertsFromPEM(ca)
	}
	return &http.Transport{
		DialContext:            (&net.Dialer{Timeout: connectTimeout}).DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: roots},
		TLSHandshakeTimeout:    connectTimeout,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // an answer is short, and nothing may unfold
		MaxConnsPerHost:        maxConnections,
		MaxIdleConnsPerHost:    maxConnections,
		IdleConnTimeout:        idleTimeout,
		MaxResponseHeaderBytes: maxHeaders,
	}
}

// RoutingNumber asks the service. Its errors may be logged.
func (s *service) RoutingNumber(ctx context.Context, number e164.Number) (routing e164.Number, found bool, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, fill(s.template, number), http.NoBody)
	if err != nil {
		return "", false, harmless(err)
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", "tandem")
	if s.token != "" {
		request.Header.Set("Authorization", "Bearer "+s.token)
	}
	response, err := s.client.Do(request)
	if err != nil {
		return "", false, harmless(err)
	}
	defer response.Body.Close()
	switch response.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound:
		// The status says it all. The body is read only so that the connection
		// can be used again, and no further than an answer may go.
		_, _ = io.CopyN(io.Discard, response.Body, maxAnswer)
		return "", false, nil
	default:
		return "", false, fmt.Errorf("answered with HTTP status %d, want 200 or 404", response.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	switch {
	case err != nil:
		return "", false, fmt.Errorf("read answer: %w", harmless(err))
	case len(body) > maxAnswer:
		return "", false, errTooLong
	}
	return parseAnswer(body)
}

// harmless is what may be logged of an error of net/http. Its text has the
// URL before it, and what a broken service wrote after it, which can be our
// own request with the token in it: so only errors of known kinds go through.
func harmless(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	for _, plain := range [...]error{
		context.DeadlineExceeded, context.Canceled, io.EOF, io.ErrUnexpectedEOF, http.ErrSchemeMismatch,
	} {
		if errors.Is(err, plain) {
			return plain
		}
	}
	if refused, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return refused
	}
	if plaintext, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return plaintext
	}
	if broken, ok := errors.AsType[net.Error](err); ok { // no route, no such host, refused, reset, TLS alert
		return broken
	}
	return errNotHTTP
}
