package v1

import (
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// schemaName names a type in the OpenAPI document. Those of calls in progress
// begin with Live: a call and an account are other things there than in the books.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if strings.HasSuffix(t.PkgPath(), "api/live") && !strings.HasPrefix(name, "Live") {
		return "Live" + name
	}
	if strings.HasSuffix(t.PkgPath(), "billing/fx") && !strings.HasPrefix(name, "FX") {
		return "FX" + name
	}
	return name
}
