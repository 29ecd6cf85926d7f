package ari_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/ari"
	"tandem/ari/aritest"
)

// short is the time-out where it shall run out; elsewhere a busy machine has time.
const (
	short = 300 * time.Millisecond
	long  = 20 * time.Second
)

// client asks a fake.
func client(t *testing.T, s *aritest.Server, change func(*ari.Config)) *ari.Client {
	t.Helper()
	config := ari.Config{Server: aritest.Name, BaseURL: s.URL, User: aritest.User, Secret: aritest.Secret, Timeout: long}
	if change != nil {
		change(&config)
	}
	c, err := ari.New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestInfo(t *testing.T) {
	t.Parallel()
	s := aritest.New(t)
	c := client(t, s, nil)
	before, err := c.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := ari.Info{Name: "alpha", EntityID: "02:00:00:00:00:01", Version: "22.10.1", Started: before.Started, Reloaded: before.Started}
	if diff := cmp.Diff(want, before); diff != "" {
		t.Error(diff)
	}
	s.Restart()
	after, err := c.Info(t.Context())
	if err != nil || after.Started.Equal(before.Started) {
		t.Errorf("the restart is not seen: %v, %v", after, err)
	}
	s.SetName("beta")
	if _, err := c.Info(t.Context()); !errors.Is(err, ari.ErrOtherServer) || !strings.Contains(err.Error(), `"beta"`) {
		t.Errorf("another server's info: %v", err)
	}
}

func TestChannelsIsOneRequest(t *testing.T) {
	t.Parallel()
	s := aritest.New(t)
	created := time.Date(2026, 3, 2, 10, 0, 0, 123e6, time.UTC)
	s.SetChannels(
		aritest.Channel{
			ID: "alpha-1.1", Name: "PJSIP/moscow-101-00000001", State: "Up", Account: "5",
			Context: "make_a_call", Exten: "hunt", Application: "Dial", AppData: "x", Created: created,
		},
		aritest.Channel{ID: "alpha-1.2", Name: "PJSIP/trunk-11-35-00000002", State: "Up", Context: "public", Created: created})
	got, err := client(t, s, nil).Channels(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := ari.Channel{
		ID: "alpha-1.1", Name: "PJSIP/moscow-101-00000001", State: "Up", Account: "5", Caller: "74951815000", Connected: "hunt",
		Context: "make_a_call", Exten: "hunt", App: "Dial", AppData: "x", Created: created,
	}
	if len(got) != 2 {
		t.Fatalf("%d channels, want 2", len(got))
	}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Error(diff)
	}
	if requests := s.Requests(); len(requests) != 1 {
		t.Errorf("requests %v, want one", requests)
	}
}

func TestEndpoints(t *testing.T) {
	t.Parallel()
	s := aritest.New(t)
	s.SetEndpoint("trunk-11-35", "online")
	s.SetEndpoint("westcall", "offline")
	s.SetEndpoint("odd", "half-way")
	got, err := client(t, s, nil).Endpoints(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []ari.Endpoint{{Name: "trunk-11-35", State: ari.Online}, {Name: "westcall", State: ari.Offline}, {Name: "odd", State: ari.Unknown}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestVariable(t *testing.T) {
	t.Parallel()
	s := aritest.New(t)
	s.SetChannels(aritest.Channel{ID: "alpha-1.1", Variables: map[string]string{"EVAL(${a}/b&c=?)": "x/y", "empty": ""}})
	c := client(t, s, nil)
	for name, want := range map[string]string{"EVAL(${a}/b&c=?)": "x/y", "empty": "", "never_set": ""} {
		if got, err := c.Variable(t.Context(), "alpha-1.1", name); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, want)
		}
	}
	for _, id := range []string{"alpha-1.2", "", ".", ".."} {
		if _, err := c.Variable(t.Context(), id, "x"); !errors.Is(err, ari.ErrNoChannel) {
			t.Errorf("channel %q: %v", id, err)
		}
	}
}

func TestHangup(t *testing.T) {
	t.Parallel()
	s := aritest.New(t)
	c := client(t, s, nil)
	for _, h := range []struct{ reason, query string }{{"", ""}, {"busy", "?reason=busy"}, {"34", "?reason_code=34"}} {
		s.SetChannels(aritest.Channel{ID: "alpha-1.1"})
		s.Requests()
		if err := c.Hangup(t.Context(), "alpha-1.1", h.reason); err != nil {
			t.Errorf("%q: %v", h.reason, err)
		}
		if got, want := s.Requests(), []string{"DELETE /ari/channels/alpha-1.1" + h.query}; !slices.Equal(got, want) {
			t.Errorf("%q: requests %v, want %v", h.reason, got, want)
		}
	}
	if err := c.Hangup(t.Context(), "alpha-1.1", "normal"); !errors.Is(err, ari.ErrNoChannel) {
		t.Errorf("a channel that is gone: %v", err)
	}
	s.Requests()
	if err := c.Hangup(t.Context(), "a/../b?c", ""); !errors.Is(err, ari.ErrNoChannel) {
		t.Error(err)
	}
	if got, want := s.Requests(), []string{"DELETE /ari/channels/a%2F..%2Fb%3Fc"}; !slices.Equal(got, want) {
		t.Errorf("requests %v, want %v", got, want)
	}
	s.SetChannels(aritest.Channel{ID: "alpha-1.1"})
	for _, reason := range []string{"0", "128", "-1", "999999", "nonsense"} {
		if err := c.Hangup(t.Context(), "alpha-1.1", reason); err == nil || errors.Is(err, ari.ErrNoChannel) {
			t.Errorf("reason %q: %v", reason, err)
		}
	}
}

// Whatever is not a whole, good answer is an error: never "no calls".
func TestFaults(t *testing.T) {
	t.Parallel()
	says := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
	}
	tests := map[string]struct {
		fault http.HandlerFunc
		want  error
		text  string
	}{
		"null":               {says(200, "null"), ari.ErrAnswer, "null"},
		"nothing":            {says(200, ""), ari.ErrAnswer, ""},
		"no content":         {says(204, ""), ari.ErrAnswer, ""},
		"a number":           {says(200, "17"), ari.ErrAnswer, ""},
		"a page":             {says(200, "<html>welcome</html>"), ari.ErrAnswer, "html"},
		"half a list":        {says(200, `[{"id":"a-1.1","name":"x"},`), ari.ErrAnswer, ""},
		"half an object":     {says(200, `{"config":{"name":"alpha"`), ari.ErrAnswer, ""},
		"more after the end": {says(200, `[] []`), ari.ErrAnswer, ""},
		"nobodies":           {says(200, `[null,{}]`), ari.ErrAnswer, ""},
		"wrong types":        {says(200, `[{"id":5}]`), ari.ErrAnswer, ""},
		"a bad time":         {says(200, `[{"id":"a-1.1","creationtime":"yesterday"}]`), ari.ErrAnswer, ""},
		"deep":               {says(200, strings.Repeat("[", 20_000)), ari.ErrAnswer, ""},
		"the body cut off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte("[]"))
		}, ari.ErrAnswer, "after 2 bytes"},
		"a huge body": {func(w http.ResponseWriter, _ *http.Request) {
			for chunk := []byte(strings.Repeat(" ", 1<<16)); ; {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		}, ari.ErrTooLong, "over 1000000 bytes"},
		"401":            {says(401, `{"message":"Authentication required"}`), ari.ErrRefused, `User "tandem"`},
		"403":            {says(403, `{"message":"Forbidden"}`), nil, "read_only"},
		"404, a page":    {says(404, "<html>not found</html>"), nil, "BaseURL"},
		"404, no module": {says(404, `{"message":"Resource not found"}`), nil, "modules.conf"},
		"500":            {says(500, `{"message":"Allocation failed"}`), nil, `500 Internal Server Error: "Allocation failed"`},
		"503":            {says(503, ""), nil, "starting or stopping"},
		"a redirect": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://192.0.2.1/")
			w.WriteHeader(http.StatusFound)
		}, nil, "302"},
		"silence": {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, context.DeadlineExceeded, "within 300ms"},
		"silence after the header": {func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusOK)
			_, _ = w.Write([]byte("["))
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, context.DeadlineExceeded, "within 300ms"},
		"a dropped connection": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, nil, "EOF"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := aritest.New(t)
			s.SetFault(test.fault)
			c := client(t, s, func(config *ari.Config) {
				config.MaxBody = 1_000_000
				if test.want == context.DeadlineExceeded { //nolint:errorlint // what the table says
					config.Timeout = short
				}
			})
			for question, err := range questions(t.Context(), c) {
				if err == nil {
					t.Errorf("%s: no error", question)
					continue
				}
				text := err.Error()
				if test.want != nil && !errors.Is(err, test.want) || !strings.Contains(text, test.text) {
					t.Errorf("%s: %v", question, err)
				}
				if !strings.HasPrefix(text, "ari alpha: "+question) || strings.Contains(text, aritest.Secret) || len(text) > 400 {
					t.Errorf("%s: the error does not tell what, or tells too much: %v", question, err)
				}
			}
		})
	}
}

