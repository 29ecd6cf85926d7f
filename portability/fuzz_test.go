package portability_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"tandem/portability"
)

// says is a service with one answer.
type says struct {
	status int
	body   string
}

func (s says) RoundTrip(*http.Request) (*http.Response, error) {
	return response(s.status, s.body), nil
}

// FuzzAnswer: whatever the service says, a dip ends with the number itself or
// with digits that a plain reader finds in the answer under one of the keys.
func FuzzAnswer(f *testing.F) {
	for _, body := range []string{
		`{"routing_number":"441234500001"}`, `{"lrn":"+12125550100"}`, `{"rn":"0049"}`, `{"routing_number":null}`,
		`{"rn":"1","lrn":"2"}`, `{"rn":"1","lrn":null}`, `{"rn":"\u0031"}`, `{"rn":1}`, `{"RN":"1"}`, `{"rn":"1","rn":"2"}`,
		`{"rn":"D1"}`, `{"rn":"++1"}`, `{}`, `[]`, `null`, ``, `<html>`, `{"rn":"1"} x`, "\xef\xbb\xbf{}", `{"rn":{"rn":"1"}}`,
	} {
		f.Add(200, body)
		f.Add(404, body)
	}
	f.Fuzz(func(t *testing.T, status int, body string) {
		c := patient(enabled(nil, serviceURL))
		c.CacheSize = 1
		a := mustNew(t, c, says{status, body}).Dip(t.Context(), "447700900001")
		switch a.Source {
		case portability.SourceHTTP:
			if status != http.StatusOK || !plainly(body, string(a.Routing)) {
				t.Fatalf("%d %q became %+v", status, body, a)
			}
		case portability.SourceNone:
			if a.Routing != "447700900001" || status != http.StatusNotFound && !strings.Contains(body, "null") {
				t.Fatalf("%d %q became %+v", status, body, a)
			}
		case portability.SourceError:
			if a.Routing != "447700900001" {
				t.Fatalf("%d %q became %+v", status, body, a)
			}
		default:
			t.Fatalf("%d %q became %+v", status, body, a)
		}
	})
}

// plainly reads an answer without any cleverness.
func plainly(body, routing string) bool {
	var object map[string]any
	if len(body) > 4096 || json.Unmarshal([]byte(body), &object) != nil || !regexp.MustCompile(`^[0-9]{1,15}$`).MatchString(routing) {
		return false
	}
	for _, key := range []string{"routing_number", "lrn", "rn"} {
		if v, ok := object[key].(string); ok && strings.TrimPrefix(v, "+") != routing {
			return false
		}
	}
	for _, key := range []string{"routing_number", "lrn", "rn"} {
		if v, ok := object[key].(string); ok && strings.TrimPrefix(v, "+") == routing {
			return true
		}
	}
	return false
}
