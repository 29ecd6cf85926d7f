package v1

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/db"
	"tandem/desk"
)

// maxUpload is the largest rate sheet that is taken over HTTP.
const maxUpload = 64 << 20

func (d *door) uploads() {
	text := &huma.Schema{Type: "string"}
	number := &huma.Schema{Type: "integer", Format: "int64"}
	answer := d.api.OpenAPI().Components.Schemas.Schema(typeOf[desk.ReadSheet](), true, "")
	handleRaw(d, change(access.Routing), huma.Operation{
		OperationID: "create-import", Method: http.MethodPost, Path: "/imports", Tags: []string{"Imports"},
		Summary:     "Upload a rate sheet, CSV or XLSX, of a provider or for a tariff; it is read at once",
		Description: "The body is the file as it is, up to 64 MiB. Nothing is kept of an upload that breaks off.",
		Parameters: []*huma.Param{
			{Name: "provider_id", In: "query", Schema: number, Description: "Whose prices these are; or tariff_id"},
			{Name: "tariff_id", In: "query", Schema: number},
			{Name: "tier", In: "query", Schema: &huma.Schema{Type: "string", Enum: []any{"noncli", "cli", "premium"}}, Description: "Of the provider; not needed where it sells one only"},
			{Name: "file", In: "query", Schema: text, Description: "Name of the file", Required: true},
		},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			"application/octet-stream": {Schema: &huma.Schema{Type: "string", Format: "binary"}},
		}},
		Responses: map[string]*huma.Response{"201": {
			Description: "Uploaded", Content: map[string]*huma.MediaType{"application/json": {Schema: answer}},
		}},
	}, d.upload)
}

func (d *door) upload(w http.ResponseWriter, r *http.Request) {
	choice, name, err := uploadOf(r.URL.Query())
	var id int64
	if err == nil {
		id, err = d.Jobs.Upload(r.Context(), choice, name, http.MaxBytesReader(w, r.Body, maxUpload))
	}
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		err = huma.NewError(http.StatusRequestEntityTooLarge, "the file is larger than 64 MiB; split it, or import it with the command tandem deck import")
	}
	if err != nil {
		d.fail(w, deskProblem(err, "query."))
		return
	}
	out, err := d.readImport(db.ForDeeds(r.Context()), id)
	if err != nil {
		d.fail(w, err)
		return
	}
	w.Header().Set("Location", out.Location)
	writeJSON(w, http.StatusCreated, out.Body)
}

// uploadOf reads whose sheet it is. What is not known is refused, as everywhere.
func uploadOf(q url.Values) (c desk.OwnerChoice, file string, err error) {
	for name, values := range q {
		id, notNumber := strconv.ParseInt(values[0], 10, 64)
		var problem string
		switch name {
		case "provider_id":
			c.ProviderID = id
		case "tariff_id":
			c.TariffID = id
		case "tier":
			c.Tier = values[0]
		case "file":
			file = values[0]
		default:
			problem = "there is no such parameter"
		}
		if (name == "provider_id" || name == "tariff_id") && (notNumber != nil || id < 1) {
			problem = "want the id, a whole number"
		}
		if problem != "" {
			return c, "", wrong("query."+name, problem)
		}
	}
	switch {
	case file == "" || len(file) > 1000:
		err = wrong("query.file", "want the name of the file, up to 1000 bytes")
	case (c.ProviderID == 0) == (c.TariffID == 0):
		err = wrong("query.provider_id", "want either provider_id or tariff_id")
	}
	return c, file, err
}
