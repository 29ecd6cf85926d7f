package chaos

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxStories bounds what a failed run prints.
const maxStories = 5

// stories tell of the calls that findings are about, from everything there is.
func (h *house) stories(ctx context.Context, found []finding, w *witness, b *books) []string {
	var list []string
	told := map[string]bool{}
	for _, f := range found {
		number := f.Number
		if f.CallID == "" {
			f.CallID = f.Last
		}
		if number == "" && f.CallID != "" {
			number = numberOf(b, f.CallID)
		}
		if key := number + f.CallID; key == "" || told[key] {
			continue
		}
		told[number+f.CallID] = true
		if len(list) == maxStories {
			break
		}
		list = append(list, h.story(ctx, f, number, w, b))
	}
	return list
}

func numberOf(b *books, callID string) string {
	for i := range b.Calls {
		if b.Calls[i].ID == callID {
			return strings.TrimPrefix(b.Calls[i].Dialled, "+")
		}
	}
	return ""
}

func (h *house) story(ctx context.Context, f finding, number string, w *witness, b *books) string {
	var t strings.Builder
	fmt.Fprintf(&t, "== %s\n", f)
	from, to := time.Time{}, time.Time{}
	for i := range w.Phones {
		s := &w.Phones[i]
		if s.Number != number || number == "" {
			continue
		}
		r := &s.Result
		from, to = r.Started, r.EndedAt
		fmt.Fprintf(&t, "phone %s: call %d to +%s (%s; rings %s at most, talks %s): dialled %s, status %d %s, answered %s, ended %s by %q\n",
			s.Login, s.N, s.Number, s.Says, s.Patience, s.Talk, clock(r.Started), r.Status, r.Reason, clock(r.AnsweredAt), clock(r.EndedAt), r.EndedBy)
	}
	for _, c := range w.offered(number) {
		if number == "" {
			break
		}
		fmt.Fprintf(&t, "carrier %s: %s, offered %s, answered %s, ended %s by %q, status %d\n", c.Agent, c.Outcome, clock(c.At), clock(c.AnsweredAt), clock(c.EndedAt), c.EndedBy, c.Status)
	}
	if !from.IsZero() {
		for _, v := range w.during(from.Add(-time.Second), later(to, from).Add(5*time.Second)) {
			fmt.Fprintf(&t, "meanwhile: %s, %s to %s\n", v.blow, clock(v.Began), clock(v.Over))
		}
	}
	ids := map[string]bool{}
	if f.CallID != "" {
		ids[f.CallID] = true
	}
	for i := range b.Calls {
		if number != "" && strings.TrimPrefix(b.Calls[i].Dialled, "+") == number {
			ids[b.Calls[i].ID] = true
		}
	}
	for id := range ids {
		h.rows(ctx, &t, id)
		for _, c := range w.CDRs {
			if c.UniqueID == id {
				fmt.Fprintf(&t, "Asterisk's record: %s\n", c)
			}
		}
		for _, n := range h.Nodes {
			mention(&t, n.Name, n.Log, id)
		}
	}
	return t.String()
}

// later is the later of two times of which the first may be missing.
func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func clock(at time.Time) string {
	if at.IsZero() {
		return "never"
	}
	return at.UTC().Format("15:04:05.000")
}

// rows are all that the tables have of a call.
func (h *house) rows(ctx context.Context, t *strings.Builder, callID string) {
	for _, v := range []struct{ table, query string }{
		{"calls", `SELECT * FROM calls WHERE call_id = ?`},
		{"attempts", `SELECT * FROM attempts WHERE call_id = ?`},
		{"holds", `SELECT * FROM holds WHERE call_id = ?`},
		{"ledger", `SELECT * FROM ledger WHERE call_id = ?`},
		{"asterisk_cdrs", `SELECT * FROM asterisk_cdrs WHERE uniqueid = ?`},
	} {
		if err := h.dump(ctx, t, v.table, v.query, callID); err != nil {
			fmt.Fprintf(t, "%s: %v\n", v.table, err)
		}
	}
}

func (h *house) dump(ctx context.Context, t *strings.Builder, table, query, callID string) error {
	rows, err := h.hand.QueryContext(ctx, query, callID)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	for rows.Next() {
		cells := make([][]byte, len(columns))
		into := make([]any, len(columns))
		for i := range cells {
			into[i] = &cells[i]
		}
		if err := rows.Scan(into...); err != nil {
			return err
		}
		fmt.Fprintf(t, "%s:", table)
		for i, name := range columns {
			if len(cells[i]) > 0 {
				fmt.Fprintf(t, " %s=%s", name, plainText(cells[i]))
			}
		}
		t.WriteByte('\n')
	}
	return rows.Err()
}

// mentions bounds the lines of one log.
const mentions = 30

// mention are the lines of a log that name a call.
func mention(t *strings.Builder, name, file, callID string) {
	f, err := os.Open(file)
	if err != nil {
		fmt.Fprintf(t, "%s: %v\n", name, err)
		return
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for n := 0; lines.Scan() && n < mentions; {
		if strings.Contains(lines.Text(), callID) {
			n++
			line := lines.Text()
			fmt.Fprintf(t, "%s: %s\n", name, line[:min(len(line), 700)])
		}
	}
}

// plainText is a cell as far as it can be read.
func plainText(cell []byte) string {
	const most = 400
	if !utf8.Valid(cell) || strings.ContainsFunc(string(cell), unicode.IsControl) {
		return fmt.Sprintf("(%d bytes)", len(cell))
	}
	return string(cell[:min(len(cell), most)])
}
