package deck

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// DateOrder is how 01/02/2026 is read.
type DateOrder string

// The orders; empty: the column as a whole decides.
const (
	DayFirst   DateOrder = "dmy"
	MonthFirst DateOrder = "mdy"
)

// maxDates is how many different dates a column may have. A column with more is
// no column of dates, and would fill the memory.
const maxDates = 100_000

// The years that a rate may begin or end in. A far end means that none is known.
const (
	firstYear = 1990
	lastYear  = 2100
)

// dateColumn collects the different dates of a column. Only when the whole
// column has been read is it known which number is the day.
type dateColumn struct {
	column  int // -1: the sheet has none
	end     bool
	serial0 time.Time // day 0 of a workbook

	ids   map[string]uint32
	dates []date // by id; 0 is no date
	last  string
	lastN uint32

	dayFirst, monthFirst *date // proofs
	doubt                *date // a date that may be both
}

// date is a cell's text, taken apart.
type date struct {
	line  int
	text  string
	year  int
	a, b  int // in the order of the text when loose, else month and day
	loose bool
	timeOfDay
}

type timeOfDay struct {
	seconds int
	timed   bool
	zone    *time.Location // nil: the deck's
}

func newDateColumn(column int, end bool, serial0 time.Time) *dateColumn {
	return &dateColumn{column: column, end: end, serial0: serial0, ids: make(map[string]uint32), dates: make([]date, 1)}
}

// id remembers the cell's date; 0 means none.
func (d *dateColumn) id(cell []byte, stored bool, line int) (uint32, *problem) {
	if len(cell) == 0 || len(bytes.Trim(cell, "0-./: ")) == 0 {
		return 0, nil
	}
	if string(cell) == d.last {
		return d.lastN, nil
	}
	if n, ok := d.ids[string(cell)]; ok {
		return n, nil
	}
	read, ok := parseDate(string(cell))
	if stored {
		read, ok = d.serial(cell)
	}
	if !ok {
		return 0, badDate()
	}
	if len(d.dates) > maxDates {
		return 0, &problem{fmt.Sprintf("more than %d different dates in one column", maxDates), "map another column"}
	}
	n := uint32(len(d.dates))
	read.line, read.text = line, string(cell)
	d.dates = append(d.dates, read)
	d.ids[read.text], d.last, d.lastN = n, read.text, n
	d.learn(&read)
	return n, nil
}

func badDate() *problem {
	return &problem{"not a date", "write it as 2026-01-31, with or without 00:00"}
}

// learn keeps what the date proves about the order of day and month.
func (d *dateColumn) learn(r *date) {
	switch {
	case !r.loose || r.a == r.b:
	case r.a > 12 && d.dayFirst == nil:
		d.dayFirst = r
	case r.b > 12 && d.monthFirst == nil:
		d.monthFirst = r
	case r.a <= 12 && r.b <= 12 && d.doubt == nil:
		d.doubt = r
	}
}

// order decides for the column; empty: it cannot.
func (d *dateColumn) order(forced DateOrder) DateOrder {
	switch {
	case forced != "":
		return forced
	case d.dayFirst != nil:
		return DayFirst
	case d.monthFirst != nil:
		return MonthFirst
	}
	return ""
}

// instant is a date resolved, in seconds since 1970.
type instant struct {
	at      int64
	nextDay int64 // the midnight after it
	day     bool  // a day without a time
	none    bool
}

// resolve turns all dates into instants. other is the order that the sheet's
// other column of dates proves.
func (d *dateColumn) resolve(forced, other DateOrder, zone *time.Location, l *layout, f *faults) []instant {
	order := d.order(forced)
	if order == "" {
		order = other
	}
	if order == "" && d.doubt != nil {
		f.add(l.fault(d.doubt.line, d.column, []byte(d.doubt.text), problem{"day or month first? No date of the column tells", "say --dates dmy or --dates mdy"}))
	}
	out := make([]instant, len(d.dates))
	out[0].none = true
	for i := range d.dates[1:] {
		date := &d.dates[i+1]
		month, day := date.a, date.b
		if date.loose && order != MonthFirst {
			month, day = date.b, date.a
		}
		switch {
		case date.loose && month > 12 && order != "":
			f.add(l.fault(date.line, d.column, []byte(date.text), problem{"month " + strconv.Itoa(month) + ": the column is read as " + string(order), "write all dates of the column the same way, or say --dates"}))
		case d.end && date.year >= lastYear:
			out[i+1].none = true // the far end of an unlimited rate
		case date.year < firstYear || date.year >= lastYear || !realDay(date.year, month, day):
			f.add(l.fault(date.line, d.column, []byte(date.text), *badDate()))
		default:
			out[i+1] = date.instant(month, day, zone)
		}
	}
	return out
}

