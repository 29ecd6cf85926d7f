package deck_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"tandem/billing/deck"
)

// The parts of the smallest workbook there is.
const (
	rootParts = `<Relationships><Relationship Id="r1" Type="http://x/officeDocument" Target="/xl/workbook.xml"/></Relationships>`
	bookParts = `<Relationships><Relationship Id="r1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="r2" Type="http://x/sharedStrings" Target="sharedStrings.xml"/></Relationships>`
	book     = `<workbook xmlns:r="http://r"><workbookPr date1904="%s"/><sheets><sheet name="Rates" r:id="r1"/></sheets></workbook>`
	oneSheet = `<worksheet><sheetData>%s</sheetData></worksheet>`
	header   = `<row r="1"><c r="A1" t="inlineStr"><is><t>Code</t></is></c><c r="B1" t="str"><v>Rate</v></c></row>`
)

// parts makes a workbook of raw XML.
func parts(t *testing.T, sheet, strings, date1904 string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, part := range [][2]string{
		{"_rels/.rels", rootParts},
		{"xl/_rels/workbook.xml.rels", bookParts},
		{"xl/workbook.xml", fmt.Sprintf(book, date1904)},
		{"xl/sharedStrings.xml", "<sst>" + strings + "</sst>"},
		{"xl/worksheets/sheet1.xml", sheet},
	} {
		w, err := z.Create(part[0])
		check(t, err)
		_, err = io.WriteString(w, part[1])
		check(t, err)
	}
	check(t, z.Close())
	return b.Bytes()
}

func sheetOf(rows string) string { return fmt.Sprintf(oneSheet, rows) }

func readBytes(t *testing.T, data []byte, o deck.Options) (*deck.Sheet, error) {
	t.Helper()
	return deck.Read(t.Context(), bytes.NewReader(data), int64(len(data)), o)
}

// A workbook that breaks off must not become a shorter deck: the codes that
// are missing would be deleted.
func TestDamagedWorkbookIsNoShorterDeck(t *testing.T) {
	t.Parallel()
	good := header + `<row r="2"><c r="A2"><v>44</v></c><c r="B2"><v>0.01</v></c></row>`
	for name, sheet := range map[string]string{
		"control character":        sheetOf(good + "<row r=\"3\"><c t=\"str\"><v>4\x015</v></c><c><v>0.01</v></c></row>"),
		"cut off in a row":         sheetOf(good)[:len(sheetOf(good))-60],
		"cut off after a row":      "<worksheet><sheetData>" + good,
		"cut off after the rows":   "<worksheet><sheetData>" + good + "</sheetData>",
		"wrong end tag":            "<worksheet><sheetData>" + good + "</row></sheetData></worksheet>",
		"entity nobody defined":    sheetOf(good + `<row r="3"><c t="str"><v>&x;</v></c></row>`),
		"rows out of order":        sheetOf(good + `<row r="2"><c r="A2"><v>45</v></c></row>`),
		"cells out of order":       sheetOf(header + `<row r="2"><c r="B2"><v>0.01</v></c><c r="A2"><v>44</v></c></row>`),
		"no cell name":             sheetOf(header + `<row r="2"><c r="2"><v>0.01</v></c></row>`),
		"text that is not there":   sheetOf(good + `<row r="3"><c r="A3" t="s"><v>7</v></c></row>`),
		"text number below zero":   sheetOf(good + `<row r="3"><c r="A3" t="s"><v>-1</v></c></row>`),
		"nothing behind the start": "",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := readBytes(t, parts(t, sheet, "", "0"), deck.Options{})
			var faults *deck.SheetError
			if !errors.As(err, &faults) || !strings.Contains(err.Error(), "damaged") {
				t.Fatalf("error %v, want the damage named", err)
			}
			if s.Rates != 0 {
				t.Fatalf("%d rates of a damaged workbook", s.Rates)
			}
		})
	}
}

