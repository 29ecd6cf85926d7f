package main

import (
	"strings"
	"testing"

	"tandem/geo"
)

// newPlaces says where numbers are from.
func newPlaces(t *testing.T) func(number string) geo.Place {
	t.Helper()
	atlas, err := geo.New(0)
	if err != nil {
		t.Fatal(err)
	}
	return atlas.Place
}

func TestPlaceCommand(t *testing.T) {
	t.Parallel()
	place := func(args ...string) (string, error) {
		var out, errOut strings.Builder
		err := run(t.Context(), append([]string{"place"}, args...), &out, &errOut)
		return out.String(), err
	}
	text, err := place("+44 20 3807-0121", "79161234567", "--lang", "ru", "--quiet", "00:00-23:59")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"442038070121", "GB Великобритания", "London", "fixed", "RU Россия", "mobile", " to "} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if text, err = place("--json", "88001234567"); err != nil || !strings.Contains(text, `"number": "88001234567"`) || !strings.Contains(text, `"known": false`) {
		t.Errorf("%v\n%s", err, text)
	}
	for _, args := range [][]string{{"12a4"}, {"442038070121", "--quiet", "22"}, {"442038070121", "--quiet", "22:00-22:00"}, {"--", "-442038070121"}, {"442038070121", "--quiet", "25:00-08:00"}, {"442038070121", "--lang", "de"}, {}} {
		if text, err := place(args...); err == nil {
			t.Errorf("%v: %s", args, text)
		}
	}
}
