package v1

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"tandem/db"
)

// exportWrite is how long a client may take for a page of an export.
const exportWrite = 30 * time.Second

// mountExport makes the operation that writes all rows which a list would show.
func mountExport[T, F any, P listInput[F]](d *door, r resource[T]) {
	handle(d, look(r.area), huma.Operation{
		OperationID: "export-" + r.many, Method: http.MethodGet, Path: "/" + r.many + "/export", Tags: []string{r.tag},
		Summary:    "All " + r.what + " that the same list shows, as CSV or as one JSON object a line",
		Responses:  files("text/csv", "application/x-ndjson"),
		Parameters: []*huma.Param{formatParam()}, Middlewares: huma.Middlewares{d.takeFormat},
	}, func(ctx context.Context, in *F) (*huma.StreamResponse, error) {
		l := P(in).listing()
		l.Limit, l.Cursor = 1000, ""
		query, err := l.query(filtersOf(in))
		if err != nil {
			return nil, err
		}
		// The first page is read before anything is said: what is wrong is told rightly.
		first, err := r.table.List(ctx, d.DB, query)
		if err != nil {
			return nil, inQuery(err)
		}
		return &huma.StreamResponse{Body: func(hc huma.Context) { writeRows(ctx, hc, d, r, query, first) }}, nil
	})
	// Pages are for lists.
	op := d.api.OpenAPI().Paths["/"+r.many+"/export"].Get
	op.Parameters = slices.DeleteFunc(op.Parameters, func(p *huma.Param) bool { return p.Name == "limit" || p.Name == "cursor" })
}

// writeRows writes page by page. An error cuts the connection, so that nobody takes
// a part for the whole.
func writeRows[T any](ctx context.Context, hc huma.Context, d *door, r resource[T], query db.ListQuery, page db.Listed[T]) {
	w, ok := hc.BodyWriter().(http.ResponseWriter)
	if !ok {
		panic(http.ErrAbortHandler)
	}
	write := beginFile[T](w, r.many, formatOf(hc))
	for {
		// A server without deadlines, as in tests, has none to move.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(exportWrite))
		err := write(page.Items)
		if err == nil && page.Next == nil {
			return
		}
		if err == nil {
			query.After = page.Next
			page, err = r.table.List(ctx, d.DB, query)
		}
		if err != nil {
			d.Log.Warn().Err(err).Str("export", r.many).Msg("an export ended early")
			panic(http.ErrAbortHandler)
		}
	}
}

// beginFile begins a file and tells how rows are written to it.
func beginFile[T any](w http.ResponseWriter, name, format string) func([]T) error {
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+"."+format+`"`)
	if format == "ndjson" {
		w.Header().Set("Content-Type", "application/x-ndjson")
		lines := json.NewEncoder(w)
		return func(rows []T) error {
			for i := range rows {
				if err := lines.Encode(&rows[i]); err != nil {
					return err
				}
			}
			return nil
		}
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	table := csv.NewWriter(w)
	var none T
	columns := csvColumns(none)
	_ = table.Write(columns) // the writer keeps its error
	return func(rows []T) error {
		for i := range rows {
			if err := table.Write(csvCells(rows[i])); err != nil {
				return err
			}
		}
		table.Flush()
		return table.Error()
	}
}

type formatKey struct{}

// formatParam is what exports understand besides the parameters of their list.
func formatParam() *huma.Param {
	return &huma.Param{Name: "format", In: "query", Description: "csv unless told otherwise", Schema: &huma.Schema{Type: huma.TypeString, Enum: []any{"csv", "ndjson"}, Default: "csv"}}
}

// takeFormat takes the format out of the query before the list's own parameters
// are read.
func (d *door) takeFormat(hc huma.Context, next func(huma.Context)) {
	r, _ := humachi.Unwrap(hc)
	query := r.URL.Query()
	format := query.Get("format")
	if format != "" && format != "csv" && format != "ndjson" {
		_ = huma.WriteErr(d.api, hc, http.StatusUnprocessableEntity, "validation failed", &huma.ErrorDetail{Location: "query.format", Message: "want csv or ndjson"})
		return
	}
	query.Del("format")
	r.URL.RawQuery = query.Encode()
	next(huma.WithValue(hc, formatKey{}, format))
}

func formatOf(hc huma.Context) string {
	format, _ := hc.Context().Value(formatKey{}).(string)
	if format == "" {
		return "csv"
	}
	return format
}

// files describes answers that are no JSON.
func files(types ...string) map[string]*huma.Response {
	content := map[string]*huma.MediaType{}
	for _, t := range types {
		content[t] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
	}
	return map[string]*huma.Response{"200": {Description: "OK", Content: content}}
}