func TestWorkbookCells(t *testing.T) {
	t.Parallel()
	texts := `<si><r><t>U</t></r><r><t>K</t></r><rPh sb="0"><t>yu-kei</t></rPh></si><si><t>Destination_x000A_</t></si><si><t>_x_ 3_x0041_</t></si>`
	rows := `<row><c t="inlineStr"><is><r><t>Co</t></r><r><t>de</t></r></is></c><c t="s"><v>1</v></c><c t="str"><f>A</f><v>Rate</v></c><c t="str"><v>Valid from</v></c><c t="str"><v>Blocked</v></c></row>` +
		`<row r="4"><c><v>4.47E+11</v></c><c t="s"><v>0</v></c><c><v>1.2299999999999999E-2</v></c><c><v>44834</v></c><c t="b"><v>0</v></c><c s="3"/></row>` +
		`<row><c t="n"><v>33</v></c><c t="s"><v>2</v></c><c t="e"><v>#REF!</v></c><c t="d"><v>2026-10-01T12:30:00</v></c><c t="b"><v>1</v></c></row>`
	got := tell(readBytes(t, parts(t, sheetOf(rows), texts, "1"), deck.Options{}))
	if want := `line 5, column C "Rate": "#REF!": not a price`; !strings.Contains(got, want) {
		t.Fatalf("%s\nwant %s", got, want)
	}
	rows = strings.Replace(rows, `<c t="e"><v>#REF!</v></c>`, `<c><v>-0.0</v></c>`, 1)
	got = tell(readBytes(t, parts(t, sheetOf(rows), texts, "1"), deck.Options{}))
	want := "rate 33 | _x_ 3A | 0. | 60/60 | from 2026-10-01T12:30:00Z | blocked\n" +
		"rate 447000000000 | UK | 0.0123 | 60/60 | from 2026-10-01T00:00:00Z\n"
	if !strings.HasSuffix(got, want) {
		t.Fatalf("%s\nwant\n%s", got, want)
	}
}

func TestWorkbookLimits(t *testing.T) {
	t.Parallel()
	spaces := strings.Repeat(" ", 8<<20)
	cell := `<row r="2"><c r="A2" t="str"><v>%s</v></c></row>`
	const noSheet = "no option; it is no rate sheet"
	for name, c := range map[string]struct {
		sheet, texts string
		o            deck.Options
		option       string
	}{
		"bomb between rows":   {sheetOf(header + spaces), "", deck.Options{MaxUnzipped: 1 << 20, MaxLine: 16 << 20}, "--max-unzipped"},
		"bomb in the texts":   {sheetOf(header), "<si><t>" + spaces + "</t></si>", deck.Options{MaxUnzipped: 1 << 20, MaxLine: 16 << 20}, "--max-unzipped"},
		"one huge cell":       {sheetOf(header + fmt.Sprintf(cell, spaces)), "", deck.Options{}, "--max-line"},
		"one huge text":       {sheetOf(header), "<si><t>" + spaces + "</t></si>", deck.Options{}, "--max-line"},
		"text in many pieces": {sheetOf(header), "<si>" + strings.Repeat("<r><t>"+spaces[:1<<19]+"x</t></r>", 4) + "</si>", deck.Options{}, "--max-line"},
		"rows never closed":   {"<worksheet><sheetData>" + header + strings.Repeat("<row>", 1000), "", deck.Options{}, noSheet},
		"texts never closed":  {sheetOf(header), strings.Repeat("<si>", 1000), deck.Options{}, noSheet},
		"nested in a cell":    {sheetOf(header + "<row><c>" + strings.Repeat("<v>", 1000)), "", deck.Options{}, noSheet},
		"texts without text":  {sheetOf(header), strings.Repeat("<si/>", 40_000), deck.Options{MaxUnzipped: 1 << 20}, "--max-unzipped"},
		"the last column":     {sheetOf(header + `<row r="2"><c r="XFD2"><v>1</v></c></row>`), "", deck.Options{}, "--max-columns"},
		"many cells":          {sheetOf(header + `<row r="2">` + strings.Repeat(`<c><v>1</v></c>`, 201) + `</row>`), "", deck.Options{}, "--max-columns"},
		"one text everywhere": {sheetOf(header + `<row r="2">` + strings.Repeat(`<c t="s"><v>0</v></c>`, 100) + `</row>`), "<si><t>" + strings.Repeat("x", 1<<16) + "</t></si>", deck.Options{}, "--max-line"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := readBytes(t, parts(t, c.sheet, c.texts, "0"), c.o)
			var limit *deck.LimitError
			if !errors.As(err, &limit) || limit.Option != c.option {
				t.Fatalf("error %v, want one that names %s", err, c.option)
			}
		})
	}
}

