package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"tandem/geo"
	"tandem/view"
)

type placeCmd struct {
	Numbers []string     `arg:"" name:"number" help:"International numbers."`
	Lang    geo.Language `help:"Language of names: en or ru." enum:"en,ru" default:"en"`
	Quiet   string       `help:"Quiet hours of the called party." default:"22:00-08:00" placeholder:"FROM-TO"`
	JSON    bool         `help:"Print JSON."`
}

// Run says where numbers are from and what kind they are, as far as their digits
// tell. It asks no database.
func (x placeCmd) Run(_ context.Context, e *env) error {
	atlas, err := geo.New(0)
	if err != nil {
		return err
	}
	from, to, err := parseHours(x.Quiet)
	if err != nil {
		return err
	}
	now := time.Now()
	list := make([]view.NumberPlace, len(x.Numbers))
	for i, text := range x.Numbers {
		number := plainDigits(text)
		if number == "" {
			return fmt.Errorf("%s: want the digits of an international number, such as 442038070121", strconv.Quote(text))
		}
		if list[i], err = view.NewNumberPlace(atlas, number, x.Lang, now, from, to); err != nil {
			return err
		}
	}
	if x.JSON {
		return printJSON(e, list)
	}
	return printPlaces(e.out, list)
}

// plainDigits takes the signs out of a number as people write it; empty: it is
// none.
func plainDigits(text string) string {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune("+ ().-", r) {
			return -1
		}
		return r
	}, text)
	if strings.HasPrefix(text, "-") || len(digits) > geo.MaxDigits || strings.Trim(digits, "0123456789") != "" {
		return ""
	}
	return digits
}

// parseHours reads 22:00-08:00 as minutes of the day.
func parseHours(text string) (from, to int, err error) {
	a, b, both := strings.Cut(text, "-")
	start, err1 := time.Parse("15:04", a)
	end, err2 := time.Parse("15:04", b)
	if !both || err1 != nil || err2 != nil {
		return 0, 0, fmt.Errorf("--quiet %s: want hours such as 22:00-08:00", strconv.Quote(text))
	}
	if start.Equal(end) {
		return 0, 0, fmt.Errorf("--quiet %s: want two different times", strconv.Quote(text))
	}
	return 60*start.Hour() + start.Minute(), 60*end.Hour() + end.Minute(), nil
}

func printPlaces(out io.Writer, list []view.NumberPlace) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "number\tcountry\tregion\ttype\tnetwork\ttime there\tquiet")
	for i := range list {
		p := &list[i]
		country := strings.Join(nonEmpty(p.Country, p.CountryName), " ")
		if !p.Known {
			country = strings.TrimSpace(country + " (no plan has it)")
		}
		quiet := "no"
		if p.Quiet.Now {
			quiet = "yes, " + p.Quiet.From + "-" + p.Quiet.To
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", p.Number, orDash(country), orDash(p.Region), p.Type, orDash(p.Network), orDash(timesOf(p.Zones)), quiet)
	}
	return w.Flush()
}

// timesOf are the local times of zones, each once, from the westernmost to the
// easternmost.
func timesOf(zones []view.Zone) string {
	zones = slices.SortedFunc(slices.Values(zones), func(a, b view.Zone) int { return cmp.Compare(offsetOf(a), offsetOf(b)) })
	zones = slices.CompactFunc(zones, func(a, b view.Zone) bool { return offsetOf(a) == offsetOf(b) })
	times := make([]string, len(zones))
	for i, z := range zones {
		times[i] = z.LocalTime.Format("15:04")
	}
	if len(times) > 2 {
		return times[0] + " to " + times[len(times)-1]
	}
	return strings.Join(times, ", ")
}

// offsetOf is how far east of UTC a zone is then, in seconds.
func offsetOf(z view.Zone) int {
	_, offset := z.LocalTime.Zone()
	return offset
}
