package deck

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// maxSameCode is how many rates one code may have: dates times windows.
const maxSameCode = 100

// finish decides what waited for the end of the sheet, sorts the rates and
// checks them against each other.
func (p *parser) finish(ctx context.Context) error {
	p.price.settle(0, p.l, p.faults)
	for _, c := range []*priceColumn{&p.connect, &p.minimum, &p.attempt, &p.step} {
		c.settle(p.price.decimal, p.l, p.faults)
	}
	p.checkExits()
	tos := p.resolveDates()
	t := p.table
	slices.SortFunc(t.rows, t.compareByStart)
	p.closeEnds(tos)
	p.lastDays = lastDays(t.terms, tos)
	t.unify()
	slices.SortFunc(t.rows, t.compare)
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	p.checkOrder()
	if p.o.Supersede {
		p.supersede()
	}
	p.merge()
	if err := p.checkCodes(ctx); err != nil {
		return err
	}
	if err := p.checkRanges(ctx); err != nil {
		return err
	}
	t.termOf, t.nameOf = nil, nil
	if len(t.rows) == 0 && p.faults.total == 0 {
		p.faults.add(&CellError{Line: p.l.header, Problem: "no rates under the header", Fix: "choose the sheet with the rates, or map its columns"})
	}
	p.remarks()
	return nil
}

// checkExits refuses 011 before some codes when others show that it may be part
// of the code. American numbers go without it.
func (p *parser) checkExits() {
	if p.exits.without == 0 {
		return
	}
	for _, w := range p.exits.with {
		p.faults.add(p.l.fault(w.line, p.at.prefix, []byte(w.text), problem{
			fmt.Sprintf("011: dialled before the code, or part of it? Line %d has a foreign code without it", p.exits.without),
			"write all codes of the sheet the same way",
		}))
	}
	p.faults.total += p.exits.more
}

// resolveDates puts moments for the ids of dates, and returns the ends as they
// were written.
func (p *parser) resolveDates() (ends []end) {
	t := p.table
	froms := p.from.resolve(p.o.Dates, p.to.order(p.o.Dates), p.o.TimeZone, p.l, p.faults)
	tos := p.to.resolve(p.o.Dates, p.from.order(p.o.Dates), p.o.TimeZone, p.l, p.faults)
	begin := int64(always)
	if !p.o.Effective.IsZero() {
		begin = p.o.Effective.Unix()
	}
	ends = make([]end, len(t.terms))
	for i := range t.terms {
		x := &t.terms[i]
		from, to := froms[x.from], tos[x.to]
		if x.from = from.at; from.none {
			x.from = begin
		}
		switch {
		case to.none:
			x.to = never
		case to.day:
			// "until 31 December" includes the day, unless closeEnds learns better.
			x.to, ends[i] = to.nextDay, end{at: to.at, day: true}
		default:
			x.to = to.at
		}
	}
	return ends
}

// end is how terms end when the day they name is not part of them.
type end struct {
	at  int64
	day bool
}

// lastDays are the days that the sheet names as ends, by the moment after them.
func lastDays(all []terms, ends []end) map[int64]int64 {
	days := make(map[int64]int64)
	for i, e := range ends {
		if e.day && all[i].to != e.at {
			days[all[i].to] = e.at
		}
	}
	return days
}

// showTerm tells of when terms hold as the sheet has it.
func (p *parser) showTerm(x *terms) string {
	return fmt.Sprintf("from %s to %s", p.showTime(x.from), p.showEnd(x.to))
}

func (p *parser) showEnd(to int64) string {
	if day, ok := p.lastDays[to]; ok {
		to = day
	}
	return p.showTime(to)
}

// compareByStart is enough to see which row of a code follows which.
func (t *table) compareByStart(a, b row) int {
	if a.key != b.key {
		return cmp.Compare(a.key, b.key)
	}
	return cmp.Compare(t.terms[a.terms].from, t.terms[b.terms].from)
}

func (t *table) compare(a, b row) int {
	if a.key != b.key {
		return cmp.Compare(a.key, b.key)
	}
	x, y := &t.terms[a.terms], &t.terms[b.terms]
	return cmp.Or(
		cmp.Compare(x.from, y.from), cmp.Compare(a.depth, b.depth),
		cmp.Compare(a.price, b.price), cmp.Compare(a.terms, b.terms), cmp.Compare(a.line, b.line),
	)
}

