package v1

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/db"
)

type serverList struct {
	Listing

	Driver string `query:"driver" enum:"pjsip,chan_sip"`
	Name   string `query:"name" maxLength:"64"`
}

// configuration is what an Asterisk is set up with.
type configuration struct {
	Server string            `json:"server"`
	Files  map[string]string `json:"files" nullable:"false" doc:"Text of each file by its name; secrets are masked"`
}

func servers(d *door) {
	mount[db.Server, serverList](d, resource[db.Server]{
		table: db.Servers(), id: func(s db.Server) int64 { return s.ID },
		one: "server", many: "servers", what: "servers", a: "a server", tag: "Servers", area: access.Routing,
	})
	handle(d, look(access.Routing), huma.Operation{
		OperationID: "get-server-configuration", Method: http.MethodGet, Path: "/servers/{id}/configuration", Tags: []string{"Servers"},
		Summary: "What Asterisk on a server should be configured with, as rendered from the routing data that is in force",
	}, func(ctx context.Context, in *ByID) (*struct{ Body configuration }, error) {
		server, err := db.Servers().Get(ctx, d.DB, in.ID)
		if err != nil {
			return nil, err
		}
		if d.Rendered == nil {
			return nil, huma.NewError(http.StatusNotImplemented, "this node does not render configurations")
		}
		files, err := d.Rendered(server.Name)
		if err != nil {
			// It names rows and keys, and how to mend them; never a secret.
			return nil, huma.NewError(http.StatusConflict, "cannot be rendered: "+err.Error())
		}
		return &struct{ Body configuration }{configuration{Server: server.Name, Files: files}}, nil
	})
}
