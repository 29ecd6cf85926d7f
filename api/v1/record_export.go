package v1

import (
	"bufio"
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/danielgtaylor/huma/v2"

	"tandem/db"
	"tandem/internal/money"
)

// feed is a list that is downloaded whole. It is read page by page, so that no
// connection of the database and no view of it is kept while a slow client reads,
// and never more than a page is in memory.
type feed[T any] struct {
	name    string // of the file, without its ending
	columns []exportColumn[T]
	page    func(ctx context.Context, last *T) ([]T, error) // the rows behind last, the first ones of nil; fewer than size: there are no more
	size    int                                             // rows a page; 0: feedPage
	shown   func(*T) any                                    // a row as JSON; nil: as it is
}

type exportColumn[T any] struct {
	name string
	cell func(*T) string
}

// feedPage is how many rows are read at a time.
const feedPage = 5000

// feedPatience is how long a later page waits for its turn.
const feedPatience = 2 * time.Minute

// stream answers with all rows. What is wrong at the beginning is a problem as
// anywhere; later the answer is broken off, so that nobody takes a part for all.
func (f feed[T]) stream(ctx context.Context, d *door, format string) (*huma.StreamResponse, error) {
	rows, err := f.page(ctx, nil)
	if err != nil {
		return nil, tooMuch(err)
	}
	full := cmp.Or(f.size, feedPage)
	return &huma.StreamResponse{Body: func(out huma.Context) {
		writer := f.open(out, format)
		for {
			for i := range rows {
				err = writer.row(&rows[i])
				if err != nil {
					break
				}
			}
			if err == nil {
				err = writer.flush()
			}
			if err != nil || len(rows) < full {
				break
			}
			last := rows[len(rows)-1]
			if rows, err = f.next(ctx, &last); err != nil {
				break
			}
		}
		if err != nil {
			if ctx.Err() == nil {
				d.Log.Warn().Err(err).Str("export", f.name).Msg("an export was broken off")
			}
			panic(http.ErrAbortHandler) // the client sees that the end is missing
		}
	}}, nil
}

// next is a later page. It waits for its turn longer than a question does: all that
// was downloaded would be lost.
func (f feed[T]) next(ctx context.Context, last *T) ([]T, error) {
	return backoff.Retry(ctx, func() ([]T, error) {
		rows, err := f.page(ctx, last)
		if err != nil && !errors.Is(err, db.ErrOverloaded) {
			err = backoff.Permanent(err)
		}
		return rows, err
	}, backoff.WithMaxElapsedTime(feedPatience))
}

// exportWriter writes rows in one format.
type exportWriter[T any] struct {
	row   func(*T) error
	flush func() error
}

func (f feed[T]) open(out huma.Context, format string) exportWriter[T] {
	buffer := bufio.NewWriterSize(out.BodyWriter(), 64<<10)
	download(out, f.name, format)
	if format == "ndjson" {
		encoder := json.NewEncoder(buffer)
		return exportWriter[T]{func(row *T) error {
			if f.shown != nil {
				return encoder.Encode(f.shown(row))
			}
			return encoder.Encode(row)
		}, buffer.Flush}
	}
	cells := make([]string, len(f.columns))
	table := csv.NewWriter(buffer)
	for i, c := range f.columns {
		cells[i] = c.name
	}
	headed := table.Write(cells)
	return exportWriter[T]{
		row: func(row *T) error {
			for i, c := range f.columns {
				cells[i] = c.cell(row)
			}
			return table.Write(cells)
		},
		flush: func() error {
			table.Flush()
			if err := cmpErr(headed, table.Error()); err != nil {
				return err
			}
			return buffer.Flush()
		},
	}
}

// download says what the file is, and how it is called.
func download(out huma.Context, name, format string) {
	kind := "text/csv; charset=utf-8"
	if format != "csv" {
		kind = "application/x-ndjson"
	}
	out.SetHeader("Content-Type", kind)
	out.SetHeader("Content-Disposition", `attachment; filename="`+name+`.`+format+`"`)
	out.SetHeader("Cache-Control", "no-store")
}

func cmpErr(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Cells.

func cellTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

func cellSum(v *money.Amount) string {
	if v == nil {
		return ""
	}
	return v.String()
}

// cellID is empty for none.
func cellID[N int | int64](n N) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(int64(n), 10)
}

func cellInt[N int | int64](n N) string { return strconv.FormatInt(int64(n), 10) }
