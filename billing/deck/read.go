package deck

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
)

// ReadFile reads the sheet in a file.
func ReadFile(ctx context.Context, path string, o Options) (*Sheet, error) {
	file, size, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return Read(ctx, file, size, o)
}

// Read reads a rate sheet, CSV or XLSX by its content. All or nothing: with an
// error the sheet has no rates, but still says what its columns were taken for.
// A *SheetError holds all faults at once.
func Read(ctx context.Context, r io.ReaderAt, size int64, o Options) (*Sheet, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	s := &Sheet{}
	f := &faults{max: o.MaxErrors}
	err = f.take(read(ctx, r, size, o, s, f))
	if broken, ok := errors.AsType[*brokenError](err); ok {
		f.add(&broken.fault)
		err = nil
	}
	if err == nil {
		err = f.err()
	}
	if err != nil {
		s.table, s.Rates = nil, 0
		return s, err
	}
	if o.Progress != nil {
		o.Progress(size, size)
	}
	return s, nil
}

func read(ctx context.Context, r io.ReaderAt, size int64, o Options, s *Sheet, f *faults) error {
	if size > o.MaxBytes {
		return &LimitError{What: "bytes in the file", Limit: o.MaxBytes, Option: "--max-bytes"}
	}
	head := make([]byte, min(size, 512))
	if _, err := r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if len(bytes.TrimSpace(head)) == 0 && size <= int64(len(head)) {
		return emptySheet()
	}
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		return readWorkbook(ctx, r, size, o, s, f)
	}
	if err := otherFormat(head); err != nil {
		return err
	}
	return readText(ctx, r, size, o, s, f)
}

func emptySheet() error {
	return &CellError{Problem: "the sheet is empty", Fix: "save it anew, and look whether it is the right file"}
}

// otherFormat names what is often sent as a rate sheet and is none.
func otherFormat(head []byte) error {
	const asCSV = "open it in a spreadsheet and save it as .xlsx or CSV"
	lower := bytes.ToLower(bytes.TrimLeft(head, "\ufeff \t\r\n"))
	switch {
	case bytes.HasPrefix(head, []byte{0xD0, 0xCF, 0x11, 0xE0}):
		return &CellError{Problem: "an old .xls file, or a workbook with a password", Fix: asCSV + ", without a password"}
	case bytes.HasPrefix(head, []byte("%PDF")):
		return &CellError{Problem: "a PDF file", Fix: "ask for the sheet as .xlsx or CSV"}
	case bytes.HasPrefix(lower, []byte("<html")), bytes.HasPrefix(lower, []byte("<!doctype")), bytes.HasPrefix(lower, []byte("<table")), bytes.HasPrefix(lower, []byte("<?xml")):
		return &CellError{Problem: "a web page or XML", Fix: asCSV}
	case bytes.HasPrefix(head, []byte{0x1F, 0x8B}):
		return &CellError{Problem: "a compressed file", Fix: "unpack it"}
	}
	return nil
}

func readText(ctx context.Context, r io.ReaderAt, size int64, o Options, s *Sheet, f *faults) error {
	survey, err := look(ctx, r, size, o.Encoding)
	if err != nil {
		return err
	}
	text := func() (*meter, io.Reader) {
		m := &meter{r: io.NewSectionReader(r, survey.skip, size-survey.skip)}
		return m, survey.decoded(m)
	}
	_, head := text()
	delimiter, err := guessDelimiter(head, survey.newline, o)
	if err != nil {
		return err
	}
	s.Format, s.Encoding, s.Delimiter = "csv", survey.encoding, string(delimiter)
	m, body := text()
	source := takeSample(newCSVSource(body, delimiter, survey.newline, o))
	s.Sample = sampleOf(source.sample, o.SampleRows)
	l, err := findLayout(source.sample, o)
	if l != nil {
		s.Columns, s.Header = l.columns, l.header
	}
	if err != nil {
		// A sheet that cannot be read further says so first.
		if end := endOf(source); end != nil {
			return end
		}
		if source.empty() {
			return emptySheet()
		}
		return survey.doubt(err)
	}
	tell := func() (int64, int64) { return survey.skip + m.done, size }
	return parseAll(ctx, source, l, o, s, f, false, tell)
}

// endOf is the error that ended the sample.
func endOf(t *sampled) error {
	if t.end == nil || errors.Is(t.end, io.EOF) {
		return nil
	}
	return t.end
}

// empty says that there is no cell with something in it.
func (t *sampled) empty() bool { return len(t.sample) == 0 && len(t.faults) == 0 }

// parseAll runs the records of a source through a parser.
func parseAll(ctx context.Context, source *sampled, l *layout, o Options, s *Sheet, f *faults, date1904 bool, tell func() (done, total int64)) error {
	s.Header = l.header
	p := newParser(o, l, l.headerRecord(source.sample), date1904, f, s)
	p.codes.complete = p.completeCodes(source.sample)
	s.Columns = l.columns
	for _, text := range l.notes {
		s.note(l.header, text)
	}
	started := l.header == 0 && len(o.Mapping) == 0
	told := int64(0)
	for n := 0; ; n++ {
		if n%256 == 0 {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if done, total := tell(); o.Progress != nil && done-told >= blockSize {
				told = done
				o.Progress(done, total)
			}
		}
		r, err := source.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			if err := f.take(err); err != nil {
				return err
			}
			continue
		}
		s.Lines++
		switch {
		case r.line < l.header:
			s.skip(r.line, "above the header")
		case r.line == l.header:
		case !started && l.header == 0 && !p.begins(r):
			s.skip(r.line, "above the rates")
		default:
			started = true
			if err := p.record(r); err != nil {
				return err
			}
		}
	}
	if err := p.finish(ctx); err != nil {
		return err
	}
	s.table = p.table
	return nil
}

// begins says that the first rate of a mapped sheet without a header has come.
func (p *parser) begins(r record) bool {
	return looksCodes(p.codeCell(r)) && looksNumber(r.cell(p.at.price))
}

func (p *parser) codeCell(r record) []byte {
	if c := r.cell(p.at.prefix); len(c) > 0 {
		return c
	}
	return r.cell(p.at.countryCode)
}

// headerRecord is the header's row, to know it again on later pages.
func (l *layout) headerRecord(sample []record) record {
	if l.header == 0 {
		return record{}
	}
	at := slices.IndexFunc(sample, func(r record) bool { return r.line == l.header })
	return sample[at]
}

// completeCodes says that the codes carry the country code that also has a
// column of its own: all rows of the sample begin with it. Russia's 7 proves
// nothing: Kazakhstan's area codes begin with it.
func (p *parser) completeCodes(sample []record) bool {
	if p.at.countryCode < 0 {
		return false
	}
	seen, other := false, false
	for _, r := range sample {
		country := bytes.TrimLeft(wholeNumber(r.cell(p.at.countryCode)), "+0")
		codes := bytes.TrimLeft(r.cell(p.at.prefix), "+0 ")
		if r.line <= p.l.header || !allDigits(country) || !looksCodes(r.cell(p.at.prefix)) {
			continue
		}
		if !bytes.HasPrefix(codes, country) {
			return false
		}
		seen, other = true, other || string(country) != "7"
	}
	if !seen || !other {
		return false
	}
	c := &p.l.columns[p.at.prefix]
	c.Why = strings.TrimPrefix(c.Why+", with the country code in it", ", ")
	return true
}
