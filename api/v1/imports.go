package v1

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/billing/deck"
	"tandem/db"
	"tandem/desk"
)

// imports are rate sheets on their way to a draft. They live in the database:
// leaving the page or restarting a node loses nothing.
func imports(d *door) {
	d.uploads()
	d.importLooks()
	d.importSteps()
}

type importAnswer struct {
	Location string `header:"Location"`
	Body     desk.ReadSheet
}

func (d *door) readImport(ctx context.Context, id int64) (*importAnswer, error) {
	v, err := d.DB.DeckImport(ctx, id)
	if err != nil {
		return nil, err
	}
	shown, err := desk.ViewSheet(v)
	return &importAnswer{Location: Prefix + "/imports/" + strconv.FormatInt(id, 10), Body: shown}, err
}

func (d *door) importLooks() {
	handleDesk(d, look(access.Routing), huma.Operation{
		OperationID: "list-imports", Method: http.MethodGet, Path: "/imports", Summary: "List imports, newest first", Tags: []string{"Imports"},
	}, func(ctx context.Context, in *Paging) (*struct{ Body Page[desk.DeckImport] }, error) {
		var before int64
		if err := readCursor(in.Cursor, &before); err != nil {
			return nil, err
		}
		list, err := d.DB.DeckImports(ctx, before, in.Limit+1)
		if err != nil {
			return nil, err
		}
		page, err := pageByID(list, in.Limit, func(v db.DeckImport) int64 { return v.ID }, desk.ViewImport)
		return &struct{ Body Page[desk.DeckImport] }{page}, err
	})
	handleDesk(d, look(access.Routing), huma.Operation{
		OperationID: "get-import", Method: http.MethodGet, Path: "/imports/{id}", Tags: []string{"Imports"},
		Summary: "Read an import: its state, what its columns were taken for, its first rows, its errors",
	}, func(ctx context.Context, in *ByID) (*importAnswer, error) { return d.readImport(ctx, in.ID) })
	handleDesk(d, look(access.Routing), huma.Operation{
		OperationID: "preview-import", Method: http.MethodGet, Path: "/imports/{id}/preview", Tags: []string{"Imports"},
		Summary: "What an import would change: codes, money, losses",
	}, func(ctx context.Context, in *ByID) (*struct{ Body desk.DeckPreview }, error) {
		v, err := d.DB.DeckImport(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		if len(v.Preview) == 0 {
			return nil, huma.NewError(http.StatusConflict, "there is nothing to compare yet: the import is "+string(v.State))
		}
		out := &struct{ Body desk.DeckPreview }{}
		return out, json.Unmarshal(v.Preview, &out.Body)
	})
}

// importColumn says what a column is.
type importColumn struct {
	Index int        `json:"index" minimum:"1" maximum:"200" doc:"1 is the first"`
	Field deck.Field `json:"field" doc:"One of the fields of get-import; ignore: not used"`
}

type importColumnsInput struct {
	ID   int64 `path:"id" minimum:"1"`
	Body struct {
		Columns  []importColumn      `json:"columns,omitempty" maxItems:"200" doc:"Those that were taken for something else; none: all are guessed, but for settings.map"`
		Settings desk.ImportSettings `json:"settings" required:"false"`
	}
}

func (d *door) importSteps() {
	handleDesk(d, change(access.Routing), huma.Operation{
		OperationID: "correct-import", Method: http.MethodPut, Path: "/imports/{id}/columns", Tags: []string{"Imports"}, DefaultStatus: http.StatusAccepted,
		Summary: "Say what columns are and how the sheet is to be read; it is read anew",
	}, func(ctx context.Context, in *importColumnsInput) (*importAnswer, error) {
		if err := d.Jobs.Correct(ctx, in.ID, in.Body.Settings, assignments(in.Body.Columns)); err != nil {
			return nil, err
		}
		return d.readImport(db.ForDeeds(ctx), in.ID)
	})
	handleDesk(d, change(access.Routing), huma.Operation{
		OperationID: "keep-import", Method: http.MethodPost, Path: "/imports/{id}/keep", Tags: []string{"Imports"}, DefaultStatus: http.StatusAccepted,
		Summary: "Make a draft of an import that is ready", Description: "Runs in the background; the import is kept, and has a deck_id, once it is done.",
	}, func(ctx context.Context, in *struct {
		ID   int64 `path:"id" minimum:"1"`
		Body *struct {
			Comment *string `json:"comment,omitempty" maxLength:"255" doc:"Kept with the deck"`
		}
	},
	) (*importAnswer, error) {
		var comment *string
		if in.Body != nil {
			comment = in.Body.Comment
		}
		if err := d.Jobs.Keep(ctx, in.ID, comment); err != nil {
			return nil, err
		}
		return d.readImport(db.ForDeeds(ctx), in.ID)
	})
	handleDesk(d, change(access.Routing), huma.Operation{
		OperationID: "delete-import", Method: http.MethodDelete, Path: "/imports/{id}", Tags: []string{"Imports"}, DefaultStatus: http.StatusNoContent,
		Summary: "Give an import up, and forget its file; a draft that was made of it stays",
	}, func(ctx context.Context, in *ByID) (*struct{}, error) { return nil, d.DB.DeleteImport(ctx, in.ID) })
}

// assignments is a mapping as the reader of sheets takes it.
func assignments(columns []importColumn) deck.Mapping {
	var m deck.Mapping
	for _, c := range columns {
		m = append(m, deck.Assignment{Field: c.Field, Column: strconv.Itoa(c.Index)})
	}
	return m
}
