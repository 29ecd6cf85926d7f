package view

import (
	"context"
	"strconv"
	"time"

	"tandem/db"
	"tandem/internal/money"
	"tandem/quality"
)

// QualityShare is a ratio with what it is made of.
type QualityShare struct {
	Share quality.Share `json:"share" doc:"Millionths"`
	Low   quality.Share `json:"low" doc:"The true share is above this with 97.5 %"`
	High  quality.Share `json:"high" doc:"The true share is below this with 97.5 %"`
	Of    int64         `json:"of" doc:"How many it is a share of"`
}

// QualityBlame counts failed attempts by whose doing they were.
type QualityBlame struct {
	Caller int64 `json:"caller"`
	Called int64 `json:"called"`
	Route  int64 `json:"route"`
	Us     int64 `json:"us"`
}

// QualityFigures are the measures of some attempts. What cannot be told, because
// there is nothing to divide by, is left out.
type QualityFigures struct {
	Bids        int64             `json:"bids"`
	Seizures    int64             `json:"seizures"`
	Effective   int64             `json:"effective"`
	Answers     int64             `json:"answers"`
	ABR         *QualityShare     `json:"abr,omitempty"`
	ASR         *QualityShare     `json:"asr,omitempty"`
	NER         *QualityShare     `json:"ner,omitempty"`
	Short       *QualityShare     `json:"short,omitempty" doc:"Of answers: less than 6 s of talk"`
	ACDMS       *int64            `json:"acd_ms,omitempty"`
	PDD50MS     *int64            `json:"pdd_p50_ms,omitempty"`
	PDD95MS     *int64            `json:"pdd_p95_ms,omitempty"`
	TalkMS      int64             `json:"talk_ms"`
	Cost        money.Amount      `json:"cost" doc:"Base currency"`
	Sale        money.Amount      `json:"sale" doc:"Base currency, of the calls that the attempts answered"`
	Margin      money.Amount      `json:"margin"`
	MarginShare *int64            `json:"margin_share,omitempty" doc:"Millionths of the sale; below 0: calls cost more than they brought"`
	Blame       QualityBlame      `json:"blame"`
	MediaLegs   int64             `json:"media_legs,omitempty" doc:"Answered attempts whose media passed Asterisk and talked long enough for a score: those that loss, jitter and mos are of"`
	Loss        *int64            `json:"loss,omitempty" doc:"Millionths of the packets that the provider should have sent"`
	JitterUS    *int64            `json:"jitter_us,omitempty" doc:"Mean of the attempts, microseconds"`
	MOS         *int64            `json:"mos,omitempty" doc:"Estimated from loss and delay, hundredths of a point: 100 to 450"`
	Silent      *QualityShare     `json:"silent,omitempty" doc:"Of answered attempts with media: nothing was heard"`
	Small       []quality.Measure `json:"small,omitempty" doc:"Measures that are of too few attempts to mean anything: the 95 % interval of a share is wider than 20 percentage points, a mean or median is of fewer than 30 calls, a 95th percentile of fewer than 100"`
	Levels      map[string]string `json:"levels,omitempty" doc:"By measure: warn or bad, where a threshold is passed. Never of small ones"`
}

// QualityLine is the quality of one combination of dimensions at one time.
type QualityLine struct {
	From *time.Time        `json:"from,omitempty" doc:"When the hour, day or five minutes began"`
	By   map[string]string `json:"by" doc:"The dimensions: numbers of providers, gates and accounts, else as written"`
	Name map[string]string `json:"name,omitempty" doc:"Names of providers, gates and accounts"`

	QualityFigures

	Before  *QualityFigures   `json:"before,omitempty" doc:"The same of the time to compare with; without bids there: all 0"`
	Changed map[string]string `json:"changed,omitempty" doc:"By measure: better or worse, where the two times differ with 95 % confidence; up or down of measures that are neither good nor bad"`
	Spark   []*int64          `json:"spark,omitempty" doc:"How a measure went, one value for each time of the answer's spark; null: nothing to tell"`
	Behind  string            `json:"behind,omitempty" doc:"Path and query of the list of attempts that the line is of"`
}

// Quality is a report.
type Quality struct {
	From     time.Time       `json:"from" doc:"What it is of: more than was asked for where only larger buckets are kept"`
	To       time.Time       `json:"to"`
	Grain    db.QualityGrain `json:"grain" enum:"total,5m,hour,day" doc:"Of the lines: a longer one than was asked for where the figures of shorter times are forgotten"`
	Currency string          `json:"currency,omitempty" doc:"Base currency, ISO 4217: of cost, sale and margin"`
	Total    QualityFigures  `json:"total" doc:"Of all lines and the rest"`
	Lines    []QualityLine   `json:"lines" nullable:"false"`
	Rest     *QualityRest    `json:"rest,omitempty" doc:"What the limit or the least bids left out"`
	Before   *QualityBefore  `json:"before,omitempty" doc:"The time to compare with"`
	Spark    *QualitySpark   `json:"spark,omitempty"`
}

