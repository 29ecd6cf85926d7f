package v1

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/db"
)

// Preview is for operations that can tell what they would do. Exported, or huma
// would not see what embeds it.
type Preview struct {
	Preview bool `query:"preview" doc:"true: tell what would become of each number, and write nothing"`
}

type numberRange struct {
	Preview

	Body db.NumberRange
}

// numberFilter is the filter of a list, in a body.
type numberFilter struct {
	Q          string `json:"q,omitempty" maxLength:"100"`
	Enabled    string `json:"enabled,omitempty" enum:"true,false"`
	ProviderID int64  `json:"provider_id,omitempty"`
	ServerID   int64  `json:"server_id,omitempty"`
	AccountID  int64  `json:"account_id,omitempty"`
	Direction  string `json:"direction,omitempty" enum:"IN,OUT"`
	Prefix     string `json:"prefix,omitempty" pattern:"^[0-9]*$" maxLength:"15"`
	From       string `json:"from,omitempty" pattern:"^[0-9]*$" maxLength:"15"`
	To         string `json:"to,omitempty" pattern:"^[0-9]*$" maxLength:"15"`
	Number     string `json:"number,omitempty" pattern:"^[0-9]*$" maxLength:"15"`
	Free       string `json:"free,omitempty" enum:"true,false"`
	Bound      string `json:"bound,omitempty" enum:"true,false"`
}

type numberBulk struct {
	Preview

	Body struct {
		IDs    []int64       `json:"ids,omitempty" maxItems:"10000" doc:"Which numbers; or else a filter"`
		Filter numberFilter  `json:"filter" required:"false" doc:"Those that the list of numbers would show; at most 10000"`
		Change db.NumberEdit `json:"change"`
		// What was looked at is what is changed.
		Selection string `json:"selection,omitempty" maxLength:"64" doc:"Of the preview's report: when other numbers are met, or changed ones, 409 and nothing is done"`
	}
}

type numberTable struct {
	Preview

	RawBody []byte `contentType:"text/csv"`
}

// maxTable bounds an uploaded table of numbers.
const maxTable = 16 << 20

type (
	numberReport struct{ Body db.NumberReport }
	numberImport struct{ Body db.NumberImport }
)

// numbersTogether are the operations on many numbers at once.
func numbersTogether(d *door) {
	handle(d, change(access.Routing), huma.Operation{
		OperationID: "add-number-range", Method: http.MethodPost, Path: "/numbers/ranges", Tags: []string{"Numbers"},
		Summary: "Add a range of numbers to the pool", Description: "Numbers that are in the pool already stay as they are.",
	}, func(ctx context.Context, in *numberRange) (*numberReport, error) {
		report, err := d.DB.AddNumbers(ctx, in.Body, in.Preview.Preview)
		return &numberReport{report}, err
	})
	handle(d, change(access.Routing), huma.Operation{
		OperationID: "edit-numbers", Method: http.MethodPost, Path: "/numbers/bulk", Tags: []string{"Numbers"},
		Summary: "Change or delete many numbers in the same way",
	}, func(ctx context.Context, in *numberBulk) (*numberReport, error) {
		which := db.NumberChoice{IDs: in.Body.IDs, List: in.Body.Filter.query(), Selection: in.Body.Selection}
		report, err := d.DB.EditNumbers(ctx, which, in.Body.Change, in.Preview.Preview)
		if errors.Is(err, db.ErrSelection) {
			return nil, huma.NewError(http.StatusConflict, db.ErrSelection.Error())
		}
		return &numberReport{report}, err
	})
	handle(d, change(access.Routing), huma.Operation{
		OperationID: "import-numbers", Method: http.MethodPost, Path: "/numbers/import", Tags: []string{"Numbers"}, MaxBodyBytes: maxTable,
		Summary:     "Add and change numbers from a CSV, all or nothing",
		Description: "The head names columns as in an export; names may stand for ids. Of numbers that are in the pool only the columns of the table are changed. A preview tells errors in its answer; without preview they are a 422.",
	}, func(ctx context.Context, in *numberTable) (*numberImport, error) {
		done, err := d.DB.ImportNumbers(ctx, bytes.NewReader(in.RawBody), in.Preview.Preview)
		if errors.Is(err, db.ErrTable) {
			if done.NumberReport = emptyReport(in.Preview.Preview); in.Preview.Preview {
				return &numberImport{done}, nil
			}
			return nil, cellProblem(done.Errors)
		}
		return &numberImport{done}, err
	})
}

func emptyReport(preview bool) db.NumberReport {
	return db.NumberReport{Preview: preview, Items: []db.NumberChange{}, Refusals: []db.NumberChange{}}
}

func (f numberFilter) query() db.ListQuery {
	q := db.ListQuery{Q: f.Q, Filter: map[string]any{}}
	for name, v := range map[string]string{
		"enabled": f.Enabled, "direction": f.Direction, "prefix": f.Prefix, "from": f.From, "to": f.To, "number": f.Number, "free": f.Free, "bound": f.Bound,
	} {
		if v != "" {
			q.Filter[name] = v
		}
	}
	for name, id := range map[string]int64{"provider_id": f.ProviderID, "server_id": f.ServerID, "account_id": f.AccountID} {
		if id != 0 {
			q.Filter[name] = id
		}
	}
	return q
}

// cellProblem names every wrong cell.
func cellProblem(list []db.BadCell) error {
	details := make([]error, len(list))
	for i, c := range list {
		at := fmt.Sprintf("body.line %d", c.Line)
		if c.Column != "" {
			at += "." + c.Column
		}
		details[i] = &huma.ErrorDetail{Location: at, Message: c.Text}
	}
	return huma.NewError(http.StatusUnprocessableEntity, db.ErrTable.Error(), details...)
}
