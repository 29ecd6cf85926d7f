package v1

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"tandem/db"
	"tandem/view"
)

type postingsExportInput struct {
	PostingsFilter
	TimeOrder
	Format
}

func (d *door) exportPostings(ctx context.Context, in *postingsExportInput) (*huma.StreamResponse, error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	books := view.NewBooks(d.DB)
	return feed[view.Posting]{name: "ledger", columns: postingColumns(), page: func(ctx context.Context, last *view.Posting) ([]view.Posting, error) {
		var after db.PostingPlace
		if last != nil {
			after = db.PostingPlace{At: last.At, ID: last.ID}
		}
		return d.postings(ctx, books, f, after, in.oldestFirst(), feedPage)
	}}.stream(ctx, d, in.Format.Format)
}

func postingColumns() []exportColumn[view.Posting] {
	type p = view.Posting
	return []exportColumn[p]{
		{"posting", func(p *p) string { return cellInt(p.ID) }},
		{"at", func(p *p) string { return cellTime(p.At) }},
		{"kind", func(p *p) string { return string(p.Kind) }},
		{"debit", func(p *p) string { return string(p.Debit.Kind) }},
		{"debit_id", func(p *p) string { return cellID(p.Debit.ID) }},
		{"debit_name", func(p *p) string { return view.CellText(p.Debit.Name) }},
		{"credit", func(p *p) string { return string(p.Credit.Kind) }},
		{"credit_id", func(p *p) string { return cellID(p.Credit.ID) }},
		{"credit_name", func(p *p) string { return view.CellText(p.Credit.Name) }},
		{"amount", func(p *p) string { return p.Amount.String() }},
		{"currency", func(p *p) string { return p.Currency }},
		{"sum", func(p *p) string { return cellSum(p.Sum) }},
		{"call_id", func(p *p) string { return view.CellText(p.CallID) }},
		{"note", func(p *p) string { return view.CellText(p.Note) }},
		{"key", func(p *p) string { return view.CellText(p.Key) }},
		{"reverses", func(p *p) string { return cellID(p.Reverses) }},
	}
}