// QualityRest is what a report left out.
type QualityRest struct {
	Lines int64 `json:"lines" doc:"How many"`

	QualityFigures
}

// QualityBefore is the time that a report is compared with.
type QualityBefore struct {
	From  time.Time      `json:"from"`
	To    time.Time      `json:"to"`
	Total QualityFigures `json:"total"`
}

// QualitySpark says what the small lines of a report are.
type QualitySpark struct {
	Measure quality.Measure `json:"measure"`
	Unit    quality.Unit    `json:"unit" enum:"count,share,ms,money,us,mos" doc:"share: millionths; money: millionths of the base currency; us: microseconds; mos: hundredths of a point"`
	Grain   db.QualityGrain `json:"grain" enum:"5m,hour,day"`
	At      []time.Time     `json:"at" nullable:"false"`
}

// QualityFiguresOf are measures as people read them.
func QualityFiguresOf(m *quality.Measures, levels Thresholds) QualityFigures {
	f := QualityFigures{
		Bids: m.Bids, Seizures: m.Seizures, Effective: m.Effective, Answers: m.Answers,
		ABR: ShareOf(m.ABR()), ASR: ShareOf(m.ASR()), NER: ShareOf(m.NER()), Short: ShareOf(m.ShortShare()),
		TalkMS: m.Talk.Milliseconds(), Cost: m.Cost, Sale: m.Sale, Margin: m.Margin(), Blame: QualityBlame(m.Blamed),
	}
	f.ACDMS = pointerTo(quality.MeasureACD.Value(m))
	f.PDD50MS = pointerTo(quality.MeasurePDD50.Value(m))
	f.PDD95MS = pointerTo(quality.MeasurePDD95.Value(m))
	f.MarginShare = pointerTo(m.MarginShare())
	f.MediaLegs, f.Silent = m.Media.Legs, ShareOf(m.Media.SilentShare())
	f.Loss = pointerTo(quality.MeasureLoss.Value(m))
	f.JitterUS = pointerTo(quality.MeasureJitter.Value(m))
	f.MOS = pointerTo(quality.MeasureMOS.Value(m))
	if m.Bids > 0 {
		f.Small, f.Levels = smallOnes(m), levels.Of(m)
	}
	return f
}

// smallOnes are the measures that can be told and mean nothing.
func smallOnes(m *quality.Measures) (list []quality.Measure) {
	for _, x := range quality.AllMeasures() {
		if _, ok := x.Value(m); ok && x.Small(m) {
			list = append(list, x)
		}
	}
	return list
}

// ShareOf is a ratio with its 95 % interval; nil of nothing.
func ShareOf(r quality.Ratio) *QualityShare {
	s, ok := r.Share()
	if !ok {
		return nil
	}
	i := r.Wilson(quality.Z95)
	return &QualityShare{Share: s, Low: i.Low, High: i.High, Of: r.Whole}
}

func pointerTo(v int64, ok bool) *int64 {
	if !ok {
		return nil
	}
	return &v
}

// loadQualityNames reads the names that rows need.
func loadQualityNames(ctx context.Context, by []db.QualityDimension, rows []db.QualityRow, names *db.Names) error {
	var want db.NameIDs
	for n, of := range by {
		for i := range rows {
			id, err := strconv.ParseInt(rows[i].Values[n], 10, 64)
			switch {
			case err != nil:
			case of == db.ByProvider:
				want.Providers = append(want.Providers, id)
			case of == db.ByAccount:
				want.Accounts = append(want.Accounts, id)
			case of == db.ByGate:
				want.Gates = append(want.Gates, id)
			}
		}
	}
	return names.Load(ctx, want)
}

// qualityKeys are the dimensions of a row with their names.
func qualityKeys(by []db.QualityDimension, values []string, names *db.Names) (keys, named map[string]string) {
	keys, named = map[string]string{}, map[string]string{}
	for n, of := range by {
		keys[string(of)] = values[n]
		if name := qualityName(of, values[n], names); name != "" {
			named[string(of)] = name
		}
	}
	return keys, named
}

func qualityName(by db.QualityDimension, value string, names *db.Names) string {
	id, err := strconv.ParseInt(value, 10, 64)
	switch {
	case err != nil:
	case by == db.ByProvider:
		return names.Provider(id)
	case by == db.ByAccount:
		return names.Account(id)
	case by == db.ByGate:
		return names.Gate(id)
	}
	return ""
}
