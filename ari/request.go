package ari

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// do sends one request and reads its whole answer, within the time-out and the
// bound. path is escaped already.
func (c *Client) do(ctx context.Context, method, path string, query url.Values) ([]byte, error) {
	return c.send(ctx, method, path, query, nil)
}

// send is do with a body of JSON.
func (c *Client) send(ctx context.Context, method, path string, query url.Values, content []byte) ([]byte, error) {
	body, err := c.exchange(ctx, method, path, query, content)
	if err != nil {
		return nil, fmt.Errorf("ari %s: %s %s: %w", c.config.Server, method, path, err)
	}
	return body, nil
}

func (c *Client) exchange(ctx context.Context, method, path string, query url.Values, content []byte) ([]byte, error) {
	bounded, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	target := c.base + path
	if len(query) > 0 {
		target += "?" + query.Encode()
	}
	request, err := http.NewRequestWithContext(bounded, method, target, bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	if len(content) > 0 {
		request.Header.Set("Content-Type", "application/json")
	}
	request.SetBasicAuth(c.config.User, c.config.Secret)
	response, err := c.http.Do(request)
	if err != nil {
		return nil, c.connError(ctx, err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, c.config.MaxBody+1))
	switch {
	case err != nil && errors.Is(err, io.ErrUnexpectedEOF):
		return nil, fmt.Errorf("%w: it ends after %d bytes", ErrAnswer, len(body))
	case err != nil:
		return nil, c.connError(ctx, err)
	case int64(len(body)) > c.config.MaxBody:
		return nil, fmt.Errorf("%w: over %d bytes", ErrTooLong, c.config.MaxBody)
	case response.StatusCode != http.StatusOK && response.StatusCode != http.StatusCreated && response.StatusCode != http.StatusNoContent:
		return nil, c.refusal(response.StatusCode, body)
	}
	return body, nil
}

// get asks and decodes with one of the decoders below.
func get[T any](ctx context.Context, c *Client, path string, query url.Values, decode func([]byte) (T, error)) (T, error) {
	var none T
	body, err := c.do(ctx, http.MethodGet, path, query)
	if err != nil {
		return none, err
	}
	v, err := decode(body)
	if err != nil {
		return none, fmt.Errorf("ari %s: GET %s: %w", c.config.Server, path, err)
	}
	return v, nil
}

// object decodes {…}. Nothing else is one, null neither.
func object[T any](body []byte) (T, error) { return decoded[T](body, "{") }

// list decodes […]. Nothing else is one: null would read as "nothing there".
func list[T any](body []byte) ([]T, error) { return decoded[[]T](body, "[") }

func decoded[T any](body []byte, opening string) (T, error) {
	var v, none T
	if !strings.HasPrefix(strings.TrimLeft(string(body[:min(len(body), 64)]), " \t\r\n"), opening) {
		return none, fmt.Errorf("%w: it begins with %s", ErrAnswer, quoted(string(body[:min(len(body), 32)])))
	}
	if err := json.Unmarshal(body, &v); err != nil {
		return none, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	return v, nil
}
