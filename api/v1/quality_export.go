package v1

import (
	"context"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"tandem/db"
	"tandem/quality"
	"tandem/view"
)

type qualityExportInput struct {
	QualityQuestion
	QualityFileLimit
	Format
}

// exportQuality writes the lines that get-quality shows, all of them.
func (d *door) exportQuality(ctx context.Context, in *qualityExportInput) (*huma.StreamResponse, error) {
	v, err := d.readQuality(ctx, &in.QualityQuestion, in.Limit)
	if err != nil {
		return nil, err
	}
	return d.qualityFile(ctx, "quality", in.By, &v, in.Format.Format)
}

func (d *door) qualityFile(ctx context.Context, name string, by []string, v *view.Quality, format string) (*huma.StreamResponse, error) {
	return feed[qualityLine]{
		name: name, columns: qualityColumns(by, v.Grain != db.GrainTotal, v.Before != nil), page: once(qualityLines(by, v)),
	}.stream(ctx, d, format)
}

// qualityLine is a line of a file.
type qualityLine struct {
	view.QualityLine

	RestLines int64 `json:"rest_lines,omitempty"` // of the last one: so many lines that are left out, together
}

// restName stands in the first column of the line that has what is left out.
const restName = "rest"

// qualityLines are those of a report, and one of the rest if there is any: who adds
// a file up has all there is.
func qualityLines(by []string, v *view.Quality) []qualityLine {
	list := make([]qualityLine, 0, len(v.Lines)+1)
	for i := range v.Lines {
		list = append(list, qualityLine{QualityLine: v.Lines[i]})
	}
	if v.Rest == nil {
		return list
	}
	rest := qualityLine{QualityLine: view.QualityLine{By: map[string]string{}, QualityFigures: v.Rest.QualityFigures}, RestLines: v.Rest.Lines}
	if len(by) > 0 {
		rest.By[by[0]] = restName
	}
	return append(list, rest)
}

// once is a list of one page.
func once[T any](list []T) func(context.Context, *T) ([]T, error) {
	return func(_ context.Context, last *T) ([]T, error) {
		if last != nil {
			return nil, nil
		}
		return list, nil
	}
}

func qualityColumns(by []string, timed, compared bool) []exportColumn[qualityLine] {
	var list []exportColumn[qualityLine]
	if timed {
		list = append(list, exportColumn[qualityLine]{"from", func(l *qualityLine) string {
			if l.From == nil {
				return restName
			}
			return cellTime(*l.From)
		}})
	}
	for _, of := range by {
		list = append(list, exportColumn[qualityLine]{of, func(l *qualityLine) string { return view.CellText(l.By[of]) }})
		if of == "provider" || of == "account" {
			list = append(list, exportColumn[qualityLine]{of + "_name", func(l *qualityLine) string { return view.CellText(l.Name[of]) }})
		}
	}
	for _, c := range figureColumns() {
		list = append(list, exportColumn[qualityLine]{c.name, func(l *qualityLine) string { return c.cell(&l.QualityFigures) }})
	}
	if compared {
		for _, c := range figureColumns() {
			list = append(list, exportColumn[qualityLine]{"before_" + c.name, func(l *qualityLine) string {
				if l.Before == nil {
					return ""
				}
				return c.cell(l.Before)
			}})
		}
	}
	return append(list, exportColumn[qualityLine]{"rest_lines", func(l *qualityLine) string { return cellID(l.RestLines) }})
}

// figureColumns are measures as tables have them: shares from 0 to 1.
func figureColumns() []exportColumn[view.QualityFigures] {
	type f = view.QualityFigures
	list := []exportColumn[f]{
		{"bids", func(f *f) string { return cellInt(f.Bids) }},
		{"seizures", func(f *f) string { return cellInt(f.Seizures) }},
		{"effective", func(f *f) string { return cellInt(f.Effective) }},
		{"answers", func(f *f) string { return cellInt(f.Answers) }},
	}
	shares := []struct {
		name string
		of   func(*f) *view.QualityShare
	}{
		{"abr", func(f *f) *view.QualityShare { return f.ABR }},
		{"asr", func(f *f) *view.QualityShare { return f.ASR }},
		{"ner", func(f *f) *view.QualityShare { return f.NER }},
		{"short", func(f *f) *view.QualityShare { return f.Short }},
		{"silent", func(f *f) *view.QualityShare { return f.Silent }},
	}
	for _, s := range shares {
		part := func(name string, of func(*view.QualityShare) quality.Share) {
			list = append(list, exportColumn[f]{name, func(f *f) string {
				if share := s.of(f); share != nil {
					return cellShare(int64(of(share)))
				}
				return ""
			}})
		}
		part(s.name, func(s *view.QualityShare) quality.Share { return s.Share })
		part(s.name+"_low", func(s *view.QualityShare) quality.Share { return s.Low })
		part(s.name+"_high", func(s *view.QualityShare) quality.Share { return s.High })
	}
	return append(list,
		exportColumn[f]{"acd_ms", func(f *f) string { return cellMaybe(f.ACDMS) }},
		exportColumn[f]{"pdd_p50_ms", func(f *f) string { return cellMaybe(f.PDD50MS) }},
		exportColumn[f]{"pdd_p95_ms", func(f *f) string { return cellMaybe(f.PDD95MS) }},
		exportColumn[f]{"talk_ms", func(f *f) string { return cellInt(f.TalkMS) }},
		exportColumn[f]{"cost", func(f *f) string { return f.Cost.String() }},
		exportColumn[f]{"sale", func(f *f) string { return f.Sale.String() }},
		exportColumn[f]{"margin", func(f *f) string { return f.Margin.String() }},
		exportColumn[f]{"margin_share", func(f *f) string { return cellMaybeShare(f.MarginShare) }},
		exportColumn[f]{"blame_caller", func(f *f) string { return cellInt(f.Blame.Caller) }},
		exportColumn[f]{"blame_called", func(f *f) string { return cellInt(f.Blame.Called) }},
		exportColumn[f]{"blame_route", func(f *f) string { return cellInt(f.Blame.Route) }},
		exportColumn[f]{"blame_us", func(f *f) string { return cellInt(f.Blame.Us) }},
		exportColumn[f]{"media_legs", func(f *f) string { return cellInt(f.MediaLegs) }},
		exportColumn[f]{"loss", func(f *f) string { return cellMaybeShare(f.Loss) }},
		exportColumn[f]{"jitter_us", func(f *f) string { return cellMaybe(f.JitterUS) }},
		exportColumn[f]{"mos_hundredths", func(f *f) string { return cellMaybe(f.MOS) }},
		exportColumn[f]{"small", func(f *f) string { return measureNames(f.Small) }},
	)
}

func measureNames(list []quality.Measure) string {
	names := make([]string, len(list))
	for i, m := range list {
		names[i] = string(m)
	}
	return strings.Join(names, " ")
}

// cellShare is millionths as a share of one.
func cellShare(v int64) string {
	sign := ""
	if v < 0 {
		sign, v = "-", -v
	}
	digits := strconv.FormatInt(v%int64(quality.Whole)+int64(quality.Whole), 10)[1:]
	return sign + strconv.FormatInt(v/int64(quality.Whole), 10) + "." + digits
}

func cellMaybeShare(v *int64) string {
	if v == nil {
		return ""
	}
	return cellShare(*v)
}

func cellMaybe(v *int64) string {
	if v == nil {
		return ""
	}
	return cellInt(*v)
}
