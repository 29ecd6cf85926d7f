package alarm

import (
	"net/url"
	"slices"
	"strings"
	"time"
)

// mostLink is what the column takes, in characters.
const mostLink = 1000

// Link is the console's path that shows what is behind a figure. Where the rule picks
// so much that it would be too long, it shows more than that.
func (r *Rule) Link(by map[string]string, from, to time.Time) string {
	link := r.link(r.Only, by, from, to)
	if len(link) > mostLink {
		link = r.link(nil, by, from, to)
	}
	return link
}

func (r *Rule) link(only []Only, by map[string]string, from, to time.Time) string {
	query := url.Values{"from": {stamp(from)}, "to": {stamp(to)}}
	switch r.Measure.Source {
	case Rollups, Answers:
		for _, o := range only {
			if o.What != "network" || len(o.Values) == 1 { // their names have commas
				query.Set(o.What, known(o.Values...))
			}
		}
		for what, value := range by {
			query.Set(what, known(value))
		}
		return "/quality?" + query.Encode()
	case Live:
		return "/live"
	case Numbers, Charges:
	}
	names := map[string]string{"account": "account_id", "server": "server", "a_number": "number", "b_number": "number"}
	for _, o := range only {
		if name := names[o.What]; name != "" && len(o.Values) == 1 { // calls are of one, or of all
			query.Set(name, o.Values[0])
		}
	}
	for what, value := range by {
		if name := names[what]; name != "" {
			query.Set(name, value)
		}
	}
	return "/calls?" + query.Encode()
}

// known are values as reports have them: - is what is not known.
func known(values ...string) string {
	list := slices.Clone(values)
	for i, v := range list {
		if v == "" {
			list[i] = "-"
		}
	}
	return strings.Join(list, ",")
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
