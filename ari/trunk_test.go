package ari_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"tandem/ari"
)

func TestParseTrunk(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][2]int64{
		"trunk-11-35": {11, 35}, "trunk-1-9223372036854775807": {1, 9223372036854775807},
		"trunk-11": {}, "westcall": {}, "moscow-101": {}, "trunk-": {}, "trunk--": {}, "trunk-11-": {}, "trunk-11-35-1": {}, "trunk--11-35": {},
		"trunk-011-35": {}, "trunk-11-+35": {}, "trunk-0-1": {}, "trunk-a-b": {}, "Trunk-11-35": {}, "trunk-9223372036854775808-1": {}, "": {},
	} {
		provider, address, ok := ari.ParseTrunk(name)
		if provider != want[0] || address != want[1] || ok != (want[0] != 0) {
			t.Errorf("%q: %d, %d, %v", name, provider, address, ok)
		}
	}
}

func TestParseTrunkReadsEveryName(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p, a := rapid.Int64Min(1).Draw(t, "provider"), rapid.Int64Min(1).Draw(t, "address")
		if provider, address, ok := ari.ParseTrunk(fmt.Sprintf("trunk-%d-%d", p, a)); !ok || provider != p || address != a {
			t.Errorf("%d, %d, %v", provider, address, ok)
		}
	})
}
