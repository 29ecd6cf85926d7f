package deck

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"tandem/billing/rate"
)

const (
	minutesADay = 24 * 60
	allDays     = 0x7f
)

// parseDays reads "mon-fri", "1-5", "Sat, Sun", "weekdays", "all"; 0 means every
// day. 1 is Monday.
func parseDays(cell []byte) (uint8, *problem) {
	bad := &problem{"not days of the week", "write them as mon-fri, or as 1-5 with 1 for Monday"}
	text := strings.NewReplacer("–", "-", "—", "-", "至", "-", "到", "-", "、", ",", "，", ",", "周", "", "星期", "").Replace(strings.ToLower(string(cell)))
	switch plain(text) {
	case "", "all", "all days", "all week", "daily", "every day", "everyday", "any", "все", "ежедневно", "alle", "taglich", "tous", "todos":
		return 0, nil
	case "weekdays", "weekday", "workdays", "working days", "будни", "рабочие дни", "werktags", "wochentags":
		return 0b0011111, nil
	case "weekend", "weekends", "выходные", "wochenende", "week end", "fin de semana":
		return 0b1100000, nil
	}
	days := uint8(0)
	for item := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(",;/ ", r) }) {
		from, to, ranged := strings.Cut(item, "-")
		first, ok := weekday(from)
		last := first
		if ranged && ok {
			last, ok = weekday(to)
		}
		if !ok {
			return 0, bad
		}
		for d := first; ; d = (d + 1) % 7 {
			days |= 1 << d
			if d == last {
				break
			}
		}
	}
	if days == 0 {
		return 0, bad
	}
	if days == allDays {
		days = 0
	}
	return days, nil
}

// dayNames are beginnings of the days' names as plain makes them; the last
// number is the day, 0 for Monday.
const dayNames = "mon 0 tue 1 wed 2 thu 3 fri 4 sat 5 sun 6 пн 0 вт 1 ср 2 чт 3 пт 4 сб 5 вс 6 пон 0 вто 1 сре 2 чет 3 пят 4 суб 5 вос 6 " +
	"mo 0 di 1 mi 2 do 3 fr 4 sa 5 so 6 lun 0 mar 1 mer 2 jeu 3 ven 4 sam 5 dim 6 mie 2 jue 3 vie 4 sab 5 dom 6 一 0 二 1 三 2 四 3 五 4 六 5 日 6 天 6"

func weekday(s string) (int, bool) {
	s = plain(s)
	if len(s) == 1 && s[0] >= '1' && s[0] <= '7' {
		return int(s[0] - '1'), true
	}
	best, day := 0, 0
	words := strings.Fields(dayNames)
	for i := 0; i+1 < len(words); i += 2 {
		name := words[i]
		short := utf8.RuneCountInString(name) < 3
		if len(name) > best && (s == name || !short && strings.HasPrefix(s, name)) {
			best, day = len(name), int(words[i+1][0]-'0')
		}
	}
	return day, best > 0
}

// parseTimes reads "08:00-20:00", "0800-2000", "8-20", "all day".
func parseTimes(cell []byte) (start, end uint16, _ *problem) {
	text := strings.NewReplacer("–", "-", "—", "-", "至", "-", " to ", "-", " ", "").Replace(string(cell))
	switch plain(string(cell)) {
	case "", "all", "all day", "24h", "24", "24 7", "any", "круглосуточно", "ganztags", "全天":
		return 0, 0, nil
	}
	from, to, ok := strings.Cut(text, "-")
	if !ok {
		return 0, 0, badTimes()
	}
	start, good := parseMinute([]byte(from), false, false)
	end, fine := parseMinute([]byte(to), false, true)
	if !good || !fine {
		return 0, 0, badTimes()
	}
	return start, end, nil
}

func badTimes() *problem {
	return &problem{"not a time of day", "write it as 08:00-20:00"}
}

// parseMinute reads a time of day as its minute. stored: a workbook's part of a
// day, 0.5 for noon. As an end the last second of a minute means the next
// minute: a window until 23:59:59 ends at midnight, and so does one until 23:59.
func parseMinute(cell []byte, stored, end bool) (uint16, bool) {
	if stored && bytes.ContainsAny(cell, ".eE") {
		part, err := strconv.ParseFloat(string(cell), 64)
		if err != nil || !(part >= 0 && part <= 1) {
			return 0, false
		}
		return uint16(math.Round(part * minutesADay)), true
	}
	if allDigits(cell) && len(cell) >= 3 {
		cell = []byte(string(cell[:len(cell)-2]) + ":" + string(cell[len(cell)-2:]))
	}
	parts := strings.Split(string(cell), ":")
	if len(parts) > 3 {
		return 0, false
	}
	var v [3]int
	for i, part := range parts {
		n, ok := smallNumber(part)
		if !ok || i > 0 && n > 59 {
			return 0, false
		}
		v[i] = n
	}
	minute := 60*v[0] + v[1]
	switch {
	case end && (v[2] == 59 || len(parts) == 2 && minute == minutesADay-1):
		minute++
	case v[2] != 0:
		return 0, false
	}
	return uint16(minute), minute <= minutesADay
}

// daysAWeek is how many bits a window's days have.
const daysAWeek = 7

// overlap says that two windows have a minute of the week in common.
func overlap(a, b rate.Window) bool {
	for _, x := range parts(a) {
		for _, y := range parts(b) {
			if x.days&y.days != 0 && x.start < y.end && y.start < x.end {
				return true
			}
		}
	}
	return false
}

// part is the share of a window that does not pass midnight.
type part struct {
	days       uint8
	start, end uint16
}

// parts cuts a window at midnight: the morning belongs to the next days. The
// second part is empty when there is none.
func parts(w rate.Window) [2]part {
	days, end := w.Days, w.End
	if days == 0 {
		days = allDays
	}
	if end == 0 && w.Start == 0 {
		end = minutesADay
	}
	if end > w.Start {
		return [2]part{{days, w.Start, end}}
	}
	next := (days<<1 | days>>(daysAWeek-1)) & allDays
	return [2]part{{days, w.Start, minutesADay}, {next, 0, end}}
}