// questions asks everything there is to ask and returns what failed.
func questions(ctx context.Context, c *ari.Client) map[string]error {
	_, info := c.Info(ctx)
	_, channels := c.Channels(ctx)
	_, endpoints := c.Endpoints(ctx)
	_, up := c.CallsUp(ctx)
	_, variable := c.Variable(ctx, "alpha-1.1", "x")
	return map[string]error{
		"GET /asterisk/info": info, "GET /channels": channels, "GET /endpoints/PJSIP": endpoints,
		"GET /channel": up, "GET /channels/alpha-1.1/variable": variable,
	}
}

// Another cause than the time-out: the caller's own context.
func TestContextEnds(t *testing.T) {
	t.Parallel()
	s := aritest.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	s.SetFault(func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	c := client(t, s, func(config *ari.Config) { config.Timeout = time.Minute })
	if _, err := c.Channels(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	c := client(t, &aritest.Server{URL: "http://127.0.0.1:1/ari"}, nil) // a port that nobody is given
	for question, err := range questions(t.Context(), c) {
		if err == nil || !strings.Contains(err.Error(), "connection refused") {
			t.Errorf("%s: %v", question, err)
		}
	}
}

// A restart cuts the connections that the client keeps; it connects again.
func TestConnectionsAreMadeAgain(t *testing.T) {
	t.Parallel()
	s := aritest.New(t)
	c := client(t, s, nil)
	for i := range 3 {
		s.SetFault(nil)
		if _, err := c.Channels(t.Context()); err != nil {
			t.Fatalf("request %d: %v", i, err)
		}
		s.SetFault(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		if _, err := c.Channels(t.Context()); err == nil {
			t.Fatal("a dropped connection is no error")
		}
	}
}

func TestConfigNamesTheField(t *testing.T) {
	t.Parallel()
	good := ari.Config{Server: "alpha", BaseURL: "http://127.0.0.1:8088/ari", User: "tandem", Secret: "x"}
	if _, err := ari.New(good); err != nil {
		t.Fatal(err)
	}
	for i, bad := range []struct {
		change func(*ari.Config)
		field  string
	}{
		{func(c *ari.Config) { c.Server = "" }, "Server"},
		{func(c *ari.Config) { c.User = "" }, "User"},
		{func(c *ari.Config) { c.User = "a:b" }, "User"},
		{func(c *ari.Config) { c.Secret = "" }, "Secret"},
		{func(c *ari.Config) { c.BaseURL = "" }, "BaseURL"},
		{func(c *ari.Config) { c.BaseURL = "127.0.0.1:8088" }, "BaseURL"},
		{func(c *ari.Config) { c.BaseURL = "ftp://127.0.0.1/ari" }, "BaseURL"},
		{func(c *ari.Config) { c.BaseURL = "http://tandem:hush@127.0.0.1/ari" }, "BaseURL"},
		{func(c *ari.Config) { c.BaseURL = "http://127.0.0.1/ari?api_key=hush" }, "BaseURL"},
		{func(c *ari.Config) { c.BaseURL = "http://127.0.0.1:hush/ari" }, "BaseURL"},
		{func(c *ari.Config) { c.Timeout = -1 }, "Timeout"},
		{func(c *ari.Config) { c.Timeout = time.Hour }, "Timeout"},
		{func(c *ari.Config) { c.MaxBody = -1 }, "MaxBody"},
	} {
		t.Run(bad.field+" "+strconv.Itoa(i), func(t *testing.T) {
			t.Parallel()
			config := good
			bad.change(&config)
			_, err := ari.New(config)
			if err == nil || !strings.Contains(err.Error(), bad.field) || strings.Contains(err.Error(), "hush") {
				t.Errorf("%v", err)
			}
		})
	}
}
