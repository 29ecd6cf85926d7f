package db

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
)

// MaxNumbers is how many numbers are changed together.
const MaxNumbers = 10_000

// NumberRange is a block of numbers that a provider rents to us, all alike.
type NumberRange struct {
	From string `json:"from" doc:"First number, E.164"`
	To   string `json:"to" doc:"Last number, of as many digits; at most 10000 numbers"`
	NumberSettings
}

// NumberSettings are what numbers of a range have in common. Exported because the
// API embeds it.
type NumberSettings struct {
	ProviderID              int64  `json:"provider_id"`
	ServerID                *int64 `json:"server_id" required:"false" doc:"null: bound to no server"`
	Enabled                 *bool  `json:"enabled" required:"false" nullable:"false" doc:"Left out: true"`
	Direction               string `json:"direction" required:"false" enum:"IN,OUT,IN/OUT" default:"IN/OUT"`
	Virtual                 bool   `json:"virtual" required:"false"`
	EchoTest                bool   `json:"echo_test" required:"false"`
	AccountID               *int64 `json:"account_id" required:"false" doc:"null: nobody's yet"`
	DestinationSubscriberID *int64 `json:"destination_subscriber_id" required:"false"`
	DestinationNumber       string `json:"destination_number" required:"false"`
}

// number is one of them.
func (s NumberSettings) number(digits string) Number {
	return Number{
		Number: digits, ProviderID: s.ProviderID, ServerID: s.ServerID, Enabled: s.Enabled, Direction: s.Direction,
		Virtual: s.Virtual, EchoTest: s.EchoTest, AccountID: s.AccountID,
		DestinationSubscriberID: s.DestinationSubscriberID, DestinationNumber: s.DestinationNumber,
	}
}

// AddNumbers adds a range to the pool. Numbers that are in the pool already stay as
// they are and are told as refused. preview writes nothing.
func (d *DB) AddNumbers(ctx context.Context, r NumberRange, preview bool) (NumberReport, error) {
	orTrue(&r.Enabled)
	digits, err := r.numbers()
	if err != nil {
		return NumberReport{}, err
	}
	return d.numbersTx(ctx, preview, func(tx *sql.Tx, report *NumberReport) error {
		report.Matched = len(digits)
		there, err := numbersBy(ctx, tx, "t.number IN (?)", digits)
		if err != nil {
			return err
		}
		taken := byNumber(there)
		var add []Number
		added := make([]string, 0, len(digits))
		for _, one := range digits {
			if n, ok := taken[one]; ok {
				report.add(refusal(&n, "it is in the pool already, rented from "+n.Provider))
				continue
			}
			add = append(add, r.number(one))
			added = append(added, one)
		}
		if preview {
			if err := nameReferences(ctx, tx, add); err != nil {
				return err
			}
			return reportChanges(ctx, tx, nil, add, report)
		}
		if err := insertNumbers(ctx, tx, add); err != nil {
			return err
		}
		made, err := numbersBy(ctx, tx, "t.number IN (?)", added)
		if err != nil {
			return err
		}
		return reportChanges(ctx, tx, nil, made, report)
	})
}

// numbers are all numbers of the range, checked.
func (r NumberRange) numbers() ([]string, error) {
	if err := faults(
		goodNumber("from", r.From, false),
		goodNumber("to", r.To, false),
		must(len(r.From) == len(r.To), "to", "want as many digits as from has"),
		must(r.From <= r.To, "to", "it comes before from"),
	); err != nil {
		return nil, err
	}
	first, err := strconv.ParseInt(r.From, 10, 64)
	if err != nil {
		return nil, &FieldError{Field: "from", Text: "want digits"}
	}
	last, err := strconv.ParseInt(r.To, 10, 64)
	if err != nil {
		return nil, &FieldError{Field: "to", Text: "want digits"}
	}
	if last-first >= MaxNumbers {
		return nil, &FieldError{Field: "to", Text: fmt.Sprintf("the range has %d numbers; want at most %d at a time", last-first+1, MaxNumbers)}
	}
	var list []string
	for n := first; n <= last; n++ {
		digits := strconv.FormatInt(n, 10)
		one := r.number(digits)
		if err := one.check(); err != nil {
			return nil, err
		}
		list = append(list, digits)
	}
	return list, nil
}
