package v1

import (
	"errors"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"tandem/db"
)

// filtersOf are the query parameters of an input that were given, but for those
// of Listing.
func filtersOf(in any) map[string]any {
	filters := map[string]any{}
	v := reflect.Indirect(reflect.ValueOf(in))
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("query")
		if name != "" && !v.Field(i).IsZero() {
			filters[name] = v.Field(i).Interface()
		}
	}
	return filters
}

// inQuery blames a query parameter for what is wrong.
func inQuery(err error) error {
	if field, ok := errors.AsType[*db.FieldError](err); ok {
		return huma.NewError(http.StatusUnprocessableEntity, "validation failed", &huma.ErrorDetail{Location: "query." + field.Field, Message: field.Text})
	}
	return err
}
