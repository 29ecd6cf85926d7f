package desk

import (
	"encoding/json"
	"time"

	"tandem/billing/deck"
	"tandem/db"
)

// ImportSettings are what can be said of a sheet that is imported.
type ImportSettings struct {
	SheetOptions

	Preview   PreviewOptions `json:"preview" required:"false"`
	Effective string         `json:"effective,omitempty" doc:"When rates begin that have no date of their own, as 2026-12-01 or 2026-12-01 06:00"`
	Partial   bool           `json:"partial,omitempty" doc:"The sheet has only what changes: codes that it does not name stay as they are"`
	Comment   string         `json:"comment,omitempty" maxLength:"255" doc:"Kept with the deck"`
}

// DefaultImport guesses everything.
func DefaultImport() ImportSettings { return ImportSettings{Preview: DefaultPreview()} }

// DeckImport is a rate sheet on its way to a draft.
type DeckImport struct {
	ID         int64          `json:"id"`
	ProviderID int64          `json:"provider_id,omitempty"`
	Provider   string         `json:"provider,omitempty"`
	TariffID   int64          `json:"tariff_id,omitempty"`
	Tariff     string         `json:"tariff,omitempty"`
	Tier       string         `json:"tier,omitempty"`
	Currency   string         `json:"currency"`
	State      db.ImportState `json:"state" enum:"uploading,uploaded,reading,ready,failed,keeping,kept"`
	File       string         `json:"file"`
	Bytes      int64          `json:"bytes"`
	Settings   ImportSettings `json:"settings"`
	Progress   WorkProgress   `json:"progress"`
	Error      string         `json:"error,omitempty" doc:"Why it failed"`
	DeckID     int64          `json:"deck_id,omitempty" doc:"The draft that was made of it"`
	CreatedBy  string         `json:"created_by"`
	CreatedAt  time.Time      `json:"created_at"`
	UpdatedAt  time.Time      `json:"updated_at"`
}

// WorkProgress is how far long work has come.
type WorkProgress struct {
	Done   int64 `json:"done"`
	Total  int64 `json:"total" doc:"0: not known yet"`
	AtWork bool  `json:"at_work" doc:"A node is at it just now; else it waits for one"`
}

// ReadSheet is an import with what was read of the sheet.
type ReadSheet struct {
	DeckImport

	Sheet  *SheetGuess      `json:"sheet,omitempty" doc:"None: not read yet, or nothing was understood"`
	Rows   []deck.SampleRow `json:"rows" nullable:"false" doc:"The first rows as they stand"`
	Errors []SheetFault     `json:"errors" nullable:"false"`
	// ErrorsTotal counts those that are not listed, too.
	ErrorsTotal int   `json:"errors_total"`
	SameAs      *Deck `json:"same_file_as,omitempty" doc:"A deck that was read from this very file"`
}

// SheetGuess is what a sheet and its columns were taken for.
type SheetGuess struct {
	Format       string         `json:"format" enum:"csv,xlsx"`
	Encoding     string         `json:"encoding,omitempty"`
	Delimiter    string         `json:"delimiter,omitempty"`
	Worksheet    string         `json:"worksheet,omitempty"`
	Header       int            `json:"header,omitempty" doc:"Line of the header; none: the sheet has none"`
	Columns      []deck.Column  `json:"columns" nullable:"false"`
	Fields       []deck.Field   `json:"fields" nullable:"false" doc:"What a column can be"`
	Currency     string         `json:"currency,omitempty"`
	Dates        deck.DateOrder `json:"dates,omitempty"`
	Decimal      string         `json:"decimal,omitempty"`
	SHA256       string         `json:"sha256,omitempty"`
	Lines        int            `json:"lines"`
	Rates        int            `json:"rates"`
	Earliest     *time.Time     `json:"earliest,omitempty"`
	Latest       *time.Time     `json:"latest,omitempty"`
	Notes        []deck.Note    `json:"notes" nullable:"false" doc:"What was assumed or merged"`
	NotesTotal   int            `json:"notes_total"`
	Skipped      []deck.Note    `json:"skipped" nullable:"false" doc:"Rows that are no rates"`
	SkippedTotal int            `json:"skipped_total"`
}

