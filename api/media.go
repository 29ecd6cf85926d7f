package api

import (
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/rs/zerolog"

	"tandem/api/access"
	"tandem/callflow"
	"tandem/routing"
)

// mediaReport takes what was measured of a leg whose call has been reported
// already: POST /asterisk/media. It answers 200 "ok" once the record is queued;
// nobody sends it again.
func mediaReport(flow *callflow.Flow, log zerolog.Logger) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxReport))
		if err != nil {
			http.Error(w, "report too long or cut short", http.StatusBadRequest)
			return
		}
		report, err := parseMedia(string(body))
		if err == nil {
			err = flow.Speaks(report.Server, access.AddressOf(r.RemoteAddr))
		}
		if err == nil {
			err = flow.Heard(report)
		}
		if err != nil {
			code, text := status(err)
			log.Warn().Err(err).Int("status", code).Msg("media report not taken")
			http.Error(w, text, code)
			return
		}
		fmt.Fprint(w, "ok")
	}
}

// parseMedia reads a media report; its fields are documented in package dialplan.
func parseMedia(body string) (callflow.MediaReport, error) {
	form, err := url.ParseQuery(body)
	if err != nil {
		return callflow.MediaReport{}, fmt.Errorf("%w: %w", callflow.ErrBadRequest, err)
	}
	f := fields{form: form}
	if v := f.text("v"); v != "1" {
		return callflow.MediaReport{}, fmt.Errorf("%w: report version %q, want 1", callflow.ErrBadRequest, v)
	}
	r := callflow.MediaReport{
		CallID: f.text("call_id"), Server: f.text("server"), N: int(f.number("attempt", routing.MaxRoutes)), BeganAt: f.time("began_ms"),
	}
	if r.Key, err = routing.ParseKey(f.text("key")); err != nil {
		f.fail("key", f.text("key"))
	}
	if r.Media, err = callflow.ParseMedia(f.text("media")); err != nil {
		return callflow.MediaReport{}, err
	}
	return r, f.err
}
