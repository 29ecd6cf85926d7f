package v1

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"
	"github.com/rs/zerolog"

	"tandem/api/access"
	"tandem/api/stream"
	"tandem/db"
	"tandem/desk"
	"tandem/internal/calllog"
	"tandem/routing"
)

// Config is what the API works with.
type Config struct {
	DB      *db.DB
	Guard   *access.Guard // lets people in and out; nil for the document alone
	Version string
	Node    string
	Log     zerolog.Logger
	// Rendered makes the configuration of a server, secrets masked, by the names
	// of its files; nil: this node cannot.
	Rendered func(server string) (map[string]string, error)
	Live     *Live       // calls in progress; nil: not shown
	Stream   *stream.Hub // of NewStream; nil: there is none
	// StreamCheck is how often a stream asks whether its listener may still; 0: 10 s.
	StreamCheck time.Duration
	// HeavyWithin is how long a heavy operation waits for its place; 0: 5 s.
	HeavyWithin time.Duration
	Overviews   *Overviews               // of NewOverviews; nil: there is none
	Facts       func() Facts             // how this node is; nil: not known
	Servers     func() []*routing.Server // in the order of their ids; nil: none
	Currency    string                   // base currency, ISO 4217
	// Progress tells listeners the whole state of a job, topic import:ID or
	// replay:ID; nil: nobody listens.
	Progress func(topic string, state any)
	Snapshot func() *routing.Snapshot           // for names in the reasons of calls; nil: not told
	Desk     *desk.Desk                         // explains, compares, publishes
	Jobs     *desk.Jobs                         // imports and replays; Run must run somewhere
	CallLog  func(callID string) []calllog.Line // last log lines of a call; nil: none
	// AlarmTest sends a test to a channel and waits; nil: this node sends nothing.
	AlarmTest func(ctx context.Context, channel int64) (db.AlarmDelivery, error)
}

// Prefix is where the API is served.
const Prefix = "/api/v1"

// door is the API while it is put together.
type door struct {
	Config
	router chi.Router
	api    huma.API
	rules  map[string]access.Rule // by operation id

	streams   perUser
	listening perUser // to topics
	places    *places // of heavy operations
	dips      perMinute
}

// New makes the API. Mount it at Prefix, behind access.Guard.Identify.
func New(c Config) (http.Handler, *Description) {
	strictNames()
	router := chi.NewRouter()
	d := &door{Config: c, router: router, rules: map[string]access.Rule{}, places: newPlaces(cmp.Or(c.HeavyWithin, heavyWithin))}
	config := huma.DefaultConfig("Tandem", c.Version)
	config.DocsPath, config.SchemasPath, config.OpenAPIPath = "", "", ""
	config.CreateHooks = nil // $schema links in every answer
	config.RejectUnknownQueryParameters = true
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	config.Servers = []*huma.Server{{URL: Prefix}}
	config.Transformers = []huma.Transformer{hideValues}
	d.api = humachi.New(router, config)
	router.Use(forPeople)
	router.NotFound(notFound)
	router.MethodNotAllowed(methodNotAllowed)
	for _, part := range parts() {
		part(d)
	}
	return router, &Description{api: d.api, rules: d.rules}
}

// strictNames lets huma check the very fields that the decoder takes. Else a body
// could have a field twice, in two spellings: one checked, the other taken.
var strictNames = sync.OnceFunc(func() { huma.ValidateStrictCasing = true }) //nolint:gochecknoglobals // huma has it for the whole process

// parts are the API as a list one can read.
func parts() []func(*door) {
	return []func(*door){
		providers, addresses, gates, servers, numbers, numbersTogether, policies, routeRules, subscribers, currencies, firewall,
		calls, attempts, qualityReports, placesOfNumbers, accounts, wholeAccounts, ledger, exchange, mine,
		session,
		secondFactor,
		setup,
		users,
		keys,
		auditLog,
		liveCalls, events, overview, search, health,
		decks, tariffs, imports, simulate, replays,
		alarmRules, tryAlarms, alarms,
	}
}

// Description is what there is: the OpenAPI document and who may use what.
type Description struct {
	api   huma.API
	rules map[string]access.Rule
}

// OpenAPI returns the document as JSON.
func (d *Description) OpenAPI() ([]byte, error) { return d.api.OpenAPI().MarshalJSON() }

// Operation is one that the API has.
type Operation struct {
	ID, Method, Path string
	Rule             access.Rule
	Ruled            bool // it has a rule
	Heavy            bool // few of it are done at the same time
}

// Operations lists all that the document knows.
func (d *Description) Operations() []Operation {
	var list []Operation
	for path, item := range d.api.OpenAPI().Paths {
		for method, op := range map[string]*huma.Operation{
			http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodPatch: item.Patch, http.MethodDelete: item.Delete,
		} {
			if op != nil {
				rule, ok := d.rules[op.OperationID]
				list = append(list, Operation{ID: op.OperationID, Method: method, Path: path, Rule: rule, Ruled: ok, Heavy: heavy(op.OperationID)})
			}
		}
	}
	return list
}

// handle adds an operation. Who may use it is its rule's to say.
func handle[I, O any](d *door, rule access.Rule, op huma.Operation, handler func(context.Context, *I) (*O, error)) {
	d.rules[op.OperationID] = rule
	before := huma.Middlewares{d.allowed(rule)}
	if heavy(op.OperationID) {
		before = append(before, d.bounded(op.OperationID))
	}
	op.Middlewares = append(before, op.Middlewares...)
	huma.Register(d.api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handler(ctx, in)
		if err != nil {
			return nil, d.problem(slowDeed(op.Method, err))
		}
		return out, nil
	})
}

// handleRaw adds an operation that streams its answer: a download, server-sent
// events. op describes it.
func handleRaw(d *door, rule access.Rule, op huma.Operation, handler http.HandlerFunc) {
	d.rules[op.OperationID] = rule
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{"200": {Description: "OK"}}
	}
	d.api.OpenAPI().AddOperation(&op)
	if heavy(op.OperationID) {
		handler = d.boundedRaw(op.OperationID, handler)
	}
	d.router.Method(op.Method, op.Path, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if status, text := refusal(rule, access.From(r.Context())); status != 0 {
			writeProblem(w, status, text)
			return
		}
		handler(w, r)
	}))
}

// forPeople keeps what the API does out of the way of calls.
func forPeople(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(db.ForPeople(r.Context())))
	})
}

// allowed lets those in whom the rule lets in.
func (d *door) allowed(rule access.Rule) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		if status, text := refusal(rule, access.From(ctx.Context())); status != 0 {
			_ = huma.WriteErr(d.api, ctx, status, text)
			return
		}
		next(ctx)
	}
}

func refusal(rule access.Rule, p access.Principal) (status int, text string) {
	switch {
	case rule.Allows(p):
		return 0, ""
	case !p.Known():
		return http.StatusUnauthorized, "sign in, or send a key: Authorization: Bearer …"
	case p.KeyID != 0 && rule.Session:
		return http.StatusForbidden, "no key may do this; sign in"
	case p.KeyID != 0:
		return http.StatusForbidden, "this key may not do this; it needs the scope " + string(rule.Area) + ":" + verb(rule.Write)
	}
	return http.StatusForbidden, "the role " + string(p.Role) + " may not do this; needed: " + names(rule.Roles)
}

func verb(write bool) string {
	if write {
		return "write"
	}
	return "read"
}

func names(roles []access.Role) string {
	list := make([]string, len(roles))
	for i, r := range roles {
		list[i] = string(r)
	}
	return strings.Join(list, ", ")
}
