package api

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/rs/zerolog"

	"tandem/api/access"
	"tandem/billing"
	"tandem/callflow"
	"tandem/internal/q850"
)

// endReport takes a call's end: POST /asterisk/end. It answers 200 "ok" when
// the record is durable, 400 when the report makes no sense, 503 when another
// node should be asked.
func endReport(flow *callflow.Flow, log zerolog.Logger) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxReport))
		if err != nil {
			http.Error(w, "report too long or cut short", http.StatusBadRequest)
			return
		}
		report, err := ParseReport(string(body))
		if err == nil {
			err = flow.Speaks(report.Server, access.AddressOf(r.RemoteAddr))
		}
		if err == nil {
			err = flow.End(r.Context(), report)
		}
		if err != nil {
			code, text := status(err)
			log.Warn().Err(err).Int("status", code).Msg("end report not taken")
			http.Error(w, text, code)
			return
		}
		fmt.Fprint(w, "ok")
	}
}

// ParseReport reads an end report in the form that the dialplan writes: the
// body of the POST, or a line of the local file. Its fields are documented in
// package dialplan. Errors wrap callflow.ErrBadRequest and name the field.
func ParseReport(body string) (callflow.Report, error) {
	form, err := url.ParseQuery(body)
	if err != nil {
		return callflow.Report{}, fmt.Errorf("%w: %w", callflow.ErrBadRequest, err)
	}
	f := fields{form: form}
	if v := f.text("v"); v != "1" {
		return callflow.Report{}, fmt.Errorf("%w: report version %q, want 1", callflow.ErrBadRequest, v)
	}
	r := callflow.Report{
		Seizure: callflow.Seizure{
			CallID: f.text("call_id"), Server: f.text("server"), Endpoint: f.text("endpoint"), Source: f.text("source"),
			Dialled: f.text("dialled"), CLI: f.text("cli"), Hops: int(f.number("hops", 99)), At: f.time("started_ms"),
		},
		Direction:   billing.Direction(f.text("direction")),
		Origin:      f.text("origin"),
		EndedAt:     f.time("ended_ms"),
		Log:         f.text("log"),
		Action:      callflow.Action(f.text("action")),
		DialStatus:  f.text("status"),
		Cause:       q850.Cause(f.number("cause", 127)),
		RejectCause: q850.Cause(f.number("reject_cause", 127)),
		Talk:        time.Duration(f.number("talk_ms", maxTalkMillis)) * time.Millisecond,
		Cut:         f.number("cut", 1) == 1,
	}
	// Whatever the far side made Asterisk measure, the call is billed.
	r.Media, _ = callflow.ParseMedia(f.text("media"))
	switch by := f.text("by"); by {
	case "caller":
		r.HungUp = billing.SideCaller
	case "called":
		r.HungUp = billing.SideCalled
	case "asterisk":
		r.HungUp = billing.SideUs
	case "":
	default:
		f.fail("by", by)
	}
	switch r.Action {
	case "", callflow.Dial, callflow.Redirect, callflow.Echo, callflow.Reject:
	default:
		f.fail("action", string(r.Action))
	}
	return r, f.err
}

// maxMillis is the year 2286; maxTalkMillis is a month.
const (
	maxMillis     = 9_999_999_999_999
	maxTalkMillis = 31 * 24 * 3600 * 1000
)

// fields reads a form and keeps the first thing wrong with it.
type fields struct {
	form url.Values
	err  error
}

func (f *fields) fail(name, value string) {
	if f.err == nil {
		f.err = fmt.Errorf("%w: %s %q", callflow.ErrBadRequest, name, value)
	}
}

func (f *fields) text(name string) string {
	values := f.form[name]
	if len(values) > 1 {
		f.fail(name, "given twice")
	}
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// number reads digits from 0 to limit; an empty field is 0.
func (f *fields) number(name string, limit uint64) int64 {
	text := f.text(name)
	if text == "" {
		return 0
	}
	v, err := strconv.ParseUint(text, 10, 63)
	if err != nil || v > limit {
		f.fail(name, text)
		return 0
	}
	return int64(v)
}

func (f *fields) time(name string) time.Time {
	ms := f.number(name, maxMillis)
	if ms == 0 {
		f.fail(name, "")
	}
	return time.UnixMilli(ms).UTC()
}
