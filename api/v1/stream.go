package v1

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/api/live"
	"tandem/api/stream"
)

// Times of a stream.
const (
	streamRetry     = "2000"           // ms until a browser comes back
	streamHeartbeat = 15 * time.Second // of silence
	streamWithin    = 5 * time.Second  // for one write; a client that takes nothing for so long is gone
	streamCheck     = 10 * time.Second // whether who listens may still
)

// mostTopics bounds one stream.
const mostTopics = 16

// events is the live stream.
func events(d *door) {
	registry := d.api.OpenAPI().Components.Schemas
	of := func(v any) *huma.Schema { return registry.Schema(reflect.TypeOf(v), true, "") }
	// Each topic has a rule of its own; a key needs the scope of that.
	handleRaw(d, access.Rule{Anyone: true}, huma.Operation{
		OperationID: "stream", Method: http.MethodGet, Path: "/stream", Tags: []string{"Live"},
		Summary: "What changes, as server-sent events: one stream a tab, with all its topics",
		Description: "Each event is named as its topic, its data is one JSON object. A topic tells at most once a second. Come back with Last-Event-ID, as " +
			"browsers do by themselves, and what was missed follows, or the whole. The stream ends with the session.\n\n" +
			"Topics: live (LiveDelta: the whole first, with full, then changes), overview (Overview), alarms (AlarmNews), account:ID (Own), " +
			"import:ID and replay:ID (the job's state, told by the node that does the work to those who listen there; ask the job now and then besides), mine (Own: what belongs to a customer or agent). All but live tell the whole each time. " +
			"A key needs the scope of each topic: calls:read for live and overview, system:read for alarms, money:read for accounts, routing:read for imports and replays, own:read for mine.",
		Parameters: []*huma.Param{
			{Name: "topics", In: "query", Required: true, Schema: &huma.Schema{Type: "string"}, Description: "With commas: live,overview,alarms,account:7,import:3,replay:2,mine"},
			{Name: "Last-Event-ID", In: "header", Schema: &huma.Schema{Type: "string"}, Description: "id of the last event that was seen"},
		},
		Responses: map[string]*huma.Response{"200": {Description: "Server-sent events; the schemas are those of their data", Content: map[string]*huma.MediaType{
			"text/event-stream": {Schema: &huma.Schema{AnyOf: []*huma.Schema{of(live.Delta{}), of(Overview{}), of(live.Own{}), of(AlarmNews{})}}},
		}}},
	}, d.stream)
}

// topicRules say who may listen to what.
func topicRules() map[string]access.Rule {
	return map[string]access.Rule{
		"live": look(access.Calls), "overview": look(access.Calls), "account": look(access.Money),
		"alarms": look(access.System), "import": look(access.Routing), "replay": look(access.Routing), "mine": own(access.Customer, access.Agent),
	}
}

func (d *door) stream(w http.ResponseWriter, r *http.Request) {
	if d.Stream == nil {
		writeProblem(w, http.StatusServiceUnavailable, "this node has no live stream")
		return
	}
	topics, status, err := d.topics(r)
	if err != nil {
		writeProblem(w, status, err.Error())
		return
	}
	user := access.From(r.Context()).UserID
	if !d.streams.take(user, 1, streamsEach) {
		w.Header().Set("Retry-After", "5")
		writeProblem(w, http.StatusTooManyRequests, "you have "+strconv.Itoa(streamsEach)+" streams open; close some")
		return
	}
	defer d.streams.give(user, 1)
	if !d.listening.take(user, len(topics), topicsEach) {
		w.Header().Set("Retry-After", "5")
		writeProblem(w, http.StatusTooManyRequests, "your streams have "+strconv.Itoa(topicsEach)+" topics, as many as one may have; close some")
		return
	}
	defer d.listening.give(user, len(topics))
	s, err := d.Stream.Subscribe(topics, r.Header.Get("Last-Event-ID"))
	switch {
	case errors.Is(err, stream.ErrTopic):
		writeProblem(w, http.StatusUnprocessableEntity, err.Error())
		return
	case err != nil:
		w.Header().Set("Retry-After", "5")
		writeProblem(w, http.StatusServiceUnavailable, err.Error())
		return
	}
	defer s.Close()
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	d.flow(r.Context(), streamAnswer{w, http.NewResponseController(w)}, s)
}

