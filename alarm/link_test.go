package alarm_test

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/alarm"
)

// Links have the names that the console's lists know, and - for what is not known;
// what has no id has 0; one that would be too long picks less, and is whole.
func TestLink(t *testing.T) {
	t.Parallel()
	to := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	asr, spend := rule(t, "asr", alarm.Below, "40"), rule(t, "spend", alarm.Above, "10")
	toNumber, from := rule(t, "calls_to_number", alarm.Above, "10"), rule(t, "calls_from_number", alarm.Above, "10")
	asr.Only = []alarm.Only{{What: "tier", Values: []string{"cli", ""}}, {What: "country", Values: []string{"RU"}}}
	toNumber.Only = []alarm.Only{{What: "account", Values: []string{"7"}}, {What: "server", Values: []string{"a", "b"}}}
	long := rule(t, "asr", alarm.Below, "40")
	for i := range 100 {
		long.Only = append(long.Only, alarm.Only{What: "provider" + strconv.Itoa(i), Values: []string{"1234567890"}})
	}
	const span = "from=2026-03-01T11%3A00%3A00Z&to=2026-03-01T12%3A00%3A00Z"
	for _, c := range []struct {
		rule alarm.Rule
		by   map[string]string
		want string
	}{
		{asr, map[string]string{"country": "", "provider": "7"}, "/quality?country=-&provider=7&tier=cli%2C-&" + span},
		{asr, map[string]string{"gate": "", "provider": "0"}, "/quality?country=RU&gate=0&provider=0&tier=cli%2C-&" + span},
		{spend, map[string]string{"account": "7"}, "/calls?account_id=7&" + span},
		{spend, map[string]string{"account": "0"}, "/calls?" + span},
		{from, map[string]string{"a_number": ""}, "/calls?" + span},
		{toNumber, map[string]string{"b_number": "252"}, "/calls?account_id=7&number=252&" + span},
		{from, map[string]string{"a_number": "79"}, "/calls?number=79&" + span},
		{long, map[string]string{"network": "A, B"}, "/quality?network=A%2C+B&" + span},
		{rule(t, "live_calls", alarm.Above, "1"), nil, "/live"},
	} {
		path, query, _ := strings.Cut(c.rule.Link(c.by, to.Add(-time.Hour), to), "?")
		wantPath, wantQuery, _ := strings.Cut(c.want, "?")
		got, err := url.ParseQuery(query)
		want, err2 := url.ParseQuery(wantQuery)
		if err != nil || err2 != nil || path != wantPath || got.Encode() != want.Encode() {
			t.Errorf("%s?%s, want %s", path, query, c.want)
		}
	}
}
