package routing

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"tandem/geo"
	"tandem/internal/e164"
)

// Quiet are hours of the day where a number may ring, in minutes from midnight:
// From is included, To is not, and From after To goes over midnight. From equal to
// To is no hours.
type Quiet struct{ From, To int }

// IsZero says that a rule does not ask for the hour.
func (q Quiet) IsZero() bool { return q.From == q.To }

func (q Quiet) String() string {
	return fmt.Sprintf("%02d:%02d-%02d:%02d", q.From/60, q.From%60, q.To/60, q.To%60)
}

const minutesADay = 24 * 60

func (q Quiet) validate() error {
	if min(q.From, q.To) < 0 || max(q.From, q.To) > minutesADay {
		return fmt.Errorf("%d to %d: want minutes of the day, 0 to %d", q.From, q.To, minutesADay)
	}
	return nil
}

// where is the place of a number, looked up when the first rule asks for it.
type where struct {
	atlas  *geo.Atlas
	number e164.Number
	known  bool
	place  geo.Place
}

func (s *Snapshot) where(n e164.Number) where { return where{atlas: s.Options.Places, number: n} }

// is says whether the number is of a place that is meant, and whether it is that
// hour where it may ring.
func (w *where) is(m *geo.Match, q Quiet, at time.Time) bool {
	if m.IsZero() && q.IsZero() {
		return true
	}
	if w.atlas == nil {
		return false
	}
	if !w.known {
		w.place, w.known = w.atlas.Place(string(w.number)), true
	}
	return m.Matches(&w.place) && (q.IsZero() || w.atlas.IsQuiet(&w.place, at, q.From, q.To))
}

// placeBlock refuses calls from or to numbers of some places.
type placeBlock struct {
	Block

	name string
}

// onPlaces finds the first block of a number's place.
func onPlaces(list byAccount[placeBlock], account int64, side Side, n e164.Number, w *where) *placeBlock {
	if n == "" {
		return nil
	}
	for _, b := range list.of(account) {
		if b.Side == side && strings.HasPrefix(string(n), b.Prefix) && w.is(&b.Place, Quiet{}, time.Time{}) {
			return b
		}
	}
	return nil
}

// placeReason is why a call to such a number is refused.
func placeReason(m *geo.Match, q Quiet) Reason {
	switch {
	case !q.IsZero():
		return ReasonQuietHours
	case len(m.Types) > 0:
		return ReasonBlockedType
	case !m.IsZero():
		return ReasonBlockedCountry
	}
	return ReasonRuleBlocks
}

// needPlaces makes an atlas where the caller has none and a rule wants one.
func (b *builder) needPlaces() error {
	if b.Options.Places != nil {
		return nil
	}
	atlas, err := geo.New(0)
	b.Options.Places = atlas
	return err
}

// goodPlace tells what keeps the place of a rule from being used.
func (b *builder) goodPlace(table string, id int64, m *geo.Match, q Quiet) bool {
	if err := m.Validate(); err != nil {
		column, detail, _ := strings.Cut(err.Error(), ": ")
		b.problem(table, id, column, "%s", detail)
		return false
	}
	if err := q.validate(); err != nil {
		b.problem(table, id, "quiet_from", "%v", err)
		return false
	}
	if m.IsZero() && q.IsZero() {
		return true
	}
	if err := b.needPlaces(); err != nil {
		b.problem(table, id, "types", "%v", err)
		return false
	}
	return true
}

// addPlaceBlock takes a block that asks for more than a prefix.
func (b *builder) addPlaceBlock(v Block) {
	if v.Prefix != "" && !validPrefix(v.Prefix) {
		b.problem("block_list", v.ID, "prefix", "%q: want at most %d digits", v.Prefix, maxDepth)
		return
	}
	if b.goodPlace("block_list", v.ID, &v.Place, Quiet{}) {
		b.placed = append(b.placed, placeBlock{v, "block_list id " + strconv.FormatInt(v.ID, 10) + ", " + PlaceText(&v.Place)})
	}
}

// placeSuffix is what of a rule is about places, behind its name.
func placeSuffix(m *Match) string {
	text := ""
	if !m.Place.IsZero() {
		text = ", " + PlaceText(&m.Place)
	}
	if !m.Quiet.IsZero() {
		text += ", " + m.Quiet.String() + " there"
	}
	return text
}

// mostPlaceText bounds what is said of places, in characters: it goes into reasons,
// which have columns of some length.
const mostPlaceText = 80

// PlaceText says in words what places are meant: "premium, shared_cost, GB"; of many
// the first: "AD, AE, AF and 57 more".
func PlaceText(m *geo.Match) string {
	words := make([]string, 0, len(m.Types))
	for _, t := range m.Types {
		words = append(words, t.String())
	}
	words = slices.Concat(words, m.Countries, m.Regions)
	text := ""
	for i, w := range words {
		with := text + ", " + w
		if i == 0 {
			letters := []rune(w)
			with = string(letters[:min(len(letters), mostPlaceText)])
		}
		if utf8.RuneCountInString(with) > mostPlaceText {
			return fmt.Sprintf("%s and %d more", text, len(words)-i)
		}
		text = with
	}
	return text
}