// flow writes until the client leaves, may not listen any more, or falls behind.
func (d *door) flow(ctx context.Context, out streamAnswer, s *stream.Subscription) {
	if out.send("retry: "+streamRetry+"\n\n") != nil {
		return
	}
	quiet, check := time.NewTimer(streamHeartbeat), time.NewTicker(cmp.Or(d.StreamCheck, streamCheck))
	defer quiet.Stop()
	defer check.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-check.C:
			if !d.mayStill(ctx) {
				_ = out.send("event: end\ndata: {\"reason\":\"signed out\"}\n\n")
				return
			}
			continue
		case i, on := <-s.Items():
			if !on || out.event(i) != nil {
				return
			}
		case <-quiet.C:
			if out.send(": still here\n\n") != nil {
				return
			}
		}
		quiet.Reset(streamHeartbeat)
	}
}

// mayStill says whether who listens is still signed in. A database that is away
// ends nobody's stream.
func (d *door) mayStill(ctx context.Context) bool {
	if d.Guard == nil {
		return true
	}
	ok, err := d.Guard.Valid(ctx)
	return ok || err != nil
}

// topics are those that are asked for, as the hub knows them.
func (d *door) topics(r *http.Request) (list []string, status int, err error) {
	who, rules := access.From(r.Context()), topicRules()
	for name := range strings.SplitSeq(r.URL.Query().Get("topics"), ",") {
		kind, id, hasID := strings.Cut(name, ":")
		rule, known := rules[kind]
		needsID := kind == "account" || kind == "import" || kind == "replay"
		if number, err := strconv.ParseInt(id, 10, 64); !known || hasID != needsID || hasID && (err != nil || number <= 0 || strconv.FormatInt(number, 10) != id) {
			return nil, http.StatusUnprocessableEntity, fmt.Errorf("query.topics: no topic %.40q: want live, overview, alarms, account:ID, import:ID, replay:ID or mine, with commas", name)
		}
		if status, text := refusal(rule, who); status != 0 {
			return nil, status, errors.New("topic " + kind + ": " + text)
		}
		if kind == "mine" {
			account, subscriber, err := whoseCalls(who)
			if err != nil {
				return nil, http.StatusForbidden, err
			}
			name = fmt.Sprintf("mine:%d.%d", account, subscriber)
		}
		if !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	if len(list) > mostTopics {
		return nil, http.StatusUnprocessableEntity, fmt.Errorf("query.topics: at most %d", mostTopics)
	}
	return list, 0, nil
}

// streamAnswer writes with a deadline of its own each time: the server's is that of
// an answer that ends soon.
type streamAnswer struct {
	w       io.Writer
	control *http.ResponseController
}

func (a streamAnswer) event(i stream.Item) error {
	name := i.Topic
	if strings.HasPrefix(name, "mine:") {
		name = "mine" // whose it is they know
	}
	head := "event: " + name + "\n"
	if id := i.ID(); id != "" {
		head += "id: " + id + "\n"
	}
	return a.write([]byte(head+"data: "), i.Data, []byte("\n\n"))
}

func (a streamAnswer) send(text string) error { return a.write([]byte(text)) }

func (a streamAnswer) write(parts ...[]byte) error {
	if err := a.control.SetWriteDeadline(time.Now().Add(streamWithin)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	for _, text := range parts {
		if _, err := a.w.Write(text); err != nil {
			return err
		}
	}
	return a.control.Flush()
}
