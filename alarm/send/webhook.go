package send

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Times and bounds of webhooks.
const (
	webhookWithin = 10 * time.Second
	answerBytes   = 4 << 10 // of an answer; the rest is not read
	shownBytes    = 200     // of it, in what is told of a failure
)

// Webhook posts JSON, signed as the Standard Webhooks specification 1.0 has it
// (headers webhook-id, webhook-timestamp, webhook-signature), so that receivers
// have libraries for it. It follows no redirects and uses no proxy.
type Webhook struct {
	client *http.Client
	now    func() time.Time
}

// NewWebhook makes one that goes to public addresses and to those of networks.
func NewWebhook(networks []netip.Prefix, now func() time.Time) *Webhook {
	dialer := &net.Dialer{Timeout: 5 * time.Second, Control: allowOnly(networks)}
	return &Webhook{now: now, client: &http.Client{
		Timeout:       webhookWithin,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: 5 * time.Second, ResponseHeaderTimeout: webhookWithin, MaxResponseHeaderBytes: 64 << 10,
			DisableKeepAlives: true, // messages are rare
			TLSClientConfig:   &tls.Config{MinVersion: tls.VersionTLS12},
		},
	}}
}

func (w *Webhook) send(ctx context.Context, t *Target, m *Message) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, t.URL, bytes.NewReader(m.Body))
	if err != nil {
		return fmt.Errorf("%w: its address cannot be used", ErrGone)
	}
	at := strconv.FormatInt(w.now().Unix(), 10)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Tandem-Alarms/1")
	r.Header.Set("Webhook-Id", m.ID)
	r.Header.Set("Webhook-Timestamp", at)
	r.Header.Set("Webhook-Signature", "v1,"+Sign(t.Key, m.ID, at, m.Body))
	answer, err := w.client.Do(r)
	if err != nil {
		return without(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(answer.Body, answerBytes)) // whatever came is enough
	switch code := answer.StatusCode; {
	case code >= 200 && code < 300:
		return nil
	case code == http.StatusGone:
		return fmt.Errorf("%w: answered 410", ErrGone)
	case code >= 300 && code < 400:
		return fmt.Errorf("answered %d: redirects are not followed, write the address it leads to", code)
	default:
		return fmt.Errorf("answered %d%s", code, shown(text))
	}
}

// Sign is the signature of a message: HMAC-SHA256 of its id, its time in seconds and
// its body, with dots between them, in base64.
func Sign(key []byte, id, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id + "." + timestamp + "."))
	mac.Write(body)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// without is an error of the client without the address, which may have a secret in
// its path or query.
func without(err error) error {
	if of, ok := errors.AsType[*url.Error](err); ok {
		err = of.Err
	}
	if errors.Is(err, errRefused) {
		return fmt.Errorf("%w; alarms.networks in the configuration lists where else webhooks may go", err)
	}
	return err
}

// shown is the beginning of an answer, for people; it is a stranger's text.
func shown(text []byte) string {
	clean := strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, strings.ToValidUTF8(string(text), " "))
	clean = strings.Join(strings.Fields(clean), " ")
	if clean == "" {
		return ""
	}
	if letters := []rune(clean); len(letters) > shownBytes {
		clean = string(letters[:shownBytes]) + "…"
	}
	return ": " + clean
}
