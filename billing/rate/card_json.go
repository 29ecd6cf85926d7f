package rate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"tandem/internal/money"
)

// cardJSON is a card as it is stored with every call in progress: what is zero
// is left out, decimals are strings without zeros at the end.
//
//	{"rates":[{"price":"0.0125","first":60,"next":60}]}
type cardJSON struct {
	Zone  string     `json:"zone,omitempty"` // IANA name; left out: UTC, or nothing depends on it
	Rates []rateJSON `json:"rates"`
}

type rateJSON struct {
	Price   decimalRate   `json:"price"`
	First   int32         `json:"first"`
	Next    int32         `json:"next"`
	Fee     decimalAmount `json:"fee,omitzero"`
	Minimum decimalAmount `json:"min,omitzero"`
	Attempt decimalAmount `json:"attempt,omitzero"`
	Grace   int32         `json:"grace,omitzero"`
	Free    int32         `json:"free,omitzero"`
	Steps   []stepJSON    `json:"steps,omitempty"`
	From    time.Time     `json:"from,omitzero"`
	To      time.Time     `json:"to,omitzero"`
	Days    uint8         `json:"days,omitzero"` // as Window has them
	Start   uint16        `json:"start,omitzero"`
	End     uint16        `json:"end,omitzero"`
}

type stepJSON struct {
	After int32       `json:"after"`
	Price decimalRate `json:"price"`
}

// MarshalJSON writes the card compactly. A zone is kept by name, so it must be
// one of the IANA database.
func (c Card) MarshalJSON() ([]byte, error) { return c.AppendJSON(nil) }

func (c *Card) hasWindow() bool {
	for i := range c.Rates {
		if !c.Rates[i].Window.IsZero() {
			return true
		}
	}
	return false
}

// UnmarshalJSON reads what MarshalJSON writes and nothing else: an unknown field
// or a rate that could not be charged by is an error.
func (c *Card) UnmarshalJSON(b []byte) error {
	var in cardJSON
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		return fmt.Errorf("card: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("card: more than one value")
	}
	var out Card
	if in.Zone != "" {
		var err error
		if out.Zone, err = loadZone(in.Zone); err != nil {
			return fmt.Errorf("card: %w", err)
		}
	}
	for i := range in.Rates {
		r, err := in.Rates[i].rate()
		if err == nil {
			err = r.Validate()
		}
		if err != nil {
			return fmt.Errorf("card: rate %d: %w", i+1, err)
		}
		out.Rates = append(out.Rates, r)
	}
	if len(out.Rates) == 0 {
		return ErrNoRate
	}
	*c = out
	return nil
}

// loadZone reads a zone that means the same on every machine.
func loadZone(name string) (*time.Location, error) {
	if name == "Local" {
		return nil, errors.New("time zone Local: want a name such as Europe/London")
	}
	return time.LoadLocation(name)
}

func (in *rateJSON) rate() (Rate, error) {
	r := Rate{
		PerMinute: money.Rate(in.Price), ConnectionFee: money.Amount(in.Fee), Minimum: money.Amount(in.Minimum), AttemptFee: money.Amount(in.Attempt),
		First: in.First, Next: in.Next, Grace: in.Grace, Free: in.Free, From: in.From.UTC(), To: in.To.UTC(),
		Window: Window{Days: in.Days, Start: in.Start, End: in.End},
	}
	if len(in.Steps) > MaxSteps {
		return Rate{}, fmt.Errorf("%d steps: want at most %d", len(in.Steps), MaxSteps)
	}
	for i, s := range in.Steps {
		r.Steps[i] = Step{s.After, money.Rate(s.Price)}
	}
	return r, nil
}

// decimalRate and decimalAmount are decimals in strings.
type (
	decimalRate   money.Rate
	decimalAmount money.Amount
)

func (r *decimalRate) UnmarshalText(b []byte) error { return (*money.Rate)(r).UnmarshalText(b) }

func (a *decimalAmount) UnmarshalText(b []byte) error { return (*money.Amount)(a).UnmarshalText(b) }
