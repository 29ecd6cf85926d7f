package desk

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Named is somebody who can be asked for by name or id.
type Named struct {
	ID   int64
	Name string
}

// FindNamed returns the place of who is meant. The error of a name that is not
// there says which are, and which is nearest.
func FindNamed(flag, wanted string, list []Named) (int, error) {
	for i, n := range list {
		if strings.EqualFold(n.Name, wanted) {
			return i, nil
		}
	}
	if id, err := strconv.ParseInt(wanted, 10, 64); err == nil {
		for i, n := range list {
			if n.ID == id {
				return i, nil
			}
		}
	}
	if len(list) == 0 {
		return 0, wrong(flag, strconv.Quote(wanted), "there is none yet; add its row first")
	}
	names := make([]string, 0, len(list))
	for _, n := range list {
		names = append(names, Printable(n.Name))
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	nearest := slices.MinFunc(names, func(a, b string) int {
		return cmp.Compare(distance(strings.ToLower(a), strings.ToLower(wanted)), distance(strings.ToLower(b), strings.ToLower(wanted)))
	})
	hint := ""
	if distance(strings.ToLower(nearest), strings.ToLower(wanted)) <= max(2, len([]rune(wanted))/3) {
		hint = "; did you mean " + nearest + "?"
	}
	const shown = 20
	if len(names) > shown {
		names = append(names[:shown], "…")
	}
	return 0, wrong(flag, strconv.Quote(wanted), "not known%s There are %s", cmp.Or(hint, "."), strings.Join(names, ", "))
}

// distance is how many letters have to be put in, taken out or replaced.
func distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1)
	for i := range row {
		row[i] = i
	}
	for i, x := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range to {
			replaced := diagonal
			if x != y {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}

// Printable takes out what would play with a terminal: names and sheets are
// foreign text.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return ' '
		}
		return r
	}, text)
}