// closeEnds reads ends without a time the other way when the sheet does: where
// one row of a code ends on the day on which the next begins, the day belongs to
// the next.
func (p *parser) closeEnds(ends []end) {
	t := p.table
	for i := range t.rows[:max(0, len(t.rows)-1)] {
		a, b := t.rows[i], t.rows[i+1]
		if e := ends[a.terms]; a.key != b.key || !e.day || e.at != t.terms[b.terms].from {
			continue
		}
		for id, e := range ends {
			if e.day {
				t.terms[id].to = e.at
			}
		}
		p.sheet.note(int(a.line), "the day on which a rate ends is the first without it, as the next row begins on it")
		return
	}
}

// checkOrder refuses rates that end before they begin.
func (p *parser) checkOrder() {
	t := p.table
	if !slices.ContainsFunc(t.terms, func(x terms) bool { return x.from >= x.to }) {
		return
	}
	told := uint32(0)
	for _, r := range t.rows {
		if x := &t.terms[r.terms]; x.from >= x.to && r.line != told {
			told = r.line
			p.faults.add(p.l.fault(int(r.line), p.to.column, nil, problem{
				fmt.Sprintf("effective to %s is not after effective from %s", p.showEnd(x.to), p.showTime(x.from)), "mend one of the dates",
			}))
		}
	}
}

func (p *parser) showTime(at int64) string {
	switch at {
	case always:
		return "always"
	case never:
		return "no end"
	}
	t := time.Unix(at, 0).In(p.o.TimeZone)
	if h, m, s := t.Clock(); h == 0 && m == 0 && s == 0 {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.DateTime)
}

// supersede ends an open row of a code where a later one begins.
func (p *parser) supersede() {
	t := p.table
	ended := 0
	for i := range t.rows {
		r := &t.rows[i]
		x := t.terms[r.terms]
		if x.to != never {
			continue
		}
		for _, later := range t.rows[i+1 : min(len(t.rows), i+1+maxSameCode)] {
			y := &t.terms[later.terms]
			if later.key != r.key {
				break
			}
			if y.from > x.from && later.depth == r.depth && overlap(x.window, y.window) {
				x.to = y.from
				r.terms = t.term(x)
				ended++
				break
			}
		}
	}
	if ended > 0 {
		p.sheet.note(0, strconv.Itoa(ended)+" rates without an end now end where a later row of their code begins")
	}
}

// merge drops rows that repeat another one.
func (p *parser) merge() {
	t := p.table
	kept := t.rows[:0]
	for _, r := range t.rows {
		if n := len(kept); n > 0 {
			last := kept[n-1]
			if last.key == r.key && last.depth == r.depth && last.price == r.price && last.terms == r.terms {
				p.sheet.note(int(r.line), fmt.Sprintf("%s repeats line %d", r.key, last.line))
				continue
			}
		}
		kept = append(kept, r)
	}
	t.rows = kept
}

// checkCodes refuses rates of one code that hold at the same time.
func (p *parser) checkCodes(ctx context.Context) error {
	t := p.table
	for start := 0; start < len(t.rows); {
		end := start + 1
		for end < len(t.rows) && t.rows[end].key == t.rows[start].key {
			end++
		}
		if end-start > maxSameCode {
			r := t.rows[start+maxSameCode]
			p.faults.add(p.codeFault(r, fmt.Sprintf("more than %d rates for one code", maxSameCode), "leave only those that will be in force"))
		} else if end-start > 1 {
			p.checkCode(t.rows[start:end])
		}
		if start>>12 != end>>12 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		start = end
	}
	return nil
}