// The archive's directory may lie about the size of a part.
func TestZipBombThatLies(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	w, err := z.Create("x")
	check(t, err)
	zeros := make([]byte, 1<<20)
	sum := crc32.NewIEEE()
	for range 64 {
		_, err = io.MultiWriter(w, sum).Write(zeros)
		check(t, err)
	}
	check(t, z.Close())
	r, err := zip.NewReader(bytes.NewReader(packed.Bytes()), int64(packed.Len()))
	check(t, err)
	raw, err := r.File[0].OpenRaw()
	check(t, err)
	body, err := io.ReadAll(raw)
	check(t, err)

	var b bytes.Buffer
	z = zip.NewWriter(&b)
	for _, part := range [][2]string{{"_rels/.rels", rootParts}, {"xl/_rels/workbook.xml.rels", bookParts}, {"xl/workbook.xml", fmt.Sprintf(book, "0")}} {
		w, err := z.Create(part[0])
		check(t, err)
		_, err = io.WriteString(w, part[1])
		check(t, err)
	}
	w, err = z.CreateRaw(&zip.FileHeader{
		Name: "xl/worksheets/sheet1.xml", Method: zip.Deflate, CRC32: sum.Sum32(),
		CompressedSize64: uint64(len(body)), UncompressedSize64: 100,
	})
	check(t, err)
	_, err = w.Write(body)
	check(t, err)
	check(t, z.Close())
	if _, err := readBytes(t, b.Bytes(), deck.Options{}); err == nil {
		t.Fatal("a part bigger than it says was read")
	}
}

func TestOtherArchives(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("content.xml")
	check(t, err)
	_, err = w.Write([]byte("<office/>"))
	check(t, err)
	check(t, z.Close())
	for name, data := range map[string][]byte{
		"no .xlsx":   b.Bytes(),
		"damaged":    b.Bytes()[:b.Len()-10],
		"password":   append([]byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}, make([]byte, 600)...),
		"PDF":        []byte("%PDF-1.4\n"),
		"compressed": {0x1F, 0x8B, 8, 0},
		"is empty":   []byte(" \n\t "),
		"NUL byte":   append([]byte("Code,Rate\n44,0.01\n"), 0),
	} {
		_, err := readBytes(t, data, deck.Options{})
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// The first sheet that looks like rates is taken; hidden ones only by name.
func TestWorksheetIsChosen(t *testing.T) {
	t.Parallel()
	f := excelize.NewFile()
	defer f.Close()
	for name, rate := range map[string]float64{"Old": 0.01, "New": 0.02} {
		_, err := f.NewSheet(name)
		check(t, err)
		check(t, f.SetSheetRow(name, "A1", &[]any{"Code", "Rate"}))
		check(t, f.SetSheetRow(name, "A2", &[]any{44, rate}))
	}
	check(t, f.SetSheetVisible("Old", false))
	var b bytes.Buffer
	check(t, f.Write(&b))
	for asked, want := range map[string]string{"": "New", "old": "Old"} {
		s, err := readBytes(t, b.Bytes(), deck.Options{Worksheet: asked})
		if err != nil || s.Worksheet != want {
			t.Errorf("worksheet %q: %q, %v", asked, s.Worksheet, err)
		}
	}
}

func TestWorkbookDatesOfExcelize(t *testing.T) {
	t.Parallel()
	f := excelize.NewFile()
	defer f.Close()
	at := time.Date(2026, 10, 1, 18, 45, 30, 0, time.UTC)
	check(t, f.SetSheetRow("Sheet1", "A1", &[]any{"Code", "Rate", "Valid from"}))
	check(t, f.SetSheetRow("Sheet1", "A2", &[]any{"44", 0.01, at}))
	var b bytes.Buffer
	check(t, f.Write(&b))
	s, err := readBytes(t, b.Bytes(), deck.Options{})
	check(t, err)
	for _, r := range all(t, s.All()) {
		if !r.From.Equal(at) {
			t.Fatalf("from %s, want %s", r.From, at)
		}
	}
}

func bigWorkbook(tb testing.TB, rows int) []byte {
	tb.Helper()
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		tb.Fatal(err)
	}
	if err := w.SetRow("A1", []any{"Destination", "Code", "Rate", "Increments"}); err != nil {
		tb.Fatal(err)
	}
	for i := range rows {
		if err := w.SetRow(fmt.Sprintf("A%d", i+2), []any{fmt.Sprintf("Destination %d", i/50), 447_000_000 + i, 0.0123, "60/1"}); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		tb.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}
