package v1

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tandem/db"
	"tandem/view"
)

// StatementSpan is the time of a statement.
type StatementSpan struct {
	From time.Time `query:"from" doc:"Default: the first of this month, on the account's clock"`
	To   time.Time `query:"to" doc:"Until before then; default: the end"`
}

type statementInput struct {
	AccountID
	StatementSpan

	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"50" doc:"Lines a page"`
	Cursor string `query:"cursor" maxLength:"2048" doc:"after of the page before"`
}

type statementOutput struct{ Body view.Statement }

func (d *door) accountStatement(ctx context.Context, in *statementInput) (*statementOutput, error) {
	return d.statement(ctx, in.ID, in.StatementSpan, in.Limit, in.Cursor)
}

func (d *door) statement(ctx context.Context, account int64, span StatementSpan, limit int, cursor string) (*statementOutput, error) {
	q, err := d.statementOf(ctx, account, span)
	if err != nil {
		return nil, err
	}
	q.Limit, q.After = limit, cursor
	var whole view.StatementWhole
	err = q.Write(ctx, d.DB, &whole)
	if errors.Is(err, db.ErrCursor) {
		err = wrong("query.cursor", "not one of ours: begin again without it")
	}
	return &statementOutput{whole.Statement}, err
}

func (d *door) statementOf(ctx context.Context, account int64, span StatementSpan) (view.StatementQuery, error) {
	if err := Span(span).check(); err != nil {
		return view.StatementQuery{}, err
	}
	a, err := d.DB.AccountByID(ctx, account)
	if err != nil {
		return view.StatementQuery{}, err
	}
	q := view.StatementQuery{Account: a, From: span.From, To: span.To}
	if q.From.IsZero() {
		now, err := d.DB.Now(ctx)
		if err != nil {
			return q, err
		}
		q.From = view.MonthBegan(now, a.TimeZone)
	}
	if !q.To.IsZero() && !q.From.Before(q.To) {
		return q, wrong("query.to", "want a time after from; a statement begins with this month unless from says otherwise")
	}
	return q, nil
}

type statementExportInput struct {
	AccountID
	StatementSpan
	Format
}

func (d *door) exportAccountStatement(ctx context.Context, in *statementExportInput) (*huma.StreamResponse, error) {
	return d.exportStatement(ctx, in.ID, in.StatementSpan, in.Format.Format)
}

func (d *door) exportStatement(ctx context.Context, account int64, span StatementSpan, format string) (*huma.StreamResponse, error) {
	q, err := d.statementOf(ctx, account, span)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(out huma.Context) {
		download(out, "statement", format)
		var form view.StatementForm = view.NewStatementCSV(out.BodyWriter())
		if format != "csv" {
			form = statementLines{json.NewEncoder(out.BodyWriter())}
		}
		if err := q.Write(ctx, d.DB, form); err != nil {
			if ctx.Err() == nil {
				d.Log.Warn().Err(err).Msg("a statement was broken off")
			}
			panic(http.ErrAbortHandler) // the client sees that the end is missing
		}
	}}, nil
}

// statementLines writes the postings alone, one a line.
type statementLines struct{ to *json.Encoder }

func (statementLines) Head(view.StatementHead) error { return nil }
func (s statementLines) Line(v view.Posting) error   { return s.to.Encode(v) }
func (statementLines) Foot(view.StatementFoot) error { return nil }
