package rate_test

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"

	"tandem/billing/rate"
	"tandem/internal/plainjson"
)

// TestCardJSONIsThatOfTheLibrary: written by hand and read by hand, cards are
// what encoding/json makes of them.
func TestCardJSONIsThatOfTheLibrary(t *testing.T) {
	t.Parallel()
	s, places := plainSource(rand.New(rand.NewPCG(1, 2))), zones(t)
	for range 20_000 {
		card := draw(s, places).card
		want, err := rate.ModelJSON(&card)
		if err != nil {
			t.Fatal(err)
		}
		got, err := card.AppendJSON(nil)
		if err != nil || string(got) != string(want) {
			t.Fatalf("%v\n got %s\nwant %s", err, got, want)
		}
		if !sameCard(t, got) {
			t.Fatalf("not read by hand: %s", got)
		}
	}
}

// FuzzCardRead: what is read by hand is what encoding/json reads.
func FuzzCardRead(f *testing.F) {
	for _, text := range []string{
		`{"rates":[{"price":"0.0125","first":60,"next":60}]}`,
		`{"zone":"Europe/London","rates":[{"price":"1","first":1,"next":1,"fee":"0.5","min":"1","attempt":"0.1","grace":3,"free":10,` +
			`"steps":[{"after":300,"price":"0.5"}],"from":"2026-01-01T00:00:00Z","to":"2027-01-01T00:00:00.5Z","days":31,"start":480,"end":1200}]}`,
		`{"rates":[{"price":"0.1","first":99999999999,"next":-1}]}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) { sameCard(t, text) })
}

// sameCard says whether a text is read by hand; then the library has to read the
// same.
func sameCard(t *testing.T, text []byte) bool {
	t.Helper()
	var fast, slow rate.Card
	r := plainjson.NewReader(text)
	if fast.ReadJSON(r); !r.Done() {
		return false
	}
	if err := json.Unmarshal(text, &slow); err != nil || !reflect.DeepEqual(fast, slow) {
		t.Errorf("%s\nby hand   %+v\nlibrary %+v, %v", text, fast, slow, err)
	}
	return true
}
