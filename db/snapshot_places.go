package db

import (
	"database/sql"
	"fmt"
	"strings"

	"tandem/geo"
	"tandem/routing"
)

// placeColumns are read into a placeRow, in this order.
const placeColumns = `types, countries, regions`

// placeRow is geo.Match as the columns have it.
type placeRow struct{ types, countries, regions string }

func (p *placeRow) into() []any { return []any{&p.types, &p.countries, &p.regions} }

// read is the match, without lists where there is nothing in them.
func (p *placeRow) read() (m geo.Match, err error) {
	types, err := parseTypes(p.types)
	if err != nil {
		return m, fmt.Errorf("types: %w", err)
	}
	if len(types) > 0 {
		m.Types = types
	}
	if list := splitList(p.countries, ","); len(list) > 0 {
		m.Countries = list
	}
	if list := splitList(p.regions, regionsBetween); len(list) > 0 {
		m.Regions = list
	}
	return m, m.Validate()
}

// place checks what places a rule is for. A rule that cannot be read is left out as
// a whole: half a condition would hit calls it is not for.
func (r *reader) place(table string, id int64, p *placeRow) (m geo.Match, ok bool) {
	m, err := p.read()
	if err != nil {
		column, text, _ := strings.Cut(err.Error(), ": ")
		r.problem(table, id, column, "%s", text)
	}
	return m, err == nil
}

// quiet checks the hours of the day where a number may ring.
func (r *reader) quiet(table string, id int64, hours [2]sql.NullInt64) (q routing.Quiet, ok bool) {
	if !hours[0].Valid && !hours[1].Valid {
		return q, true
	}
	q = routing.Quiet{From: int(hours[0].Int64), To: int(hours[1].Int64)}
	if !hours[0].Valid || !hours[1].Valid || q.IsZero() || min(q.From, q.To) < 0 || max(q.From, q.To) > minutesADay {
		r.problem(table, id, "quiet_from, quiet_to", "%d, %d: want two minutes of the day, 0 to 1440, or NULL in both", q.From, q.To)
		return q, false
	}
	return q, true
}
