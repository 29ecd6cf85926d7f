package rate

import (
	"encoding/json"
	"time"

	"tandem/internal/money"
)

// ModelJSON is Card.AppendJSON as encoding/json does it.
func ModelJSON(c *Card) ([]byte, error) {
	out := cardJSON{Rates: make([]rateJSON, len(c.Rates))}
	if z := c.zone(); z != time.UTC && c.hasWindow() {
		out.Zone = z.String()
	}
	for i := range c.Rates {
		out.Rates[i] = toJSON(&c.Rates[i])
	}
	return json.Marshal(out)
}

func toJSON(r *Rate) rateJSON {
	out := rateJSON{
		Price: decimalRate(r.PerMinute), First: r.First, Next: r.Next,
		Fee: decimalAmount(r.ConnectionFee), Minimum: decimalAmount(r.Minimum), Attempt: decimalAmount(r.AttemptFee),
		Grace: r.Grace, Free: r.Free, From: r.From.UTC(), To: r.To.UTC(),
		Days: r.Window.Days, Start: r.Window.Start, End: r.Window.End,
	}
	for _, s := range r.Steps {
		if s.After != 0 {
			out.Steps = append(out.Steps, stepJSON{s.After, decimalRate(s.PerMinute)})
		}
	}
	return out
}

func (r decimalRate) MarshalText() ([]byte, error) {
	return []byte(trimZeros(money.Rate(r).String())), nil
}

func (a decimalAmount) MarshalText() ([]byte, error) {
	return []byte(trimZeros(money.Amount(a).String())), nil
}
