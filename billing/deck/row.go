package deck

import (
	"bytes"
	"fmt"
	"time"
	"unicode/utf8"

	"tandem/billing/rate"
	"tandem/internal/money"
)

// parser turns records into rows of the table.
type parser struct {
	o      Options
	l      *layout
	table  *table
	faults *faults
	sheet  *Sheet

	at       columns
	codes    codeReader
	price    priceColumn
	connect  priceColumn
	minimum  priceColumn
	attempt  priceColumn
	step     priceColumn
	currency oneCurrency
	from, to *dateColumn
	lastDays map[int64]int64
	header   record // for pages that repeat it
	width    int    // columns with a header, or mapped

	above      above // what a continued row takes over
	continued  continued
	exits      exits
	increments lastIncrements
}

// columns is the layout for the inner loop; -1: no such column.
type columns struct {
	prefix, countryCode, country, destination, price, increments, first, next int
	grace, free, steps, stepAfter                                             int
	days, time, start, end, status, blocked, active, currency                 int
}

// above is the row above, as far as a row without a name continues it.
type above struct {
	ok      bool // the row above is a rate
	faulty  bool // it would be one without its faults
	terms   terms
	price   money.Rate
	name    uint32
	named   bool // by a heading
	code    key
	country []byte
}

// exits tells whether 011 at the start of codes is the American way out.
type exits struct {
	with    []waitingCell
	more    int
	without int // line of a foreign code without it
}

