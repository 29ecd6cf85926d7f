package deck

import (
	"archive/zip"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
)

// workbook is an XLSX file (ECMA-376): a zip archive of XML parts. It is read
// here part by part and to the last tag, as a part that breaks off must be an
// error and never a shorter deck.
type workbook struct {
	parts    map[string]*zip.File // by lower-case name
	sheets   []worksheet
	strings  []string
	date1904 bool
	budget   *int64 // bytes that may still be unpacked
	limit    int64
	maxLine  int
}

type worksheet struct {
	name, part string
	hidden     bool
}

// maxParts bounds the archive's directory and what its parts refer to, maxText
// the memory of the texts that cells share. Every text counts textCost bytes
// beside its letters, so that there are some five millions of them at most.
// maxDepth is how deep elements may lie in each other: the decoder keeps a note of
// each that is open, and in a rate sheet they are fewer than ten.
const (
	maxParts = 10_000
	maxText  = 256 << 20
	textCost = 48
	maxDepth = 64
)

func openWorkbook(ctx context.Context, r io.ReaderAt, size int64, o Options) (*workbook, error) {
	archive, err := zip.NewReader(r, size)
	if err != nil {
		return nil, damaged("the archive", err)
	}
	if len(archive.File) > maxParts {
		return nil, tooManyParts()
	}
	budget := o.MaxUnzipped
	w := &workbook{parts: make(map[string]*zip.File), budget: &budget, limit: o.MaxUnzipped, maxLine: o.MaxLine}
	for _, f := range archive.File {
		w.parts[strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))] = f
	}
	book, err := w.mainPart(ctx)
	if err != nil {
		return nil, err
	}
	targets, err := w.relations(ctx, book)
	if err != nil {
		return nil, err
	}
	if err := w.readBook(ctx, book, targets); err != nil {
		return nil, err
	}
	for _, target := range targets {
		if target.kind == "sharedStrings" {
			return w, w.readStrings(ctx, target.part)
		}
	}
	return w, nil
}

func tooManyParts() error {
	return &LimitError{What: "parts of the workbook", Limit: maxParts, Option: "no option; it is no rate sheet"}
}

func damaged(what string, err error) error {
	if _, ok := errors.AsType[*LimitError](err); ok {
		return err
	}
	return &brokenError{CellError{Problem: fmt.Sprintf("the workbook is damaged: %s: %v", what, err), Fix: "open it in a spreadsheet and save it anew"}}
}

func (w *workbook) mainPart(ctx context.Context) (string, error) {
	targets, err := w.relations(ctx, "")
	if err != nil {
		return "", err
	}
	for _, t := range targets {
		if t.kind == "officeDocument" && w.parts[t.part] != nil {
			if strings.HasSuffix(t.part, ".bin") {
				return "", &CellError{Problem: "a binary workbook (.xlsb)", Fix: "save it as .xlsx"}
			}
			return t.part, nil
		}
	}
	return "", &CellError{Problem: "a zip archive that is no .xlsx workbook", Fix: "unpack it, or save the sheet as .xlsx"}
}

// relation is what a part refers to: kind is the last word of its type.
type relation struct{ id, kind, part string }

