package db

import (
	"database/sql/driver"
	"strings"

	"tandem/geo"
)

// PlaceMatch says where numbers are from and what kind they are. Exported because
// the API embeds it.
type PlaceMatch struct {
	Types     []geo.Type `json:"types" required:"false" nullable:"false" maxItems:"12" enum:"unknown,fixed,mobile,fixed_or_mobile,toll_free,premium,shared_cost,voip,personal,pager,uan,voicemail" doc:"Of the number; empty: any. Where the plan cannot tell mobile from fixed, as in North America, it is fixed_or_mobile"`
	Countries []string   `json:"countries" required:"false" nullable:"false" maxItems:"300" doc:"ISO 3166-1 alpha-2; 001: global services; empty: any"`
	Regions   []string   `json:"regions" required:"false" nullable:"false" maxItems:"50" doc:"Cities, areas, states in English, whole or a part between commas: NJ is in Jersey City, NJ; empty: any"`
}

func (m *PlaceMatch) fields() []field {
	return []field{
		{"types", "types", "", typeList{&m.Types}},
		{"countries", "countries", "", textList{&m.Countries, ","}},
		{"regions", "regions", "", textList{&m.Regions, regionsBetween}},
	}
}

// regionsBetween stands between regions, which have commas inside.
const regionsBetween = ";"

func (m *PlaceMatch) match() geo.Match {
	return geo.Match{Types: m.Types, Countries: m.Countries, Regions: m.Regions}
}

func (m *PlaceMatch) isZero() bool { return len(m.Types)+len(m.Countries)+len(m.Regions) == 0 }

func (m *PlaceMatch) check() error {
	if m.Types == nil {
		m.Types = []geo.Type{}
	}
	if m.Countries == nil {
		m.Countries = []string{}
	}
	if m.Regions == nil {
		m.Regions = []string{}
	}
	v := m.match()
	if err := v.Validate(); err != nil {
		name, text, _ := strings.Cut(err.Error(), ": ")
		return &FieldError{Field: name, Text: text}
	}
	for _, region := range m.Regions {
		if strings.Contains(region, regionsBetween) {
			return &FieldError{Field: "regions", Text: "want regions without a semicolon, each by itself"}
		}
		if err := goodText("regions", region, 100); err != nil {
			return err
		}
	}
	return faults(
		must(len(strings.Join(m.Countries, ",")) <= maxPlaceList, "countries", "want no more than 250; leave it empty for any"),
		must(len(strings.Join(m.Regions, regionsBetween)) <= maxPlaceList, "regions", "want less: 1000 characters in all"),
	)
}

// maxPlaceList is what the columns of countries and regions take.
const maxPlaceList = 1000

// textList keeps texts with something between.
type textList struct {
	list    *[]string
	between string
}

func (v textList) Value() (driver.Value, error) { return strings.Join(*v.list, v.between), nil }

func (v textList) Scan(from any) error {
	*v.list = splitList(textOf(from), v.between)
	return nil
}

// splitList takes apart what a person may have written by hand, with spaces.
func splitList(text, between string) []string {
	list := []string{}
	for part := range strings.SplitSeq(text, between) {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// typeList keeps types by their words, with commas between.
type typeList struct{ list *[]geo.Type }

func (v typeList) Value() (driver.Value, error) {
	words := make([]string, len(*v.list))
	for i, t := range *v.list {
		words[i] = t.String()
	}
	return strings.Join(words, ","), nil
}

func (v typeList) Scan(from any) (err error) {
	*v.list, err = parseTypes(textOf(from))
	return err
}

func parseTypes(text string) ([]geo.Type, error) {
	list := []geo.Type{}
	for _, word := range splitList(text, ",") {
		t, err := geo.ParseType(word)
		if err != nil {
			return list, err
		}
		list = append(list, t)
	}
	return list, nil
}

// minuteOrNone keeps HH:MM as minutes, and an empty text as NULL.
type minuteOrNone struct{ text *string }

func (v minuteOrNone) Value() (driver.Value, error) {
	if *v.text == "" {
		return nil, nil //nolint:nilnil // NULL
	}
	return minuteOfDay(v).Value()
}

func (v minuteOrNone) Scan(from any) error {
	if from == nil {
		*v.text = ""
		return nil
	}
	return minuteOfDay(v).Scan(from)
}

// checkQuiet takes both hours, or none.
func (m *CallMatch) checkQuiet() error {
	if m.QuietFrom == "" && m.QuietTo == "" {
		return nil
	}
	from, ok := minutesOf(m.QuietFrom)
	if !ok || from == minutesADay {
		return &FieldError{Field: "quiet_from", Text: "want a time of the day, 00:00 to 23:59, and quiet_to with it; both empty: any hour"}
	}
	to, ok := minutesOf(m.QuietTo)
	return faults(
		must(ok, "quiet_to", "want a time of the day, 00:00 to 24:00, and quiet_from with it; both empty: any hour"),
		must(from != to, "quiet_to", "the same as quiet_from: nothing is between them; for any hour leave both empty"),
	)
}

const minutesADay = 24 * 60