func newParser(o Options, l *layout, header record, date1904 bool, f *faults, s *Sheet) *parser {
	orDefault(&o.First, defaultIncrement)
	orDefault(&o.Next, defaultIncrement)
	p := &parser{o: o, l: l, table: newTable(), faults: f, sheet: s, header: header}
	p.at = columns{
		prefix: l.index(FieldPrefix), countryCode: l.index(FieldCountryCode), country: l.index(FieldCountry),
		destination: l.index(FieldDestination), price: max(l.index(FieldPerMinute), l.index(FieldPerSecond)),
		increments: l.index(FieldIncrements), first: l.index(FieldFirst), next: l.index(FieldNext),
		grace: l.index(FieldGrace), free: l.index(FieldFree), steps: l.index(FieldSteps), stepAfter: l.index(FieldStepAfter),
		days: l.index(FieldDays), time: l.index(FieldTime), start: l.index(FieldStart), end: l.index(FieldEnd),
		status: l.index(FieldStatus), blocked: l.index(FieldBlocked), active: l.index(FieldActive), currency: l.index(FieldCurrency),
	}
	p.width = len(header.cells)
	for i, c := range l.columns {
		if c.Why == mappedWhy {
			p.width = max(p.width, i+1)
		}
	}
	p.currency.want = o.Currency
	money := func(column, digits int, limit int64) priceColumn {
		return priceColumn{
			column: column, digits: digits, max: limit, cents: inCents(l.headerOf(column)),
			currency: &p.currency, decimal: o.Decimal,
		}
	}
	p.price = money(p.at.price, priceDigits, int64(o.MaxPrice))
	p.price.seconds = l.index(FieldPerSecond) >= 0
	fee := int64(o.MaxPrice) / 100
	p.connect = money(l.index(FieldConnectionFee), feeDigits, fee)
	p.minimum = money(l.index(FieldMinimumCharge), feeDigits, fee)
	p.attempt = money(l.index(FieldAttemptFee), feeDigits, fee)
	p.step = money(l.index(FieldStepPrice), priceDigits, int64(o.MaxPrice))
	p.step.seconds = perSecond(plain(l.headerOf(p.step.column)))
	day0 := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if date1904 {
		day0 = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	p.from = newDateColumn(l.index(FieldEffectiveFrom), false, day0)
	p.to = newDateColumn(l.index(FieldEffectiveTo), true, day0)
	for _, c := range [...]priceColumn{p.price, p.connect, p.minimum, p.attempt, p.step} {
		p.headerCurrency(c.column)
	}
	return p
}

func (p *parser) headerCurrency(column int) {
	if may := headerCurrencies(p.l.headerOf(column)); may != "" {
		if wrong := p.currency.check(may); wrong != nil {
			p.faults.add(p.l.fault(p.l.header, column, nil, *wrong))
		}
	}
}

// record takes one row of the sheet. Only a limit makes it fail; faults of the
// row are collected.
func (p *parser) record(r record) error {
	if r.gap {
		p.above.ok, p.above.faulty = false, false
	}
	if reason := p.noRate(r); reason != "" {
		p.above.ok, p.above.faulty = false, false
		p.sheet.skip(r.line, reason)
		return nil
	}
	row, faults := rowFaults{p: p, r: r}, p.faults.total
	row.checkWidth()
	if p.above.faulty && row.onlyCodes() && !row.cutOff() {
		row.readCodes() // its terms are the fault of the row above, told once
		return nil
	}
	x, price, name := row.read()
	if p.above.faulty = p.faults.total > faults; p.above.faulty {
		p.above.ok = false
		return nil
	}
	if len(p.table.rows)+len(p.codes.codes) > p.o.MaxRates {
		return &LimitError{Line: r.line, What: "rates", Limit: int64(p.o.MaxRates), Option: "--max-rates"}
	}
	id := p.table.term(x)
	for _, c := range p.codes.codes {
		p.table.rows = append(p.table.rows, tableRow(c, price, id, name, r.line))
	}
	p.above.ok, p.above.terms, p.above.price, p.above.name = true, x, price, name
	p.above.code = p.codes.codes[0].key
	return nil
}

func tableRow(c code, price money.Rate, id, name uint32, line int) row {
	return row{key: c.key, price: price, terms: id, name: name, line: uint32(line), depth: uint8(c.depth)}
}

// noRate says why a row is no rate: a note, a heading, a header once more.
func (p *parser) noRate(r record) string {
	code, price := r.cell(p.at.prefix), r.cell(p.at.price)
	if p.at.countryCode >= 0 && len(code) == 0 {
		code = r.cell(p.at.countryCode)
	}
	if len(code) > 0 && isDigit(code[0]) && len(price) > 0 && isDigit(price[0]) {
		return ""
	}
	if p.header.cells != nil && bytes.Equal(code, p.header.cell(p.at.prefix)) && bytes.Equal(price, p.header.cell(p.at.price)) {
		return "the header once more"
	}
	filled := r.filled()
	switch {
	case len(code) == 0 && len(price) == 0 && filled == 1 && len(r.cell(p.at.destination)) > 0:
		p.heading(r.cell(p.at.destination))
		return "one cell of text: a heading or a note"
	case len(code) == 0 && !hasDigit(price), len(price) == 0 && !hasDigit(code) && !p.closes(r):
		return "a note: no code and no price"
	case len(price) == 0 && hasLetter(code) && !isDigit(code[0]) && code[0] != '+':
		return "a note: text instead of a code, and no price"
	case filled == 1 && hasLetter(price):
		return "a note: text instead of a price, and no code"
	case len(price) == 0 && filled == 1 && hasLetter(code) && bytes.IndexByte(code, ' ') > 0:
		return "a note: text instead of a code, and no price"
	}
	return ""
}

// heading names the rows below that have no name of their own.
func (p *parser) heading(name []byte) {
	if utf8.RuneCount(name) <= maxDestination && !hasControl(name) {
		p.above.name, p.above.named = p.table.name(name), true
	}
}

// closes says that the row blocks its code, so that it needs no price.
func (p *parser) closes(r record) bool {
	blocked, _ := p.status(r)
	return blocked
}

// status reads the columns that may block a code, and which cell it does not
// understand; -1: none.
func (p *parser) status(r record) (blocked bool, unknown int) {
	if c := r.cell(p.at.status); len(c) > 0 {
		closed, ok := parseStatus(c)
		if !ok {
			return false, p.at.status
		}
		blocked = closed
	}
	for _, column := range [2]int{p.at.blocked, p.at.active} {
		c := r.cell(column)
		if len(c) == 0 {
			continue
		}
		if yes, ok := parseYesNo(c); ok {
			blocked = blocked || yes == (column == p.at.blocked)
		} else if closed, ok := parseStatus(c); ok {
			blocked = blocked || closed
		} else {
			return false, column
		}
	}
	return blocked, -1
}

// rowFaults reads one row and tells all that is wrong with it.
type rowFaults struct {
	p *parser
	r record
}

func (f rowFaults) add(column int, wrong *problem) {
	if wrong != nil {
		f.p.faults.add(f.p.l.fault(f.r.line, column, f.r.cell(column), *wrong))
	}
}

// checkWidth refuses cells to the right of the header: in text they tell of a
// delimiter inside a cell, as in 44,UK,0,01, and all after it is shifted.
func (f rowFaults) checkWidth() {
	if f.r.numbers != nil || f.p.header.cells == nil {
		return
	}
	for column := f.p.width; column < len(f.r.cells); column++ {
		if len(f.r.cells[column]) > 0 {
			f.add(column, &problem{"a cell to the right of the header", "quote cells with a delimiter in them, or say --map ignore=" + letter(column+1)})
			return
		}
	}
}

func (f rowFaults) read() (x terms, price money.Rate, name uint32) {
	p, r := f.p, f.r
	f.readCodes()
	if p.above.ok && f.onlyCodes() && !f.cutOff() {
		p.continued.add(r.line)
		return p.above.terms, p.above.price, p.above.name
	}
	blocked, unknown := p.status(r)
	if unknown >= 0 {
		f.add(unknown, &problem{"a status that says neither open nor closed", "write open or blocked, or say --map ignore=" + letter(unknown+1)})
	}
	price, closed := f.readPrice(blocked)
	x.blocked = blocked || closed
	x.connection = money.Amount(f.fee(&p.connect))
	x.minimum = money.Amount(f.fee(&p.minimum))
	x.attempt = money.Amount(f.fee(&p.attempt))
	f.readIncrements(&x)
	x.grace, x.free = f.readSeconds(p.at.grace, maxGrace), f.readSeconds(p.at.free, maxFree)
	f.readSteps(&x)
	f.readDates(&x)
	x.window = f.readWindow()
	if c := r.cell(p.at.currency); len(c) > 0 {
		f.add(p.at.currency, p.cellCurrency(c))
	}
	return x, price, f.readName()
}

func (f rowFaults) readCodes() {
	p, r := f.p, f.r
	p.codes.country = nil
	cell := f.whole(p.at.prefix)
	if p.at.countryCode >= 0 {
		country := f.whole(p.at.countryCode)
		if len(country) == 0 && p.above.ok {
			country = p.above.country
		}
		digits := bytes.TrimLeft(wholeNumber(country), "+0")
		if !allDigits(digits) || len(digits) > 7 {
			f.add(p.at.countryCode, &problem{"not a country code", "write its digits, such as 44"})
			return
		}
		p.codes.country = digits
		p.above.country = append(p.above.country[:0], digits...)
	}
	if wrong := p.codes.read(cell); wrong != nil {
		f.add(p.at.prefix, wrong)
		return
	}
	if p.codes.exit {
		p.exits.add(r.line, cell)
	}
	if p.codes.noExit && p.exits.without == 0 {
		p.exits.without = r.line
	}
}

func (e *exits) add(line int, cell []byte) {
	if len(e.with) < pendingMax {
		e.with = append(e.with, waitingCell{line: line, text: cut(cell)})
	} else {
		e.more++
	}
}

// whole is a cell with digits; a workbook's number is written out: 4.4E+11.
func (f rowFaults) whole(column int) []byte {
	cell := f.r.cell(column)
	if !f.r.number(column) || allDigits(cell) {
		return cell
	}
	if mantissa, decimals, ok := storedNumber(cell); ok && decimals == 0 && mantissa < 1e15 {
		return fmt.Append(nil, mantissa)
	}
	return cell // refused as no code
}

// onlyCodes says that the row has nothing else, and so continues the row above.
func (f rowFaults) onlyCodes() bool {
	p, r := f.p, f.r
	if len(r.cell(p.at.price)) > 0 || len(r.cell(p.at.destination)) > 0 {
		return false
	}
	filled := 1
	if len(r.cell(p.at.countryCode)) > 0 {
		filled++
	}
	return r.filled() == filled
}

func (f rowFaults) readPrice(blocked bool) (price money.Rate, closed bool) {
	p, r := f.p, f.r
	cell := r.cell(p.at.price)
	if len(cell) == 0 {
		switch {
		case blocked:
		case f.cutOff():
			f.add(p.at.price, cutOffLine())
		default:
			f.add(p.at.price, &problem{"no price", "write the price, or block the code in a status column"})
		}
		return 0, false
	}
	v, wrong := p.price.parse(cell, r.number(p.at.price), r.line)
	if wrong == nil {
		return money.Rate(v), false
	}
	// "closed" where the price should be closes the code.
	if closed, ok := parseStatus(cell); ok && closed && !hasDigit(cell) {
		return 0, true
	}
	f.add(p.at.price, wrong)
	return 0, false
}

func (f rowFaults) fee(c *priceColumn) int64 {
	cell := f.r.cell(c.column)
	if len(cell) == 0 || len(cell) == 1 && cell[0] == '-' {
		return 0
	}
	v, wrong := c.parse(cell, f.r.number(c.column), f.r.line)
	f.add(c.column, wrong)
	return v
}

func (f rowFaults) readIncrements(x *terms) {
	p, r := f.p, f.r
	first, next := p.o.First, p.o.Next
	var wrong *problem
	if c := r.cell(p.at.increments); len(c) > 0 {
		first, next, wrong = p.increments.parse(c)
		f.add(p.at.increments, wrong)
	}
	if c := r.cell(p.at.first); len(c) > 0 {
		first, wrong = parseIncrement(c)
		f.add(p.at.first, wrong)
	}
	if c := r.cell(p.at.next); len(c) > 0 {
		next, wrong = parseIncrement(c)
		f.add(p.at.next, wrong)
	}
	x.first, x.next = int16(first), int16(next)
}

// readDates keeps the ids of the dates; check.go turns them into moments.
func (f rowFaults) readDates(x *terms) {
	p, r := f.p, f.r
	for _, d := range [2]*dateColumn{p.from, p.to} {
		id, wrong := d.id(r.cell(d.column), r.number(d.column), r.line)
		f.add(d.column, wrong)
		if d == p.from {
			x.from = int64(id)
		} else {
			x.to = int64(id)
		}
	}
}

func (f rowFaults) readWindow() (w rate.Window) {
	p, r := f.p, f.r
	var wrong *problem
	if c := r.cell(p.at.days); len(c) > 0 {
		w.Days, wrong = parseDays(c)
		f.add(p.at.days, wrong)
	}
	if c := r.cell(p.at.time); len(c) > 0 {
		w.Start, w.End, wrong = parseTimes(c)
		f.add(p.at.time, wrong)
	}
	f.readMinute(p.at.start, &w.Start)
	f.readMinute(p.at.end, &w.End)
	if w.Start == 0 && w.End == minutesADay {
		w.End = 0
	}
	if err := w.Validate(); err != nil {
		f.add(max(p.at.time, p.at.start), &problem{err.Error(), "write it as 08:00-20:00"})
	}
	return w
}

func (f rowFaults) readMinute(column int, minute *uint16) {
	c := f.r.cell(column)
	if len(c) == 0 {
		return
	}
	v, ok := parseMinute(c, f.r.number(column), column == f.p.at.end)
	if !ok {
		f.add(column, badTimes())
	}
	*minute = v
}

func (p *parser) cellCurrency(cell []byte) *problem {
	may := headerCurrencies(string(cell))
	if may == "" {
		return &problem{"not a currency", "write its ISO 4217 code, such as USD"}
	}
	return p.currency.check(may)
}

// oneLine writes a name of several lines in one.
func oneLine(name []byte) []byte {
	if bytes.ContainsAny(name, "\r\n\t") {
		return bytes.Join(bytes.Fields(name), []byte{' '})
	}
	return name
}

// sameCountry says that the row's first code lies in the country of the row
// above: a name does not go on over a border.
func (p *parser) sameCountry() bool {
	if len(p.codes.codes) == 0 {
		return false
	}
	digits := []byte(p.codes.codes[0].key.String())
	n := countryCode(digits)
	return n > 0 && pack(digits[:n]).begins(p.above.code)
}

// readName is the destination, with the country before it when that has a
// column of its own. A row without a name goes on with the name above.
func (f rowFaults) readName() uint32 {
	p, r := f.p, f.r
	name, country := r.cell(p.at.destination), r.cell(p.at.country)
	switch {
	case len(name) == 0 && len(country) == 0:
		if p.above.named || p.above.ok && p.sameCountry() {
			return p.above.name
		}
		return 0
	case len(name) == 0:
		name = country
	case len(country) > 0 && !bytes.HasPrefix(name, country):
		name = append(append(append(make([]byte, 0, len(country)+1+len(name)), country...), ' '), name...)
	}
	p.above.named = false
	name = withoutQuote(oneLine(name))
	switch {
	case len(name) > maxDestination && utf8.RuneCount(name) > maxDestination:
		f.add(p.at.destination, &problem{fmt.Sprintf("longer than %d characters", maxDestination), "shorten the destination's name"})
		return 0
	case hasControl(name):
		f.add(p.at.destination, &problem{"a control character or a broken letter", "retype the destination's name, or say --encoding"})
		return 0
	}
	return p.table.name(name)
}
