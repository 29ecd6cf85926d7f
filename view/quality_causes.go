package view

import (
	"cmp"
	"context"
	"net/url"
	"strconv"
	"time"

	"tandem/billing"
	"tandem/db"
	"tandem/internal/q850"
	"tandem/quality"
)

// QualityCause is how often attempts ended in one way.
type QualityCause struct {
	By        map[string]string   `json:"by" doc:"The dimension, if the report is by one"`
	Name      map[string]string   `json:"name,omitempty"`
	Result    billing.Disposition `json:"result" enum:"answered,busy,no_answer,cancelled,failed,rejected"`
	SIPStatus int                 `json:"sip_status,omitempty" doc:"None: the far side sent none, or rare ones together"`
	Cause     int                 `json:"cause,omitempty" doc:"Q.850; none: not known, or rare ones together"`
	Text      string              `json:"text,omitempty" doc:"What the cause means"`
	Blame     q850.Blame          `json:"blame,omitempty" enum:"caller,called,route,us" doc:"Whose doing it was"`
	Bids      int64               `json:"bids"`
	Share     quality.Share       `json:"share" doc:"Millionths of all bids of the same by, answered ones too"`
	Folded    bool                `json:"folded,omitempty" doc:"In this time rare causes were put together: a line without status and cause has some of them, and no behind; one with them may count fewer than behind lists"`
	Behind    string              `json:"behind,omitempty" doc:"Path and query of the list of these attempts"`
}

// QualityCauseGroup is whose doing the failed attempts of one value were.
type QualityCauseGroup struct {
	By    map[string]string `json:"by"`
	Name  map[string]string `json:"name,omitempty"`
	Bids  int64             `json:"bids"`
	Blame QualityBlame      `json:"blame"`
}

// QualityCauses is why attempts failed.
type QualityCauses struct {
	From   time.Time           `json:"from"`
	To     time.Time           `json:"to"`
	Bids   int64               `json:"bids" doc:"All, answered ones too"`
	Blame  QualityBlame        `json:"blame"`
	Groups []QualityCauseGroup `json:"groups" nullable:"false" doc:"Those with the most failed bids first"`
	Lines  []QualityCause      `json:"lines" nullable:"false" doc:"The most frequent first"`
	Rest   int64               `json:"rest,omitempty" doc:"Bids of the causes that the limit left out, and those of groups that are not told"`
}

// NewQualityCauses are causes with names beside numbers.
func NewQualityCauses(ctx context.Context, q *db.QualityCausesQuery, c *db.QualityCauses, names *db.Names) (QualityCauses, error) {
	var by []db.QualityDimension
	if q.By != "" {
		by = []db.QualityDimension{q.By}
	}
	rows := make([]db.QualityRow, len(c.Groups))
	for i := range c.Groups {
		rows[i].Values = []string{c.Groups[i].Value}
	}
	if err := loadQualityNames(ctx, by, rows, names); err != nil {
		return QualityCauses{}, err
	}
	v := QualityCauses{
		From: c.From, To: c.To, Bids: c.Total.Bids, Blame: QualityBlame(c.Total.Blamed), Groups: []QualityCauseGroup{}, Lines: []QualityCause{}, Rest: c.Rest,
	}
	of := map[string]int64{}
	for i := range c.Groups {
		g := QualityCauseGroup{Bids: c.Groups[i].Bids, Blame: QualityBlame(c.Groups[i].Blamed)}
		g.By, g.Name = qualityKeys(by, rows[i].Values, names)
		v.Groups = append(v.Groups, g)
		of[c.Groups[i].Value] = g.Bids
	}
	behind := Behind{Where: q.Where, From: c.From, To: c.To}
	for i := range c.Lines {
		l := &c.Lines[i]
		line := QualityCause{Result: l.Result, SIPStatus: l.SIPStatus, Cause: int(l.Cause), Blame: l.Blame, Bids: l.Bids, Folded: l.Folded}
		line.By, line.Name = qualityKeys(by, []string{l.Value}, names)
		if l.Cause != 0 {
			line.Text = l.Cause.String()
		}
		line.Share, _ = quality.Ratio{Part: l.Bids, Whole: of[l.Value]}.Share()
		if !l.Folded || l.SIPStatus != 0 || l.Cause != 0 {
			line.Behind = "/attempts?" + causeQuery(behind.Query(by, []string{l.Value}), l).Encode()
		}
		v.Lines = append(v.Lines, line)
	}
	return v, nil
}

// causeQuery picks the attempts of a cause; 0 and None are those that have none.
func causeQuery(q url.Values, l *db.QualityCause) url.Values {
	q.Set("result", string(l.Result))
	q.Set("blame", cmp.Or(string(l.Blame), None))
	q.Set("sip_status", strconv.Itoa(l.SIPStatus))
	q.Set("cause", strconv.Itoa(int(l.Cause)))
	return q
}
