package routing

import (
	"encoding/binary"
	"fmt"

	"tandem/billing/rate"
	"tandem/internal/e164"
	"tandem/internal/money"
)

// ParseReasons reads what Append has written. No bytes are no reasons.
func ParseReasons(b []byte) (Reasons, error) {
	var r Reasons
	if len(b) == 0 {
		return r, nil
	}
	if b[0] < reasonsVersion || b[0] > reasonsArgued {
		return r, fmt.Errorf("%w: version %d", ErrReasons, b[0])
	}
	rated, weighed, argued := b[0] >= reasonsRated, b[0] >= reasonsWeighed, b[0] >= reasonsArgued
	d := decoder{rest: b[1:]}
	r.Refused = d.reason()
	r.Detail = d.text()
	r.Policy = d.int()
	r.Ticket = d.uint()
	r.Lengths = d.text()
	r.Sold = d.byte() != 0
	r.Sale = money.Amount(d.int())
	if rated {
		r.Markup = d.markup()
	}
	if argued {
		r.Destination = Destination{Prefix: d.text(), Answered: d.share()}
	}
	for range d.count() {
		v := d.route()
		if rated {
			d.rated(&v.Rate)
		}
		if weighed {
			v.Weight = d.weight(argued)
		}
		r.Routes = append(r.Routes, v)
	}
	for range d.count() {
		r.Dropped = append(r.Dropped, ReasonDrop{Key: d.key(), Reason: d.reason(), Detail: d.text(), Cost: money.Amount(d.int())})
	}
	r.Cut = int(d.uint())
	if d.bad || len(d.rest) > 0 {
		return Reasons{}, ErrReasons
	}
	return r, nil
}

// decoder reads the stored form; after the first fault it gives zeros.
type decoder struct {
	rest []byte
	bad  bool
}

func (d *decoder) route() ReasonRoute {
	v := ReasonRoute{Key: d.key(), Dial: d.text(), Why: d.text(), CLI: e164.Number(d.text()), Deck: d.int(), Prefix: d.text(), Currency: d.int()}
	v.Rate.PerMinute = money.Rate(d.int())
	v.Rate.ConnectionFee = money.Amount(d.int())
	v.Rate.Minimum = money.Amount(d.int())
	v.Rate.AttemptFee = money.Amount(d.int())
	v.Rate.First, v.Rate.Next = int32(d.int()), int32(d.int())
	v.Native, v.Cost = money.Amount(d.int()), money.Amount(d.int())
	return v
}

func (d *decoder) markup() *Markup {
	if d.byte() == 0 {
		return nil
	}
	return &Markup{Percent: rate.Percent(d.int()), PerMinute: money.Rate(d.int())}
}

func (d *decoder) rated(r *rate.Rate) {
	r.Grace, r.Free = int32(d.int()), int32(d.int())
	for i := range r.Steps {
		r.Steps[i] = rate.Step{After: int32(d.int()), PerMinute: money.Rate(d.int())}
	}
}

func (d *decoder) key() Key {
	tier := Tier(d.byte())
	return Key{Tier: tier, ProviderID: d.int(), GateID: d.int(), AddressID: d.int(), SubscriberID: d.int(), ServerID: d.int()}
}

func (d *decoder) reason() Reason {
	codes := reasonCodes()
	i := d.uint()
	if i >= uint64(len(codes)) {
		d.bad = true
		return ""
	}
	return codes[i]
}

// count is a number of items to come; each takes at least a byte.
func (d *decoder) count() int {
	n := d.uint()
	if n > uint64(len(d.rest)) {
		d.bad = true
		return 0
	}
	return int(n)
}

func (d *decoder) text() string {
	n := d.count()
	s := string(d.rest[:n])
	d.rest = d.rest[n:]
	return s
}

func (d *decoder) byte() byte {
	if len(d.rest) == 0 {
		d.bad = true
		return 0
	}
	v := d.rest[0]
	d.rest = d.rest[1:]
	return v
}

func (d *decoder) int() int64 {
	v, n := binary.Varint(d.rest)
	return advance(d, v, n)
}

func (d *decoder) uint() uint64 {
	v, n := binary.Uvarint(d.rest)
	return advance(d, v, n)
}

func advance[T any](d *decoder, v T, n int) T {
	if n <= 0 {
		d.bad, d.rest = true, nil
		var zero T
		return zero
	}
	d.rest = d.rest[n:]
	return v
}
