package v1_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"tandem/api/access"
	v1 "tandem/api/v1"
)

// schema is what the document says of a value, as far as abuse needs it.
type schema struct {
	Ref        string             `json:"$ref"`
	Type       any                `json:"type"`
	Format     string             `json:"format"`
	Enum       []any              `json:"enum"`
	Properties map[string]*schema `json:"properties"`
	Required   []string           `json:"required"`
	Items      *schema            `json:"items"`
	ReadOnly   bool               `json:"readOnly"`
	MinLength  int                `json:"minLength"`
	MinItems   int                `json:"minItems"`
}

func (s *schema) is(kind string) bool {
	list, several := s.Type.([]any)
	return s.Type == kind || several && slices.Contains(list, any(kind))
}

// described is an operation as its document says how to use it.
type described struct {
	v1.Operation

	Parameters []struct {
		Name, In string
		Required bool
		Schema   schema
	}
	RequestBody struct {
		Content map[string]struct{ Schema *schema }
	}

	body *schema // what its JSON body is; nil: it has none
}

func (o *described) has(name string) bool {
	for _, p := range o.Parameters {
		if p.Name == name {
			return true
		}
	}
	return false
}

// abused is a house whose every operation is abused by an administrator.
type abused struct {
	*exchange

	ops      []*described
	schemas  map[string]*schema
	admin    *client
	customer *client                   // for what administrators have none of
	bodies   map[string]map[string]any // of things that are there, by the path of one
	ids      map[string]string         // of the first thing of a list, by its path
}

func newAbused(t *testing.T) *abused {
	t.Helper()
	x := &abused{exchange: newExchange(t), bodies: map[string]map[string]any{}, ids: map[string]string{}}
	x.seed()
	x.admin, x.customer = x.session(access.Admin), x.session(access.Customer)
	var doc struct {
		Paths      map[string]map[string]*described
		Components struct{ Schemas map[string]*schema }
	}
	text, err := x.api.OpenAPI()
	if err == nil {
		err = json.Unmarshal(text, &doc)
	}
	if err != nil {
		t.Fatal(err)
	}
	x.schemas = doc.Components.Schemas
	for _, op := range operations(t, x.api) {
		o := doc.Paths[op.Path][strings.ToLower(op.Method)]
		o.Operation = op
		if content, ok := o.RequestBody.Content["application/json"]; ok {
			o.body = x.deref(content.Schema)
		}
		x.ops = append(x.ops, o)
	}
	return x
}

func (x *abused) deref(s *schema) *schema {
	for s != nil && s.Ref != "" {
		s = x.schemas[s.Ref[strings.LastIndex(s.Ref, "/")+1:]]
	}
	return s
}

// first is the id of the first thing of a list; empty: there is none.
func (x *abused) first(list string) string {
	if id, known := x.ids[list]; known {
		return id
	}
	var page struct{ Items []map[string]any }
	if a := x.admin.get(list); a.status == http.StatusOK {
		_ = json.Unmarshal(a.body, &page) // no list: no items
	}
	x.ids[list] = ""
	if len(page.Items) > 0 {
		for _, name := range []string{"id", "call_id", "currency", "posting"} {
			if v, ok := page.Items[0][name]; ok && x.ids[list] == "" {
				x.ids[list] = fmt.Sprint(v)
			}
		}
	}
	return x.ids[list]
}

var parameter = regexp.MustCompile(`/?\{[^}]*\}.*`)

// path is where the operation finds a thing that is there.
func (x *abused) path(o *described) string {
	at := strings.Index(o.Path, "{")
	if at < 0 {
		return o.Path
	}
	id := x.first(parameter.ReplaceAllString(o.Path, ""))
	if id == "" {
		id = "1"
	}
	return o.Path[:at] + id + o.Path[strings.Index(o.Path, "}")+1:]
}

// sample is a body that the operation might take: of a thing that is there, or made
// from what the document says.
func (x *abused) sample(o *described) map[string]any {
	list := parameter.ReplaceAllString(o.Path, "")
	if id := x.first(list); id != "" && (o.Path == list || o.Path == list+"/{id}") {
		one := list + "/" + id
		if x.bodies[one] == nil {
			body := map[string]any{}
			if a := x.admin.get(one); a.status == http.StatusOK && json.Unmarshal(a.body, &body) == nil {
				x.bodies[one] = body
			}
		}
		body := map[string]any{}
		for name, v := range x.bodies[one] {
			if p := o.body.Properties[name]; p != nil && !p.ReadOnly {
				body[name] = v
			}
		}
		if len(body) > 0 {
			return body
		}
	}
	body := map[string]any{}
	for _, name := range o.body.Required {
		if p := o.body.Properties[name]; !p.ReadOnly {
			body[name] = x.value(name, x.deref(p))
		}
	}
	return body
}

func (x *abused) value(name string, s *schema) any {
	if list, ok := strings.CutSuffix(name, "_id"); ok {
		for _, path := range []string{"/" + list + "s", "/" + strings.TrimSuffix(list, "y") + "ies"} {
			if id := json.Number(x.first(path)); id != "" {
				return id
			}
		}
	}
	switch {
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Format == "date-time":
		return "2026-01-01T00:00:00Z"
	case s.is("integer"), s.is("number"):
		return 1
	case s.is("boolean"):
		return true
	case s.is("array"):
		return []any{x.value("", x.deref(s.Items))}
	case s.is("object"):
		return map[string]any{}
	case strings.Contains(name, "amount"), strings.Contains(name, "per_"):
		return "1.5"
	}
	return "abc" + strings.Repeat("1", max(1, s.MinLength))
}

// with is a body with one property changed.
func with(body map[string]any, name string, value any) map[string]any {
	body = maps.Clone(body)
	body[name] = value
	return body
}

// insides are what no answer may show: stacks, files, types and errors of the
// program, of its libraries and of its database.
var insides = regexp.MustCompile(`goroutine \d|\.go:\d|panic|runtime error|Go (struct|value|type)|` +
	`\b(strconv|json|sql|huma|db|v1|view|desk|access|routing|billing|callflow|money|url|time|net|strings|base64|netip|mysql)\.[A-Z]\w+|` +
	`Error \d{4}|SQL syntax|SQLSTATE|information_schema|0x[0-9a-f]{6,}|illegal base64|/(home|root)/`)

// clean wants an answer that is none of ours to be ashamed of, whatever was asked.
func (x *abused) clean(t *testing.T, a answer, sent any) {
	t.Helper()
	kind := a.header.Get("Content-Type")
	switch {
	case a.status >= 500 && a.status != http.StatusServiceUnavailable || a.status == http.StatusServiceUnavailable && a.header.Get("Retry-After") == "" && !strings.Contains(string(a.body), "node"):
		t.Errorf("%s with %.200v: %d %s", a.asked, sent, a.status, a.body)
	case strings.Contains(kind, "html"):
		t.Errorf("%s: answered as %s", a.asked, kind)
	case a.status >= 400 && kind != "application/problem+json":
		t.Errorf("%s: %d refused as %q", a.asked, a.status, kind)
	}
	if a.status >= 400 {
		if inside := insides.Find(a.body); inside != nil {
			t.Errorf("%s with %.200v: tells %q of our insides: %s", a.asked, sent, inside, a.body)
		}
	}
}

// blamed says whether a refusal names a place.
func blamed(a answer, place string) bool {
	var p struct {
		Errors []struct{ Location, Message string }
	}
	if json.Unmarshal(a.body, &p) != nil {
		return false
	}
	for _, e := range p.Errors {
		if strings.HasPrefix(e.Location, place) && e.Message != "" {
			return true
		}
	}
	return false
}
