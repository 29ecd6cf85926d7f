package quality_test

import (
	"reflect"
	"testing"

	"tandem/quality"
)

// Whatever Merge adds, Remove takes away, also what measures may get later.
func TestRemoveIsWhatMergeWas(t *testing.T) {
	t.Parallel()
	var part quality.Measures
	n := int64(0)
	var fill func(v reflect.Value)
	fill = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Int64:
			n++
			v.SetInt(n)
		case reflect.Array:
			for i := range v.Len() {
				fill(v.Index(i))
			}
		case reflect.Struct:
			for _, field := range v.Fields() {
				fill(field)
			}
		default:
			t.Fatalf("%s is no sum", v.Type())
		}
	}
	fill(reflect.ValueOf(&part).Elem())
	whole := part
	whole.Merge(&part)
	if whole == part {
		t.Fatal("nothing was added")
	}
	if whole.Remove(&part); whole != part {
		t.Errorf("%+v, want %+v", whole, part)
	}
}
