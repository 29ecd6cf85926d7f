package billing_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tandem/billing"
	"tandem/billing/rate"
	"tandem/internal/e164"
	"tandem/internal/money"
)

// libraryTerms are terms without their own methods.
type libraryTerms billing.Terms

func drawPrice(t *rapid.T) *billing.Price {
	if !rapid.Bool().Draw(t, "price") {
		return nil
	}
	id := rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(-1e12, 1e12))
	p := billing.Price{
		Deck: id.Draw(t, "deck"), Prefix: e164.Number(rapid.StringMatching(`[0-9]{0,15}`).Draw(t, "prefix")), CurrencyID: id.Draw(t, "currency"),
		CardCurrencyID: id.Draw(t, "currency"), From: money.FX(rapid.Int64Range(1, 1e14).Draw(t, "from")), To: money.FX(rapid.Int64Range(1, 1e14).Draw(t, "to")),
	}
	for range rapid.IntRange(1, 3).Draw(t, "rates") {
		p.Card.Rates = append(p.Card.Rates, rate.Rate{
			PerMinute: money.Rate(rapid.Int64Range(0, 1e12).Draw(t, "per minute")), First: rapid.Int32Range(1, 3600).Draw(t, "first"),
			Next: rapid.Int32Range(1, 3600).Draw(t, "next"), ConnectionFee: money.Amount(rapid.Int64Range(0, 1e9).Draw(t, "fee")),
			From: time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "valid from"), 0).UTC(),
		})
	}
	return &p
}

func drawTerms(t *rapid.T) billing.Terms {
	terms := billing.Terms{Sale: drawPrice(t), Base: money.FX(rapid.Int64Range(0, 1e12).Draw(t, "base"))}
	for range rapid.IntRange(0, 3).Draw(t, "routes") {
		terms.Routes = append(terms.Routes, billing.RouteTerms{
			Key:  rapid.OneOf(rapid.StringMatching(`[0-9]+[.][cnp][.][ag][0-9]+`), rapid.String()).Draw(t, "key"),
			Cost: drawPrice(t), Sale: drawPrice(t),
		})
	}
	return terms
}

// TestTermsJSONIsThatOfTheLibrary: the same text, and the same terms read again.
func TestTermsJSONIsThatOfTheLibrary(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		terms := drawTerms(t)
		want, err := json.Marshal(libraryTerms(terms))
		if err != nil {
			t.Fatal(err)
		}
		got, err := json.Marshal(&terms)
		if err != nil || string(got) != string(want) {
			t.Fatalf("%v\n got %s\nwant %s", err, got, want)
		}
		sameTerms(t, got)
	})
}

// FuzzTermsRead: whatever is read, by hand or not, is what encoding/json reads.
func FuzzTermsRead(f *testing.F) {
	for _, text := range []string{
		`{}`, `null`, `{"base":"1.00000000"}`, `{"routes":[]}`, ` {"sale":null}`,
		`{"sale":{"card":{"rates":[{"price":"0.6","first":1,"next":1}]},"currency":156,"from":"1.00000000","to":"1.00000000"},` +
			`"routes":[{"key":"7.c.g8","cost":{"card":{"rates":[{"price":"0.3","first":60,"next":60}]},"deck":3,"prefix":"7495","currency":122,` +
			`"from":"1.16000000","to":"1.16000000","card_currency":122}}],"base":"1.00000000"}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) { sameTerms(t, text) })
}

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

func sameTerms(t fataler, text []byte) {
	t.Helper()
	var ours billing.Terms
	var library libraryTerms
	err, libraryErr := json.Unmarshal(text, &ours), json.Unmarshal(text, &library)
	if (err == nil) != (libraryErr == nil) || err == nil && !reflect.DeepEqual(ours, billing.Terms(library)) {
		t.Fatalf("%s\nours    %+v, %v\nlibrary %+v, %v", text, ours, err, library, libraryErr)
	}
}

func BenchmarkTermsJSON(b *testing.B) {
	terms := benchTerms(5)
	text, err := json.Marshal(&terms)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("write", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := terms.MarshalJSON(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("read", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var t billing.Terms
			if err := t.UnmarshalJSON(text); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("library/write", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal((*libraryTerms)(&terms)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("library/read", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var t libraryTerms
			if err := json.Unmarshal(text, &t); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func benchTerms(routes int) billing.Terms {
	price := func() *billing.Price {
		return &billing.Price{
			Card: rate.Card{Rates: []rate.Rate{{PerMinute: 1_500_000, First: 60, Next: 60}}}, Deck: 11, Prefix: "7495", CurrencyID: 156, CardCurrencyID: 156,
			From: 1e8, To: 1e8,
		}
	}
	t := billing.Terms{Sale: price(), Base: 1e8}
	for range routes {
		t.Routes = append(t.Routes, billing.RouteTerms{Key: "7.c.g8", Cost: price()})
	}
	return t
}
