package v1

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"tandem/view"
)

// csvFields are the fields that a row of a table has, in their order: no lists of
// parts, no secrets.
func csvFields(t reflect.Type) (list []reflect.StructField) {
	for _, field := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "" || name == "-" || field.Tag.Get("writeOnly") == "true" || field.Tag.Get("csv") == "-" {
			continue
		}
		list = append(list, field)
	}
	return list
}

func csvCell(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return ""
		}
		return csvCell(v.Elem())
	case reflect.Slice:
		list := make([]string, v.Len())
		for i := range list {
			list[i] = csvCell(v.Index(i))
		}
		return strings.Join(list, " ")
	case reflect.String:
		return view.CellText(v.String())
	default:
		if at, ok := reflect.TypeAssert[time.Time](v); ok {
			return cellTime(at)
		}
		return fmt.Sprint(v.Interface())
	}
}
