package v1_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// client is somebody who uses the API.
type client struct {
	h      *house
	http   *http.Client
	bearer string
}

func (c *client) get(path string, headers ...string) answer {
	c.h.t.Helper()
	return c.do(http.MethodGet, path, nil, headers...)
}

func (c *client) post(path string, body any, headers ...string) answer {
	c.h.t.Helper()
	return c.do(http.MethodPost, path, body, headers...)
}

func (c *client) put(path string, body any, headers ...string) answer {
	c.h.t.Helper()
	return c.do(http.MethodPut, path, body, headers...)
}

func (c *client) delete(path string, headers ...string) answer {
	c.h.t.Helper()
	return c.do(http.MethodDelete, path, nil, headers...)
}

// do asks and reads the whole answer. body: nil for none, []byte or string as it
// is, anything else as JSON. headers are names and values in turn.
func (c *client) do(method, path string, body any, headers ...string) answer {
	c.h.t.Helper()
	r, err := http.NewRequestWithContext(c.h.t.Context(), method, c.h.url+path, c.body(body))
	if err != nil {
		c.h.t.Fatal(err)
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if c.bearer != "" {
		r.Header.Set("Authorization", "Bearer "+c.bearer)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := c.http.Do(r)
	if err != nil {
		c.h.t.Fatalf("%s %s: %v", method, path, err)
	}
	text, err := io.ReadAll(response.Body)
	if err = errors.Join(err, response.Body.Close()); err != nil {
		c.h.t.Fatalf("%s %s: %v", method, path, err)
	}
	return answer{asked: method + " " + path, status: response.StatusCode, header: response.Header, body: text}
}

func (c *client) body(v any) io.Reader {
	c.h.t.Helper()
	switch v := v.(type) {
	case nil:
		return http.NoBody
	case []byte:
		return bytes.NewReader(v)
	case string:
		return strings.NewReader(v)
	}
	text, err := json.Marshal(v)
	if err != nil {
		c.h.t.Fatal(err)
	}
	return bytes.NewReader(text)
}

// answer is what came back.
type answer struct {
	asked  string
	status int
	header http.Header
	body   []byte
}

// want ends the test if the status is another.
func (a answer) want(t *testing.T, status int) answer {
	t.Helper()
	if a.status != status {
		t.Fatalf("%s: %d, want %d\n%s", a.asked, a.status, status, a.body)
	}
	return a
}

// into reads the body as JSON.
func (a answer) into(t *testing.T, v any) answer {
	t.Helper()
	if err := json.Unmarshal(a.body, v); err != nil {
		t.Fatalf("%s: %v\n%s", a.asked, err, a.body)
	}
	return a
}

// blames wants a 422 that names a field, such as body.name, with this in its message.
func (a answer) blames(t *testing.T, location, text string) {
	t.Helper()
	a.want(t, http.StatusUnprocessableEntity)
	var p struct {
		Errors []struct{ Location, Message string } `json:"errors"`
	}
	a.into(t, &p)
	for _, e := range p.Errors {
		if e.Location == location && strings.Contains(e.Message, text) {
			return
		}
	}
	t.Fatalf("%s: want %s: %q\n%s", a.asked, location, text, a.body)
}

// saysJSON wants this JSON, but for blanks.
func (a answer) saysJSON(t *testing.T, want string) {
	t.Helper()
	if got := strings.TrimSpace(string(a.body)); got != want {
		t.Fatalf("%s: %s, want %s", a.asked, got, want)
	}
}

// cookie is what the client's browser sends.
func (c *client) cookie() string {
	c.h.t.Helper()
	u, err := url.Parse(c.h.url)
	if err != nil {
		c.h.t.Fatal(err)
	}
	var list []string
	for _, k := range c.http.Jar.Cookies(u) {
		list = append(list, k.Name+"="+k.Value)
	}
	return strings.Join(list, "; ")
}