// relations reads the references of a part; of the archive when part is empty.
func (w *workbook) relations(ctx context.Context, part string) ([]relation, error) {
	dir := path.Dir(part)
	name := path.Join(dir, "_rels", path.Base(part)+".rels")
	if part == "" {
		dir, name = "", "_rels/.rels"
	}
	if w.parts[name] == nil {
		return nil, nil
	}
	var found []relation
	err := w.each(ctx, name, func(e xml.StartElement, _ *tokens) error {
		if e.Name.Local != "Relationship" {
			return nil
		}
		if len(found) == maxParts {
			return tooManyParts()
		}
		target := strings.ToLower(strings.ReplaceAll(attr(e, "Target"), `\`, "/"))
		if rooted, ok := strings.CutPrefix(target, "/"); ok {
			target = path.Clean(rooted)
		} else {
			target = path.Join(dir, target)
		}
		found = append(found, relation{attr(e, "Id"), path.Base(attr(e, "Type")), target})
		return nil
	})
	return found, err
}

func (w *workbook) readBook(ctx context.Context, part string, targets []relation) error {
	return w.each(ctx, part, func(e xml.StartElement, _ *tokens) error {
		switch e.Name.Local {
		case "workbookPr":
			w.date1904 = attr(e, "date1904") == "1" || attr(e, "date1904") == "true"
		case "sheet":
			at := slices.IndexFunc(targets, func(r relation) bool { return r.id == attr(e, "id") })
			if len(w.sheets) == maxParts {
				return tooManyParts()
			}
			if at >= 0 && targets[at].kind == "worksheet" {
				w.sheets = append(w.sheets, worksheet{attr(e, "name"), targets[at].part, attr(e, "state") != "" && attr(e, "state") != "visible"})
			}
		}
		return nil
	})
}

// readStrings reads the texts that cells refer to by number.
func (w *workbook) readStrings(ctx context.Context, part string) error {
	if w.parts[part] == nil {
		return nil
	}
	size, limit, option := int64(0), int64(maxText), "no option; save the sheet as CSV"
	if w.limit < limit {
		limit, option = w.limit, "--max-unzipped"
	}
	return w.each(ctx, part, func(e xml.StartElement, t *tokens) error {
		if e.Name.Local != "si" {
			return nil
		}
		text, err := t.text("si")
		if err != nil {
			return err
		}
		if size += int64(len(text)) + textCost; size > limit {
			return &LimitError{What: "bytes of text in the workbook", Limit: limit, Option: option}
		}
		w.strings = append(w.strings, text)
		return nil
	})
}

// each calls do for every element of a part, which must be whole.
func (w *workbook) each(ctx context.Context, part string, do func(xml.StartElement, *tokens) error) error {
	t, err := w.open(part)
	if err != nil {
		return err
	}
	defer t.close()
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		token, err := t.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if e, ok := token.(xml.StartElement); ok {
			if err := do(e, t); err != nil {
				return err
			}
		}
	}
}

// open starts to read a part.
func (w *workbook) open(part string) (*tokens, error) {
	file := w.parts[part]
	if file == nil {
		return nil, damaged(part, errors.New("part is missing"))
	}
	body, err := file.Open()
	if err != nil {
		return nil, damaged(part, err)
	}
	t := &tokens{part: part, body: body, budget: w.budget, limit: w.limit, maxToken: int64(w.maxLine)}
	t.decoder = xml.NewDecoder(t)
	return t, nil
}

// tokens reads one part. It counts what is unpacked, whatever the archive's
// directory says of its size.
type tokens struct {
	part     string
	body     io.ReadCloser
	decoder  *xml.Decoder
	budget   *int64
	limit    int64
	done     int64
	maxToken int64
	allowed  int64 // bytes that the token at hand may still take
	depth    int   // elements that are open
	failure  error
}

// Read is for the decoder.
func (t *tokens) Read(b []byte) (int, error) {
	if t.allowed <= 0 {
		t.failure = &LimitError{What: "bytes in one cell of the workbook", Limit: t.maxToken, Option: "--max-line"}
		return 0, t.failure
	}
	n, err := t.body.Read(b[:min(len(b), blockSize)])
	t.done += int64(n)
	t.allowed -= int64(n)
	if *t.budget -= int64(n); *t.budget < 0 {
		t.failure = &LimitError{What: "bytes in the unpacked workbook", Limit: t.limit, Option: "--max-unzipped"}
		return 0, t.failure
	}
	return n, err
}

// next returns the next token; io.EOF only where the part may end.
func (t *tokens) next() (xml.Token, error) {
	t.allowed = t.maxToken + blockSize
	token, err := t.decoder.Token()
	switch {
	case err == nil:
		return token, t.nest(token)
	case t.failure != nil:
		return nil, t.failure
	case errors.Is(err, io.EOF) && t.done > 0:
		return nil, io.EOF
	}
	return nil, damaged(t.part, err)
}

// nest bounds how deep elements lie in each other.
func (t *tokens) nest(token xml.Token) error {
	switch token.(type) {
	case xml.StartElement:
		if t.depth++; t.depth > maxDepth {
			return &LimitError{What: "elements inside each other in " + t.part, Limit: maxDepth, Option: "no option; it is no rate sheet"}
		}
	case xml.EndElement:
		t.depth--
	}
	return nil
}

func (t *tokens) close() { _ = t.body.Close() }

// text reads all <t> up to the end of the element: texts in several fonts are
// one text. Phonetic hints are left out.
func (t *tokens) text(element string) (string, error) {
	var b strings.Builder
	inText, phonetic := false, 0
	for {
		token, err := t.next()
		if err != nil {
			return "", t.broken(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			inText = e.Name.Local == "t"
			if e.Name.Local == "rPh" {
				phonetic++
			}
		case xml.EndElement:
			inText = false
			switch e.Name.Local {
			case element:
				return unescaped(b.String()), nil
			case "rPh":
				phonetic--
			}
		case xml.CharData:
			if inText && phonetic == 0 {
				if b.Len()+len(e) > int(t.maxToken) {
					return "", &LimitError{What: "bytes in one cell of the workbook", Limit: t.maxToken, Option: "--max-line"}
				}
				b.Write(e)
			}
		}
	}
}

// broken is the error for a part that ends inside an element.
func (t *tokens) broken(err error) error {
	if errors.Is(err, io.EOF) {
		return damaged(t.part, io.ErrUnexpectedEOF)
	}
	return err
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// unescaped undoes _x000D_, which is how workbooks write control characters.
func unescaped(s string) string {
	at := strings.Index(s, "_x")
	if at < 0 {
		return s
	}
	var b strings.Builder
	for at >= 0 {
		b.WriteString(s[:at])
		s = s[at:]
		code, err := uint64(0), errors.New("too short")
		if len(s) >= 7 && s[6] == '_' {
			code, err = strconv.ParseUint(s[2:6], 16, 16)
		}
		if err != nil {
			b.WriteString(s[:2])
			s = s[2:]
		} else {
			b.WriteRune(rune(code))
			s = s[7:]
		}
		at = strings.Index(s, "_x")
	}
	b.WriteString(s)
	return b.String()
}
