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
				query.Set(o.What, known(o.What, o.Values...))
			}
		}
		for what, value := range by {
			query.Set(what, known(what, value))
		}
		return "/quality?" + query.Encode()
	case Live:
		return "/live"
	case Numbers, Charges:
	}
	names := map[string]string{"account": "account_id", "server": "server", "a_number": "number", "b_number": "number"}
	for _, o := range only {
		if len(o.Values) == 1 { // calls are of one, or of all
			pick(query, names[o.What], o.Values[0])
		}
	}
	for what, value := range by {
		pick(query, names[what], value)
	}
	return "/calls?" + query.Encode()
}

// known are values as reports have them: - is what is not known, and 0 what has no id.
func known(what string, values ...string) string {
	none := "-"
	switch what {
	case "provider", "gate", "account":
		none = "0"
	}
	list := slices.Clone(values)
	for i, v := range list {
		if v == "" {
			list[i] = none
		}
	}
	return strings.Join(list, ",")
}

// pick narrows a list of calls. Calls of nobody cannot be asked for: all are shown.
func pick(query url.Values, name, value string) {
	if name == "" || value == "" || name == "account_id" && value == "0" {
		return
	}
	query.Set(name, value)
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