func realDay(year, month, day int) bool {
	at := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return month >= 1 && month <= 12 && at.Day() == day
}

func (d *date) instant(month, day int, zone *time.Location) instant {
	if d.zone != nil {
		zone = d.zone
	}
	return instant{
		at:      time.Date(d.year, time.Month(month), day, 0, 0, d.seconds, 0, zone).Unix(),
		nextDay: time.Date(d.year, time.Month(month), day+1, 0, 0, 0, 0, zone).Unix(),
		day:     !d.timed,
	}
}

// serial reads a workbook's date: days since the end of 1899, or since 1904.
func (d *dateColumn) serial(cell []byte) (date, bool) {
	days, err := strconv.ParseFloat(string(cell), 64)
	if err != nil || !(days >= 1 && days < 2_958_466) { // the year 10000
		return date{}, false
	}
	whole := math.Floor(days)
	seconds := int(math.Round((days - whole) * 86400))
	at := d.serial0.AddDate(0, 0, int(whole))
	return date{year: at.Year(), a: int(at.Month()), b: at.Day(), timeOfDay: timeOfDay{seconds: seconds, timed: seconds != 0}}, true
}

// parseDate takes a date apart:
//
//	2026-01-31   2026/01/31   20260131   2026年1月31日    year first
//	31.01.2026   31.01.26                                day first
//	31/01/2026   01/31/26   31-01-2026                   the column decides
//	31-Jan-2026   Jan 31, 2026   31 января 2026          a month by name
//
// each with or without a time: 2026-01-31 18:00, 2026-01-31T18:00:00Z.
func parseDate(text string) (date, bool) {
	if len(text) > 64 {
		return date{}, false
	}
	text = strings.NewReplacer("年", "-", "月", "-", "日", " ", "\u00a0", " ").Replace(text)
	day, clock, ok := splitTime(text)
	if !ok {
		return date{}, false
	}
	d, ok := parseDay(strings.TrimSpace(day))
	if !ok {
		return date{}, false
	}
	d.timeOfDay = clock
	return d, true
}

// splitTime cuts the time off.
func splitTime(text string) (day string, clock timeOfDay, ok bool) {
	at := strings.IndexByte(text, ':')
	if at < 0 {
		return text, timeOfDay{}, true
	}
	start := at
	for start > 0 && isDigit(text[start-1]) {
		start--
	}
	if start == 0 || start == at {
		return "", timeOfDay{}, false
	}
	clock, ok = parseClock(text[start:])
	return strings.TrimRight(text[:start-1], " ,") + strings.Trim(text[start-1:start], "T ,"), clock, ok
}

// parseClock reads 18:00, 18:00:00, 06:00 PM, 18:00:00.000Z, 18:00+03:00.
func parseClock(text string) (timeOfDay, bool) {
	text, zone, ok := cutZone(strings.ToUpper(strings.TrimSpace(text)))
	if !ok {
		return timeOfDay{}, false
	}
	noon, hasNoon := 0, false
	if t, found := strings.CutSuffix(text, "PM"); found {
		text, noon, hasNoon = t, 12, true
	} else if t, found := strings.CutSuffix(text, "AM"); found {
		text, hasNoon = t, true
	}
	text = strings.TrimSpace(text)
	if t, fraction, found := strings.Cut(text, "."); found {
		if strings.Trim(fraction, "0") != "" {
			return timeOfDay{}, false
		}
		text = t
	}
	parts := strings.Split(text, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return timeOfDay{}, false
	}
	seconds := 0
	for i, limit := range [3]int{24, 60, 60} {
		v := 0
		if i < len(parts) {
			n, good := smallNumber(parts[i])
			if !good || n >= limit {
				return timeOfDay{}, false
			}
			v = n
		}
		if i == 0 && hasNoon {
			if v < 1 || v > 12 {
				return timeOfDay{}, false
			}
			v = v%12 + noon
		}
		seconds = 60*seconds + v
	}
	return timeOfDay{seconds: seconds, timed: true, zone: zone}, true
}

