package api

import (
	"embed"
	"io/fs"
	"net/http"

	"github.com/rs/zerolog"

	v1 "tandem/api/v1"
)

//go:embed docs
var docsFiles embed.FS

// docs serves a page of our own that lists the operations of the API.
func docs() http.Handler {
	files, err := fs.Sub(docsFiles, "docs")
	if err != nil {
		return http.NotFoundHandler() // the directory is part of the program
	}
	return http.StripPrefix("/api/docs", toFolder(http.FileServerFS(files)))
}

// toFolder lets a page's own links work.
func toFolder(files http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "" {
			http.Redirect(w, r, "/api/docs/", http.StatusMovedPermanently)
			return
		}
		files.ServeHTTP(w, r)
	})
}

// document serves the OpenAPI document, which is the same as long as we run.
func document(d *v1.Description, log zerolog.Logger) http.HandlerFunc {
	text, err := d.OpenAPI()
	if err != nil {
		log.Error().Err(err).Msg("the OpenAPI document cannot be made")
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		if err != nil {
			http.Error(w, "this is a defect; the node's log tells more", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(text) // the client is gone
	}
}
