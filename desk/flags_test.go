package desk_test

import (
	"testing"

	"tandem/desk"
)

// The API calls by their names in JSON what the command line calls by its flags.
func TestFieldErrorInJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"leave --tier away":                     "leave tier away",
		"say --time-zone Europe/Moscow, not -1": "say time_zone Europe/Moscow, not -1",
		"after --from":                          "after from",
		"a -- b, 1--2, --, x--":                 "a -- b, 1--2, --, x--",
		"--map a=b;--raise-percent":             "map a=b;raise_percent",
		"":                                      "",
	} {
		name, got := (&desk.FieldError{Flag: "--raise-percent", Text: text}).JSON()
		if name != "raise_percent" || got != want {
			t.Errorf("%q: %s, %q, want %q", text, name, got, want)
		}
	}
	if name, text := (&desk.FieldError{Flag: "deck", Given: `"x"`, Text: "want one"}).JSON(); name != "deck" || text != `"x": want one` {
		t.Errorf("%s, %s", name, text)
	}
}