// cutZone reads a Z or an offset behind a time.
func cutZone(text string) (rest string, zone *time.Location, ok bool) {
	if t, found := strings.CutSuffix(text, "Z"); found {
		return t, time.UTC, true
	}
	for _, name := range [2]string{"UTC", "GMT"} {
		if t, found := strings.CutSuffix(text, name); found {
			return strings.TrimSpace(t), time.UTC, true
		}
	}
	at := strings.LastIndexAny(text, "+-")
	if at < 0 {
		return text, nil, true
	}
	offset := strings.ReplaceAll(text[at+1:], ":", "")
	if len(offset) == 2 {
		offset += "00"
	}
	hours, ok1 := smallNumber(offset[:min(2, len(offset))])
	minutes, ok2 := smallNumber(offset[min(2, len(offset)):])
	if !ok1 || !ok2 || len(offset) != 4 || hours > 14 || minutes > 59 {
		return "", nil, false
	}
	seconds := 3600*hours + 60*minutes
	if text[at] == '-' {
		seconds = -seconds
	}
	rest = strings.TrimSpace(text[:at])
	return rest, time.FixedZone("", seconds), true
}

// parseDay reads the date without its time.
func parseDay(text string) (date, bool) {
	if len(text) == 8 && allDigits([]byte(text)) {
		text = text[:4] + "-" + text[4:6] + "-" + text[6:]
	}
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("-./, ", r) })
	if len(parts) == 4 && strings.HasPrefix(parts[3], "г") { // 31 января 2026 г.
		parts = parts[:3]
	}
	if len(parts) != 3 {
		return date{}, false
	}
	for i, p := range parts[:2] {
		if month := monthName(p); month > 0 {
			day, ok := smallNumber(strings.TrimRight(parts[1-i], "sthndr"))
			year, good := yearNumber(parts[2])
			return date{year: year, a: month, b: day}, ok && good
		}
	}
	if len(parts[0]) == 4 {
		year, ok0 := yearNumber(parts[0])
		month, ok1 := smallNumber(parts[1])
		day, ok2 := smallNumber(parts[2])
		return date{year: year, a: month, b: day}, ok0 && ok1 && ok2
	}
	a, ok0 := smallNumber(parts[0])
	b, ok1 := smallNumber(parts[1])
	year, ok2 := yearNumber(parts[2])
	if !ok0 || !ok1 || !ok2 || a > 31 || b > 31 || a > 12 && b > 12 || a == 0 || b == 0 {
		return date{}, false
	}
	if strings.Count(text, ".") == 2 {
		return date{year: year, a: b, b: a}, true
	}
	return date{year: year, a: a, b: b, loose: true}, true
}

func smallNumber(s string) (int, bool) {
	if len(s) == 0 || len(s) > 2 || !allDigits([]byte(s)) {
		return 0, false
	}
	return int(number([]byte(s))), true
}

// shortYear is the first year that two digits may stand for: 26/02/01 is not
// the 26th of February 2001.
const shortYear = 2010

// yearNumber takes two digits for a year of this century.
func yearNumber(s string) (int, bool) {
	if !allDigits([]byte(s)) || len(s) != 2 && len(s) != 4 {
		return 0, false
	}
	year := int(number([]byte(s)))
	if len(s) == 2 {
		year += 2000
		return year, year >= shortYear
	}
	return year, true
}

// monthNames are beginnings of the months' names as plain makes them, in
// English, German, French, Spanish and Russian; longer ones first where one
// begins another.
const monthNames = "jan 1 ene 1 янв 1 feb 2 fev 2 фев 2 mar 3 mrz 3 мар 3 apr 4 avr 4 abr 4 апр 4 may 5 mai 5 маи 5 мая 5 " +
	"juin 6 juil 7 jun 6 июн 6 jul 7 июл 7 aug 8 aou 8 ago 8 авг 8 sep 9 сен 9 oct 10 okt 10 окт 10 nov 11 ноя 11 dec 12 dez 12 dic 12 дек 12"

func monthName(s string) int {
	name := plain(s)
	words := strings.Fields(monthNames)
	for i := 0; i+1 < len(words); i += 2 {
		if strings.HasPrefix(name, words[i]) {
			month, _ := strconv.Atoi(words[i+1])
			return month
		}
	}
	return 0
}

func looksDate(c []byte) bool {
	_, ok := parseDate(string(c))
	return ok
}
