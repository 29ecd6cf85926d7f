package v1

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/db"
	"tandem/view"
)

// attempts are bids: a call offered to a route.
func attempts(d *door) {
	handle(d, look(access.Calls), huma.Operation{
		OperationID: "list-attempts", Method: http.MethodGet, Path: "/attempts", Summary: "List attempts, the newest first", Tags: []string{"Calls"},
	}, d.listAttempts)
	handle(d, look(access.Calls), huma.Operation{
		OperationID: "export-attempts", Method: http.MethodGet, Path: "/attempts/export", Summary: "Download attempts, as many as there are", Tags: []string{"Calls"},
		Responses: files("text/csv", "application/x-ndjson"),
	}, d.exportAttempts)
}

type attemptsInput struct {
	AttemptsFilter
	TimeOrder
	Paging
}

type attemptsOutput struct{ Body Page[db.AttemptLine] }

func (d *door) listAttempts(ctx context.Context, in *attemptsInput) (*attemptsOutput, error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	var after db.AttemptPlace
	if err := readCursor(in.Cursor, &after); err != nil {
		return nil, err
	}
	rows, err := d.DB.ListAttempts(ctx, f, after, in.oldestFirst(), in.Limit+1, d.DB.NewNames())
	if err != nil {
		return nil, tooMuch(err)
	}
	return &attemptsOutput{pageOf(rows, in.Limit, func(a *db.AttemptLine) any { return a.Place() })}, nil
}

type attemptsExportInput struct {
	AttemptsFilter
	TimeOrder
	Format
}

func (d *door) exportAttempts(ctx context.Context, in *attemptsExportInput) (*huma.StreamResponse, error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	names := d.DB.NewNames()
	return feed[db.AttemptLine]{name: "attempts", columns: attemptColumns(), page: func(ctx context.Context, last *db.AttemptLine) ([]db.AttemptLine, error) {
		var after db.AttemptPlace
		if last != nil {
			after = last.Place()
		}
		return d.DB.ListAttempts(ctx, f, after, in.oldestFirst(), feedPage, names)
	}}.stream(ctx, d, in.Format.Format)
}

func attemptColumns() []exportColumn[db.AttemptLine] {
	type a = db.AttemptLine
	return []exportColumn[a]{
		{"call_id", func(a *a) string { return a.CallID }},
		{"n", func(a *a) string { return cellInt(a.N) }},
		{"started_at", func(a *a) string { return cellTime(a.StartedAt) }},
		{"route", func(a *a) string { return a.Route }},
		{"provider_id", func(a *a) string { return cellID(a.ProviderID) }},
		{"provider", func(a *a) string { return view.CellText(a.Provider) }},
		{"tier", func(a *a) string { return a.Tier }},
		{"gate_id", func(a *a) string { return cellID(a.GateID) }},
		{"address_id", func(a *a) string { return cellID(a.AddressID) }},
		{"result", func(a *a) string { return string(a.Result) }},
		{"dial_status", func(a *a) string { return view.CellText(a.DialStatus) }},
		{"sip_status", func(a *a) string { return cellID(a.SIPStatus) }},
		{"cause", func(a *a) string { return cellID(a.Cause) }},
		{"pdd_ms", func(a *a) string { return cellInt(a.PDDMS) }},
		{"elapsed_ms", func(a *a) string { return cellInt(a.ElapsedMS) }},
		{"talk_ms", func(a *a) string { return cellInt(a.TalkMS) }},
		{"blame", func(a *a) string { return a.Blame }},
		{"b_number", func(a *a) string { return view.CellText(a.BNumber) }},
		{"b_country", func(a *a) string { return a.BPlace.Country }},
		{"b_region", func(a *a) string { return view.CellText(a.BPlace.Region) }},
		{"b_network", func(a *a) string { return view.CellText(a.BPlace.Network) }},
		{"b_type", func(a *a) string { return cellType(a.BPlace) }},
		{"cost", func(a *a) string { return cellSum(a.Cost) }},
		{"currency", func(a *a) string { return a.Currency }},
		{"rtp_received", cellMedia(func(m *db.MediaLine) string { return cellInt(m.Received) })},
		{"rtp_lost", cellMedia(func(m *db.MediaLine) string { return cellInt(m.Lost) })},
		{"rtp_sent", cellMedia(func(m *db.MediaLine) string { return cellInt(m.Sent) })},
		{"loss", cellMedia(func(m *db.MediaLine) string { return cellMaybeShare(m.Loss) })},
		{"jitter_ms", cellMedia(func(m *db.MediaLine) string { return cellFigure(&m.JitterMS) })},
		{"rtt_ms", cellMedia(func(m *db.MediaLine) string { return cellFigure(m.RTTMS) })},
		{"mos", cellMedia(func(m *db.MediaLine) string { return cellFigure(m.MOS) })},
	}
}

// cellMedia is empty where nothing was heard.
func cellMedia(tell func(*db.MediaLine) string) func(*db.AttemptLine) string {
	return func(a *db.AttemptLine) string {
		if a.Media == nil {
			return ""
		}
		return tell(a.Media)
	}
}

// cellFigure is empty where a figure is not known.
func cellFigure(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'f', -1, 64)
}