// SheetFault is one thing that is wrong with a sheet.
type SheetFault struct {
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty" doc:"1 is the first; none: the row as a whole"`
	Letter string `json:"letter,omitempty"`
	Header string `json:"header,omitempty"`
	Cell   string `json:"cell,omitempty"`
	Text   string `json:"text"`
	Fix    string `json:"fix,omitempty"`
}

// What is kept of a sheet for a screen.
const (
	sampleRows = 20
	keptFaults = 1000
	keptNotes  = 200
)

// readResult is what the database keeps of reading.
type readResult struct {
	Sheet  *SheetGuess      `json:"sheet"`
	Rows   []deck.SampleRow `json:"rows"`
	Errors []SheetFault     `json:"errors"`
	Total  int              `json:"errors_total"`
	SameAs *Deck            `json:"same_file_as"`
}

func (i *Import) result(faults *deck.SheetError) readResult {
	out := readResult{SameAs: i.SameAs}
	if s := i.Sheet.Sheet; s != nil {
		out.Rows = s.Sample
		if s.Format != "" {
			out.Sheet = guessOf(s, i.Sheet.SHA256)
		}
	}
	if faults != nil {
		out.Total = faults.Total
		for _, f := range faults.Faults[:min(keptFaults, len(faults.Faults))] {
			out.Errors = append(out.Errors, SheetFault{
				Line: f.Line, Column: f.Column, Letter: f.Letter, Header: f.Header, Cell: f.Cell, Text: unflagged(f.Problem), Fix: unflagged(f.Fix),
			})
		}
	}
	return out
}

func guessOf(s *deck.Sheet, sha256 string) *SheetGuess {
	g := &SheetGuess{
		Format: s.Format, Encoding: s.Encoding, Delimiter: s.Delimiter, Worksheet: s.Worksheet, Header: s.Header, Columns: s.Columns,
		Fields: deck.Fields(), Currency: s.Currency, Dates: s.Dates, Decimal: s.Decimal, SHA256: sha256, Lines: s.Lines, Rates: s.Rates,
		Notes: notes(s.Notes), NotesTotal: s.NotesTotal, Skipped: notes(s.Skipped), SkippedTotal: s.SkippedTotal,
	}
	if !s.Earliest.IsZero() {
		g.Earliest = &s.Earliest
	}
	if !s.Latest.IsZero() {
		g.Latest = &s.Latest
	}
	return g
}

func notes(list []deck.Note) []deck.Note {
	return append([]deck.Note{}, list[:min(keptNotes, len(list))]...)
}

// ViewImport is an import as it stands, without what was read of it.
func ViewImport(v db.DeckImport) (DeckImport, error) {
	out := DeckImport{
		ID: v.ID, ProviderID: v.Owner.ProviderID, Provider: v.Owner.Provider, TariffID: v.Owner.TariffID, Tariff: v.Owner.Tariff,
		Currency: v.Owner.Currency, State: v.State, File: v.File, Bytes: v.Bytes, Error: v.Error, DeckID: v.DeckID,
		Progress:  WorkProgress{Done: v.Done, Total: v.Total, AtWork: v.AtWork},
		CreatedBy: v.Actor.Name, CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt,
	}
	if v.Owner.TariffID == 0 {
		out.Tier = v.Owner.Tier.String()
	}
	return out, json.Unmarshal(v.Settings, &out.Settings)
}

// ViewSheet is an import with what was read of it.
func ViewSheet(v db.DeckImport) (ReadSheet, error) {
	head, err := ViewImport(v)
	out := ReadSheet{DeckImport: head, Rows: []deck.SampleRow{}, Errors: []SheetFault{}}
	if err != nil || len(v.Result) == 0 {
		return out, err
	}
	var read readResult
	if err := json.Unmarshal(v.Result, &read); err != nil {
		return out, err
	}
	out.Sheet, out.ErrorsTotal, out.SameAs = read.Sheet, read.Total, read.SameAs
	out.Rows, out.Errors = append(out.Rows, read.Rows...), append(out.Errors, read.Errors...)
	return out, nil
}
