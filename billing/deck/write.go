package deck

import (
	"bufio"
	"bytes"
	"io"
	"strconv"
	"strings"
	"time"

	"tandem/billing/rate"
)

// canonicalHeader heads what WriteCSV writes.
const canonicalHeader = "prefix,destination,per_minute,connection_fee,minimum_charge,attempt_fee,increments,grace,free,steps,effective_from,effective_to,days,time,status\n"

// WriteCSV writes rates so that Read gives them back unchanged: UTF-8, commas,
// decimal points, moments in UTC.
func WriteCSV(w io.Writer, rates Rates) error {
	out := bufio.NewWriter(w)
	if _, err := out.WriteString(canonicalHeader); err != nil {
		return err
	}
	line := make([]byte, 0, 256)
	for r, err := range rates {
		if err != nil {
			return err
		}
		line = appendCSV(line[:0], r)
		if _, err := out.Write(line); err != nil {
			return err
		}
	}
	return out.Flush()
}

func appendCSV(b []byte, r Rate) []byte {
	b = append(append(b, r.Prefix...), ',')
	b = append(appendText(b, r.Destination), ',')
	b = append(append(b, r.PerMinute.String()...), ',')
	b = append(append(b, r.ConnectionFee.String()...), ',')
	b = append(append(b, r.Minimum.String()...), ',')
	b = append(append(b, r.AttemptFee.String()...), ',')
	b = append(strconv.AppendInt(b, int64(r.First), 10), '/')
	b = append(strconv.AppendInt(b, int64(r.Next), 10), ',')
	b = append(appendSeconds(b, r.Grace), ',')
	b = append(appendSeconds(b, r.Free), ',')
	b = append(appendText(b, string(rate.AppendSteps(nil, r.Steps))), ',')
	b = append(appendMoment(b, r.From), ',')
	b = append(appendMoment(b, r.To), ',')
	b = appendWindow(b, r.Window)
	if r.Blocked {
		b = append(b, "blocked"...)
	}
	return append(b, '\n')
}

// appendText quotes a name. A spreadsheet would run a cell that begins with one
// of = + - @ as a formula; the quote before it makes it text, and withoutQuote
// takes it off again.
func appendText(b []byte, s string) []byte {
	quote := ""
	if isFormula(strings.TrimLeft(s, "'")) {
		quote = "'"
	}
	if !strings.ContainsAny(s, "\",;\t") {
		return append(append(b, quote...), s...)
	}
	b = append(append(b, '"'), quote...)
	b = append(b, strings.ReplaceAll(s, `"`, `""`)...)
	return append(b, '"')
}

func isFormula(s string) bool { return s != "" && strings.IndexByte("=+-@", s[0]) >= 0 }

// withoutQuote undoes appendText.
func withoutQuote(name []byte) []byte {
	if len(name) > 1 && name[0] == '\'' && isFormula(string(bytes.TrimLeft(name, "'"))) {
		return name[1:]
	}
	return name
}

func appendSeconds(b []byte, seconds int32) []byte {
	if seconds == 0 {
		return b
	}
	return strconv.AppendInt(b, int64(seconds), 10)
}

func appendMoment(b []byte, at time.Time) []byte {
	if at.IsZero() {
		return b
	}
	return at.UTC().AppendFormat(b, "2006-01-02T15:04:05Z")
}

func appendWindow(b []byte, w rate.Window) []byte {
	if w.Days != 0 && w.Days != allDays {
		for day := range daysAWeek {
			if w.Days&(1<<day) != 0 {
				b = append(b, byte('1'+day), ' ')
			}
		}
		b = b[:len(b)-1]
	}
	b = append(b, ',')
	if w.Start != 0 || w.End != 0 && w.End != minutesADay {
		b = appendClock(b, w.Start)
		b = append(b, '-')
		b = appendClock(b, w.End)
		if w.End == minutesADay-1 {
			b = append(b, ":00"...) // 23:59 alone would be read as midnight
		}
	}
	return append(b, ',')
}

func appendClock(b []byte, minute uint16) []byte {
	h, m := minute/60, minute%60
	return append(b, byte('0'+h/10), byte('0'+h%10), ':', byte('0'+m/10), byte('0'+m%10))
}
