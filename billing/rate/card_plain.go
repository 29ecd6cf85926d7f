package rate

import (
	"bytes"
	"math"
	"time"

	"tandem/internal/money"
	"tandem/internal/plainjson"
)

// AppendJSON adds the card as MarshalJSON writes it. It is written by hand: every
// call keeps a card for each of its routes.
func (c *Card) AppendJSON(dst []byte) (_ []byte, err error) {
	dst = append(dst, '{')
	if z := c.zone(); z != time.UTC && c.hasWindow() {
		dst = append(plainjson.AppendText(append(dst, `"zone":`...), z.String()), ',')
	}
	dst = append(dst, `"rates":[`...)
	for i := range c.Rates {
		if i > 0 {
			dst = append(dst, ',')
		}
		if dst, err = c.Rates[i].appendJSON(dst); err != nil {
			return nil, err
		}
	}
	return append(dst, ']', '}'), nil
}

func (r *Rate) appendJSON(dst []byte) (_ []byte, err error) {
	number := func(name string, v int64) {
		if v != 0 {
			dst = plainjson.AppendInt(append(dst, name...), v)
		}
	}
	amount := func(name string, v money.Amount) {
		if v != 0 {
			dst = appendTrimmed(append(dst, name...), v)
		}
	}
	moment := func(name string, t time.Time) {
		if t = t.UTC(); t.IsZero() || err != nil {
			return
		}
		if dst, err = t.AppendText(append(append(dst, name...), '"')); err == nil {
			dst = append(dst, '"')
		}
	}
	dst = appendTrimmed(append(dst, `{"price":`...), r.PerMinute)
	dst = plainjson.AppendInt(append(dst, `,"first":`...), int64(r.First))
	dst = plainjson.AppendInt(append(dst, `,"next":`...), int64(r.Next))
	amount(`,"fee":`, r.ConnectionFee)
	amount(`,"min":`, r.Minimum)
	amount(`,"attempt":`, r.AttemptFee)
	number(`,"grace":`, int64(r.Grace))
	number(`,"free":`, int64(r.Free))
	dst = appendSteps(dst, &r.Steps)
	moment(`,"from":`, r.From)
	moment(`,"to":`, r.To)
	number(`,"days":`, int64(r.Window.Days))
	number(`,"start":`, int64(r.Window.Start))
	number(`,"end":`, int64(r.Window.End))
	return append(dst, '}'), err
}

func appendSteps(dst []byte, steps *[MaxSteps]Step) []byte {
	before := `,"steps":[`
	for _, s := range steps {
		if s.After == 0 {
			continue
		}
		dst = plainjson.AppendInt(append(append(dst, before...), `{"after":`...), int64(s.After))
		dst = append(appendTrimmed(append(dst, `,"price":`...), s.PerMinute), '}')
		before = ","
	}
	if before == "," {
		dst = append(dst, ']')
	}
	return dst
}

// appendTrimmed adds a decimal as a string without zeros at its end.
func appendTrimmed(dst []byte, v interface {
	AppendText(dst []byte) ([]byte, error)
},
) []byte {
	dst, _ = v.AppendText(append(dst, '"')) // a decimal always can be written
	dst = bytes.TrimSuffix(bytes.TrimRight(dst, "0"), []byte("."))
	return append(dst, '"')
}

// ReadJSON reads a card in the very form of AppendJSON. It makes the reader fail
// when there is another form, or a card that UnmarshalJSON would refuse.
func (c *Card) ReadJSON(r *plainjson.Reader) {
	var out Card
	r.Want(`{`)
	if r.Skip(`"zone":`) {
		zone, err := loadZone(string(r.Text()))
		if err != nil {
			r.Fail()
		}
		out.Zone = zone
		r.Want(`,`)
	}
	r.Want(`"rates":[`)
	for {
		out.Rates = append(out.Rates, readRate(r))
		if r.Failed() || !r.Skip(`,`) {
			break
		}
	}
	if r.Want(`]}`); !r.Failed() {
		*c = out
	}
}

func readRate(r *plainjson.Reader) (v Rate) {
	decimal := func(into interface{ UnmarshalText(b []byte) error }) {
		if text := r.Text(); !r.Failed() && into.UnmarshalText(text) != nil {
			r.Fail()
		}
	}
	number := func(name string, most int64) int64 {
		if !r.Skip(name) {
			return 0
		}
		return r.Int(math.MinInt32, most)
	}
	optional := func(name string, into interface{ UnmarshalText(b []byte) error }) {
		if r.Skip(name) {
			decimal(into)
		}
	}
	r.Want(`{"price":`)
	decimal(&v.PerMinute)
	r.Want(`,"first":`)
	v.First = int32(r.Int(0, maxIncrement))
	r.Want(`,"next":`)
	v.Next = int32(r.Int(0, maxIncrement))
	optional(`,"fee":`, &v.ConnectionFee)
	optional(`,"min":`, &v.Minimum)
	optional(`,"attempt":`, &v.AttemptFee)
	v.Grace = int32(number(`,"grace":`, maxGrace))
	v.Free = int32(number(`,"free":`, maxFree))
	readSteps(r, &v.Steps)
	optional(`,"from":`, &v.From)
	optional(`,"to":`, &v.To)
	v.From, v.To = v.From.UTC(), v.To.UTC()
	v.Window.Days = uint8(number(`,"days":`, math.MaxUint8))
	v.Window.Start = uint16(number(`,"start":`, math.MaxUint16))
	v.Window.End = uint16(number(`,"end":`, math.MaxUint16))
	if r.Want(`}`); !r.Failed() && v.Validate() != nil {
		r.Fail()
	}
	return v
}

func readSteps(r *plainjson.Reader, steps *[MaxSteps]Step) {
	if !r.Skip(`,"steps":[`) {
		return
	}
	for i := range steps {
		r.Want(`{"after":`)
		steps[i].After = int32(r.Int(0, math.MaxInt32))
		r.Want(`,"price":`)
		if text := r.Text(); !r.Failed() && steps[i].PerMinute.UnmarshalText(text) != nil {
			r.Fail()
		}
		if r.Want(`}`); !r.Skip(`,`) {
			break
		}
	}
	r.Want(`]`)
}
