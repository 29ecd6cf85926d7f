package billing

import (
	"encoding/json"
	"math"

	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/internal/plainjson"
)

// plainTerms are terms that encoding/json looks after by itself.
type plainTerms Terms

// MarshalJSON writes the same text as encoding/json would by itself, without
// reflection: it is written for every call, and with every end.
func (t Terms) MarshalJSON() ([]byte, error) {
	return t.appendJSON(make([]byte, 0, 256*(len(t.Routes)+1)))
}

func (t *Terms) appendJSON(dst []byte) (_ []byte, err error) {
	before := "{"
	next := func(name string) {
		dst = append(append(dst, before...), name...)
		before = ","
	}
	if t.Sale != nil {
		next(`"sale":`)
		if dst, err = t.Sale.appendJSON(dst); err != nil {
			return nil, err
		}
	}
	if len(t.Routes) > 0 {
		next(`"routes":[`)
		for i := range t.Routes {
			if i > 0 {
				dst = append(dst, ',')
			}
			if dst, err = t.Routes[i].appendJSON(dst); err != nil {
				return nil, err
			}
		}
		dst = append(dst, ']')
	}
	if t.Base != 0 {
		next(`"base":`)
		dst = appendFX(dst, t.Base)
	}
	if before == "{" {
		dst = append(dst, '{')
	}
	return append(dst, '}'), nil
}

func (r *RouteTerms) appendJSON(dst []byte) (_ []byte, err error) {
	dst = plainjson.AppendText(append(dst, `{"key":`...), r.Key)
	if r.Cost != nil {
		if dst, err = r.Cost.appendJSON(append(dst, `,"cost":`...)); err != nil {
			return nil, err
		}
	}
	if r.Sale != nil {
		if dst, err = r.Sale.appendJSON(append(dst, `,"sale":`...)); err != nil {
			return nil, err
		}
	}
	return append(dst, '}'), nil
}

func (p *Price) appendJSON(dst []byte) (_ []byte, err error) {
	if dst, err = p.Card.AppendJSON(append(dst, `{"card":`...)); err != nil {
		return nil, err
	}
	if p.Deck != 0 {
		dst = plainjson.AppendInt(append(dst, `,"deck":`...), p.Deck)
	}
	if p.Prefix != "" {
		dst = plainjson.AppendText(append(dst, `,"prefix":`...), string(p.Prefix))
	}
	dst = plainjson.AppendInt(append(dst, `,"currency":`...), p.CurrencyID)
	dst = appendFX(append(dst, `,"from":`...), p.From)
	dst = appendFX(append(dst, `,"to":`...), p.To)
	if p.CardCurrencyID != 0 {
		dst = plainjson.AppendInt(append(dst, `,"card_currency":`...), p.CardCurrencyID)
	}
	return append(dst, '}'), nil
}

func appendFX(dst []byte, fx money.FX) []byte {
	dst, _ = fx.AppendText(append(dst, '"')) // a decimal always can be written
	return append(dst, '"')
}

// UnmarshalJSON reads terms: what MarshalJSON has written by hand, all else by
// encoding/json.
func (t *Terms) UnmarshalJSON(b []byte) error {
	var fast Terms
	r := plainjson.NewReader(b)
	if fast.readJSON(r); r.Done() {
		*t = fast
		return nil
	}
	var other plainTerms
	if err := json.Unmarshal(b, &other); err != nil {
		return err
	}
	*t = Terms(other)
	return nil
}

func (t *Terms) readJSON(r *plainjson.Reader) {
	r.Want(`{`)
	if r.Skip(`}`) {
		return
	}
	comma := ``
	if r.Skip(`"sale":`) {
		t.Sale, comma = readPrice(r), `,`
	}
	if r.Skip(comma + `"routes":[`) {
		for comma = `,`; ; {
			t.Routes = append(t.Routes, readRoute(r))
			if r.Failed() || !r.Skip(`,`) {
				break
			}
		}
		r.Want(`]`)
	}
	if r.Skip(comma + `"base":`) {
		t.Base = readFX(r)
	}
	r.Want(`}`)
}

func readRoute(r *plainjson.Reader) (t RouteTerms) {
	r.Want(`{"key":`)
	t.Key = string(r.Text())
	if r.Skip(`,"cost":`) {
		t.Cost = readPrice(r)
	}
	if r.Skip(`,"sale":`) {
		t.Sale = readPrice(r)
	}
	r.Want(`}`)
	return t
}

func readPrice(r *plainjson.Reader) *Price {
	var p Price
	r.Want(`{"card":`)
	p.Card.ReadJSON(r)
	if r.Skip(`,"deck":`) {
		p.Deck = r.Int(math.MinInt64, math.MaxInt64)
	}
	if r.Skip(`,"prefix":`) {
		p.Prefix = e164.Number(r.Text())
	}
	r.Want(`,"currency":`)
	p.CurrencyID = r.Int(math.MinInt64, math.MaxInt64)
	r.Want(`,"from":`)
	p.From = readFX(r)
	r.Want(`,"to":`)
	p.To = readFX(r)
	if r.Skip(`,"card_currency":`) {
		p.CardCurrencyID = r.Int(math.MinInt64, math.MaxInt64)
	}
	r.Want(`}`)
	return &p
}

func readFX(r *plainjson.Reader) (fx money.FX) {
	if text := r.Text(); !r.Failed() && fx.UnmarshalText(text) != nil {
		r.Fail()
	}
	return fx
}
