package v1

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"tandem/db"
	"tandem/view"
)

type auditExport struct {
	AuditChoice
	Format
}

func (d *door) exportAudit(ctx context.Context, in *auditExport) (*huma.StreamResponse, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	f := in.filter()
	f.Limit = feedPage
	return feed[db.AuditEntry]{
		name:    "audit",
		columns: auditColumns(),
		page: func(ctx context.Context, last *db.AuditEntry) ([]db.AuditEntry, error) {
			if last != nil {
				f.Before = last.ID
			}
			return d.DB.AuditLog(ctx, f)
		},
	}.stream(ctx, d, in.Format.Format)
}

// auditColumns: what people named is text, whatever a spreadsheet thinks of it.
func auditColumns() []exportColumn[db.AuditEntry] {
	return []exportColumn[db.AuditEntry]{
		{"id", func(e *db.AuditEntry) string { return cellID(e.ID) }},
		{"at", func(e *db.AuditEntry) string { return cellTime(e.At) }},
		{"user_id", func(e *db.AuditEntry) string { return cellID(e.UserID) }},
		{"key_id", func(e *db.AuditEntry) string { return cellID(e.KeyID) }},
		{"actor", func(e *db.AuditEntry) string { return view.CellText(e.Actor) }},
		{"address", func(e *db.AuditEntry) string { return e.Address }},
		{"action", func(e *db.AuditEntry) string { return e.Action }},
		{"kind", func(e *db.AuditEntry) string { return e.Kind }},
		{"object_id", func(e *db.AuditEntry) string { return view.CellText(e.Object) }},
		{"name", func(e *db.AuditEntry) string { return view.CellText(e.Name) }},
		{"before", func(e *db.AuditEntry) string { return string(e.Before) }},
		{"after", func(e *db.AuditEntry) string { return string(e.After) }},
	}
}
