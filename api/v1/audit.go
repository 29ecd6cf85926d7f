package v1

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/db"
)

const tagAudit = "Audit"

// auditLog is who changed what.
func auditLog(d *door) {
	rule := govern(access.System, false)
	handle(d, rule, huma.Operation{
		OperationID: "list-audit", Method: http.MethodGet, Path: "/audit", Summary: "List changes, the newest first", Tags: []string{tagAudit},
	}, d.listAudit)
	handle(d, rule, huma.Operation{
		OperationID: "get-audit", Method: http.MethodGet, Path: "/audit/{id}", Summary: "A change", Tags: []string{tagAudit},
	}, func(ctx context.Context, in *ByID) (*struct{ Body db.AuditEntry }, error) {
		e, err := d.DB.AuditEntry(ctx, in.ID)
		return &struct{ Body db.AuditEntry }{e}, err
	})
	handle(d, rule, huma.Operation{
		OperationID: "export-audit", Method: http.MethodGet, Path: "/audit/export", Summary: "All changes that the same list shows, as CSV or as one JSON object a line",
		Tags: []string{tagAudit}, Responses: files("text/csv", "application/x-ndjson"),
	}, d.exportAudit)
}

// AuditChoice is which changes are wanted.
type AuditChoice struct {
	Span
	Kind   string `query:"kind" maxLength:"32" doc:"Of the object: provider, account, user"`
	Object string `query:"id" maxLength:"64" doc:"Of the object; name its kind, too"`
	Action string `query:"action" maxLength:"16" doc:"create, update, delete, publish, sign in"`
	Actor  string `query:"actor" maxLength:"64" doc:"Login of who made it, or what did"`
	UserID int64  `query:"user" minimum:"1" doc:"Who made it"`
}

func (c AuditChoice) filter() db.AuditFilter {
	return db.AuditFilter{Kind: c.Kind, Object: c.Object, Action: c.Action, Actor: c.Actor, UserID: c.UserID, From: c.From, To: c.To}
}

type auditInput struct {
	Paging
	AuditChoice
}

type auditAnswer struct{ Body Page[db.AuditEntry] }

func (d *door) listAudit(ctx context.Context, in *auditInput) (*auditAnswer, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	f := in.filter()
	f.Limit = in.Limit + 1
	if err := readCursor(in.Cursor, &f.Before); err != nil {
		return nil, err
	}
	list, err := d.DB.AuditLog(ctx, f)
	return &auditAnswer{pageOf(list, in.Limit, func(e *db.AuditEntry) any { return e.ID })}, err
}