func (p *parser) checkCode(same []row) {
	t := p.table
	for i, b := range same {
		for _, a := range same[:i] {
			if a.depth != b.depth || !t.meets(a, b) {
				continue
			}
			first, second := a, b
			if first.line > second.line {
				first, second = second, first
			}
			x, y := &t.terms[a.terms], &t.terms[b.terms]
			switch {
			case x.from != y.from:
				fix := "end the earlier rate where the later begins"
				if x.to == never && !p.o.Supersede {
					fix += ", or say --supersede"
				}
				p.faults.add(p.codeFault(second, fmt.Sprintf("in force together with line %d: that %s, this %s",
					first.line, p.showTerm(&t.terms[first.terms]), p.showTerm(&t.terms[second.terms])), fix))
			case x.window != y.window:
				p.faults.add(p.codeFault(second, fmt.Sprintf("its hours overlap those of line %d", first.line), "give each hour of the week one price"))
			case first.price != second.price:
				p.faults.add(p.codeFault(second, fmt.Sprintf("the code stands in line %d at %s, here at %s", first.line, showPrice(first.price), showPrice(second.price)), "leave one of the lines"))
			default:
				p.faults.add(p.codeFault(second, fmt.Sprintf("the code stands in line %d with other terms", first.line), "leave one of the lines"))
			}
			break
		}
	}
}

func (p *parser) codeFault(r row, what, fix string) *CellError {
	return p.l.fault(int(r.line), p.at.prefix, r.key.appendTo(nil), problem{what, fix})
}

// checkRanges makes sure that the prefix that stands for a range means the same
// as the codes of the range one by one. 7400-7499 is the prefix 74; then a row
// for 740 would win over it, though none of its calls are outside the range.
func (p *parser) checkRanges(ctx context.Context) error {
	t := p.table
	if !slices.ContainsFunc(t.rows, func(r row) bool { return int(r.depth) > r.key.len() }) {
		return nil
	}
	var open []row // ranges that the row at hand may lie in
	kept := t.rows[:0]
	for start := 0; start < len(t.rows); {
		k, end := t.rows[start].key, start
		open = slices.DeleteFunc(open, func(r row) bool { return !r.key.begins(k) })
		for ; end < len(t.rows) && t.rows[end].key == k; end++ {
			if r := t.rows[end]; int(r.depth) > k.len() && len(open) < maxDigits*maxSameCode {
				open = append(open, r)
			}
		}
		for _, r := range t.rows[start:end] {
			if p.ownMeaning(r, open) {
				kept = append(kept, r)
			}
		}
		if start>>12 != end>>12 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		start = end
	}
	t.rows = kept
	return nil
}

// ownMeaning is false for a row that a range makes superfluous.
func (p *parser) ownMeaning(r row, ranges []row) bool {
	t := p.table
	for _, wide := range ranges {
		switch {
		case r.depth > wide.depth || r.key == wide.key && r.depth == wide.depth:
		case r.depth == wide.depth && r.price == wide.price && r.terms == wide.terms:
			p.sheet.note(int(r.line), fmt.Sprintf("%s repeats a part of the range in line %d", r.key, wide.line))
			return false
		case r.depth == wide.depth:
			p.faults.add(p.codeFault(r, fmt.Sprintf("the code is part of a range in line %d, with other terms", wide.line), "take the code out of the range"))
			return true
		case t.within(r, wide):
			p.sheet.note(int(r.line), fmt.Sprintf("%s never applies: a range in line %d takes all its calls", r.key, wide.line))
			return false
		case t.meets(r, wide):
			p.faults.add(p.codeFault(r, fmt.Sprintf("a range in line %d takes all calls of this code for a part of the time", wide.line), "write the range out, code by code"))
			return true
		}
	}
	return true
}

// remarks tells what was assumed.
func (p *parser) remarks() {
	t, s := p.table, p.sheet
	free := 0
	for _, r := range t.rows {
		if r.price == 0 && !t.terms[r.terms].blocked {
			free++
		}
	}
	if free > 0 {
		s.note(0, strconv.Itoa(free)+" rates cost nothing per minute")
	}
	p.continued.note(s)
	if p.at.increments < 0 && p.at.first < 0 && p.at.next < 0 {
		s.note(0, fmt.Sprintf("no column names increments: %d/%d is taken", p.o.First, p.o.Next))
	}
	earliest, latest := int64(never), int64(always)
	for _, r := range t.rows {
		from := t.terms[r.terms].from
		earliest, latest = min(earliest, from), max(latest, from)
	}
	if len(t.rows) > 0 {
		s.Earliest, s.Latest = moment(earliest), moment(latest)
	}
	s.Currency = cmp.Or(p.o.Currency, p.currency.named)
	s.Dates = cmp.Or(p.from.order(p.o.Dates), p.to.order(p.o.Dates))
	if p.price.decimal != 0 {
		s.Decimal = string(p.price.decimal)
	}
	s.Rates = len(t.rows)
}
