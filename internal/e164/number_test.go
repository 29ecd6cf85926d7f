package e164_test

import (
	"errors"
	"strings"
	"testing"

	"tandem/internal/e164"
)

func TestNormalise(t *testing.T) {
	t.Parallel()
	russia := mustRules(t, "RU", "810", "8")
	britain := mustRules(t, "gb", "00", "0")
	for _, c := range []struct {
		name    string
		rules   e164.DialRules
		dialled string
		want    e164.Number
		err     error
	}{
		{"plus", russia, "+442038070121", "442038070121", nil},
		{"international prefix beats trunk prefix", russia, "810442038070121", "442038070121", nil},
		{"trunk prefix", russia, "84957777777", "74957777777", nil},
		{"full number", russia, "74957777777", "74957777777", nil},
		{"other country's habits", britain, "02038070121", "442038070121", nil},
		{"00 is international, not trunk", britain, "0074957777777", "74957777777", nil},
		{"no rules", e164.DialRules{}, "442038070121", "442038070121", nil},
		{"nothing", russia, "", "", e164.ErrEmpty},
		{"only a plus", russia, "+", "", e164.ErrEmpty},
		{"only the trunk prefix", russia, "8", "", e164.ErrEmpty},
		{"extension", russia, "101", "", e164.ErrShort},
		{"sixteen digits", russia, "+1234567890123456", "", e164.ErrLong},
		{"letters", russia, "+44abc1234567", "", e164.ErrSyntax},
		{"no country code begins with 0", e164.DialRules{}, "02038070121", "", e164.ErrSyntax},
		{"line end", russia, "7495777\n7777", "", e164.ErrSyntax},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := c.rules.Normalise(c.dialled)
			if got != c.want || !errors.Is(err, c.err) {
				t.Fatalf("Normalise(%q) = %q, %v; want %q, %v", c.dialled, got, err, c.want, c.err)
			}
		})
	}
}

func TestNewDialRulesNamesTheField(t *testing.T) {
	t.Parallel()
	if _, err := e164.NewDialRules("XX", "00", "0"); !errors.Is(err, e164.ErrCountry) {
		t.Fatalf("country XX: %v", err)
	}
	if _, err := e164.NewDialRules("GB", "0a", "0"); err == nil || !strings.Contains(err.Error(), "international prefix") {
		t.Fatalf("prefix 0a: %v", err)
	}
}

// Whatever is dialled, the result is an E.164 number or an error.
func FuzzNormalise(f *testing.F) {
	for _, s := range []string{"+74957777777", "84957777777", "81044203", "0", "+", "8%0A", "１２３４５６７８"} {
		f.Add(s)
	}
	rules, err := e164.NewDialRules("RU", "810", "8")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, dialled string) {
		n, err := rules.Normalise(dialled)
		if err != nil {
			return
		}
		if len(n) < e164.MinDigits || len(n) > e164.MaxDigits || strings.Trim(string(n), "0123456789") != "" {
			t.Fatalf("%q became %q", dialled, n)
		}
	})
}

func mustRules(t *testing.T, country, international, trunk string) e164.DialRules {
	t.Helper()
	rules, err := e164.NewDialRules(country, international, trunk)
	if err != nil {
		t.Fatal(err)
	}
	return rules
}
