package v1

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tandem/db"
)

// Span is a time that lists of records look at.
type Span struct {
	From time.Time `query:"from" doc:"From then on"`
	To   time.Time `query:"to" doc:"Until before then"`
}

// TimeOrder is an order by time.
type TimeOrder struct {
	Sort string `query:"sort" enum:"at,-at" default:"-at" doc:"The oldest first, or the newest"`
}

func (o TimeOrder) oldestFirst() bool { return o.Sort == "at" }

// Format is what a download is written in.
type Format struct {
	Format string `query:"format" enum:"csv,ndjson" default:"csv"`
}

// IdempotencyKey makes a posting once.
type IdempotencyKey struct {
	Key string `header:"Idempotency-Key" required:"true" minLength:"8" maxLength:"100" doc:"Makes it once: sent again with the same key, it is answered with what was done then"`
}

func (s Span) check() error {
	if !s.From.IsZero() && !s.To.IsZero() && !s.From.Before(s.To) {
		return wrong("query.to", "want a time after from")
	}
	return nil
}

// wrong is an answer about one thing that was sent.
func wrong(location, text string) error {
	return huma.NewError(http.StatusUnprocessableEntity, "validation failed", &huma.ErrorDetail{Location: location, Message: text})
}

// tooMuch turns an error of a list into an answer.
func tooMuch(err error) error {
	if errors.Is(err, db.ErrTooMuch) {
		return wrong("query", db.ErrTooMuch.Error())
	}
	return err
}

// pageOf is a page of the rows that were read, one more than a page has if there
// are more.
func pageOf[T any](rows []T, limit int, place func(*T) any) Page[T] {
	p := Page[T]{Items: rows}
	if len(rows) > limit {
		p.Items = rows[:limit]
		p.Next = cursorOf(place(&p.Items[limit-1]))
	}
	return p
}

// digitsOf takes the signs out of a number as people write it.
func digitsOf(number string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("+ ().-", r) {
			return -1
		}
		return r
	}, number)
}
