package chaos

import (
	"fmt"
	"time"
)

// talkSlack is what a busy machine may add between what a phone saw and what
// Asterisk measured, besides the time that Asterisk stood still.
const talkSlack = 3 * time.Second

// heard: what a phone heard answered has one record that says so.
func (a *auditor) heard() {
	for i := range a.witness.Phones {
		s := &a.witness.Phones[i]
		if s.Result.Started.IsZero() {
			continue
		}
		if s.answered() {
			a.answered(s)
		}
		a.longer(s)
	}
}

func (a *auditor) answered(s *sighting) {
	rows := a.byNumber[s.Number]
	missing := func(format string, args ...any) {
		f := finding{Fault: lost, Number: s.Number, Text: "its phone heard it answered: " + fmt.Sprintf(format, args...)}
		if len(rows) > 0 {
			f.CallID = rows[0].ID
		}
		a.add(f)
	}
	answered := 0
	for _, c := range rows {
		if c.Disposition == "answered" {
			answered++
		}
	}
	// Who looked at the call before Asterisk died is a matter of luck.
	cut := a.witness.cut(s.Result.AnsweredAt, s.Result.EndedAt)
	switch {
	case len(rows) == 0:
		missing("there is no record")
	case answered > 1:
		missing("%d records say answered", answered)
	case answered == 0 && !cut:
		missing("its record says %s, closed by %s", rows[0].Disposition, rows[0].ClosedBy)
	case len(rows) > 1 && !a.witness.cut(s.Result.Started, s.Result.EndedAt):
		missing("there are %d records", len(rows))
	}
}

// longer: no record says more talk than its phone can have had.
func (a *auditor) longer(s *sighting) {
	r := &s.Result
	if r.EndedAt.IsZero() {
		return
	}
	most := r.Talk() + a.witness.stopped(r.Started, r.EndedAt) + talkSlack
	for _, c := range a.byNumber[s.Number] {
		if c.Talk > most {
			a.of(c, wrong, 0, "%s of talk by %s; its phone talked %s", c.Talk, c.ClosedBy, r.Talk())
		}
	}
}

// recorded: what Asterisk recorded has a record of ours, that agrees.
func (a *auditor) recorded() {
	talked := map[string]bool{}
	for _, list := range [][]cdr{a.witness.CDRs, a.books.CDRs} {
		for _, c := range list {
			talked[c.UniqueID] = talked[c.UniqueID] || c.talked()
		}
	}
	for id, talk := range talked {
		row := a.byID[id]
		switch {
		case row == nil:
			a.add(finding{Fault: lost, CallID: id, Text: "Asterisk recorded it, we did not"})
		case talk && row.Disposition != "answered" && !row.Ended.IsZero():
			a.of(row, lost, 0, "Asterisk recorded talk, our record says %s", row.Disposition)
		}
	}
}

// paidIn: what was acknowledged is in the ledger, once.
func (a *auditor) paidIn() {
	byKey := map[string][]entry{}
	for _, e := range a.books.Ledger {
		byKey[e.Key] = append(byKey[e.Key], e)
	}
	for _, t := range a.witness.TopUps {
		list := byKey[t.Key]
		if len(list) != 1 || list[0].Amount != t.Amount || list[0].Credit != "customer" || list[0].CreditID != t.AccountID {
			a.add(finding{Fault: wrong, Subject: t.Name, Text: fmt.Sprintf("top-up %s of %s was acknowledged; the ledger has %d of it", t.Key, t.Amount, len(list))})
		}
	}
}
