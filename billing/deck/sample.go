package deck

// SampleRow is a row of the sheet as it stands, for people who look whether its
// columns were taken for the right thing.
type SampleRow struct {
	Line  int      `json:"line"`
	Cells []string `json:"cells" nullable:"false"`
}

// sampleOf keeps the first rows that have something in them.
func sampleOf(records []record, most int) []SampleRow {
	var rows []SampleRow
	for _, r := range records[:min(most, len(records))] {
		row := SampleRow{Line: r.line, Cells: make([]string, 0, len(r.cells))}
		for _, c := range r.cells {
			row.Cells = append(row.Cells, cut(c))
		}
		rows = append(rows, row)
	}
	return rows
}
