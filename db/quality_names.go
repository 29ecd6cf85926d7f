package db

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"tandem/geo"
	"tandem/routing"
)

// NumberQuality puts numbers in the place of the names of providers, gates and
// accounts, upper and lower case alike. A name that several have stands for all of
// them; a number is a number, also where it is somebody's name. A FieldError says which
// value cannot be one.
func (d *DB) NumberQuality(ctx context.Context, list []QualityWhere) ([]QualityWhere, error) {
	numbered := make([]QualityWhere, len(list))
	for i, w := range list {
		if !w.Dimension.known() {
			return nil, &FieldError{Field: string(w.Dimension), Text: "cannot be picked by; take " + qualityDimensions}
		}
		numbered[i] = QualityWhere{Dimension: w.Dimension}
		for _, v := range w.Values {
			ids, err := d.qualityIDs(ctx, w.Dimension, v)
			if err != nil {
				return nil, err
			}
			for _, id := range ids {
				if err := goodMember(string(w.Dimension), w.Dimension, &id); err != nil {
					return nil, err
				}
				numbered[i].Values = append(numbered[i].Values, id)
			}
		}
	}
	return numbered, nil
}

// noQualityValue stands for what has none, as reports print it.
const noQualityValue = "-"

// none is how rollups have it that there is none.
func (d QualityDimension) none() string {
	switch d {
	case ByProvider, ByGate, ByAccount:
		return "0"
	default: // text
		return ""
	}
}

// qualityIDs are what a value stands for.
func (d *DB) qualityIDs(ctx context.Context, by QualityDimension, value string) (ids []string, err error) {
	query := map[QualityDimension]string{
		ByProvider: `SELECT id FROM providers WHERE providername = ? ORDER BY id`,
		ByGate:     `SELECT id FROM gates WHERE gatename = ? ORDER BY id`,
		ByAccount:  `SELECT id FROM accounts WHERE name = ? ORDER BY id`,
	}[by]
	if value == noQualityValue {
		return []string{by.none()}, nil
	}
	if _, err := strconv.ParseInt(value, 10, 64); query == "" || err == nil {
		return []string{value}, nil
	}
	rows, err := d.calls.QueryContext(ctx, query, strings.TrimSpace(value))
	if err != nil {
		return nil, wrap("names of "+string(by), err)
	}
	if err := eachRow(rows, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	}); err != nil {
		return nil, wrap("names of "+string(by), err)
	}
	if len(ids) == 0 {
		return nil, &FieldError{Field: string(by), Text: fmt.Sprintf("there is no %q; want a name, or a number", value)}
	}
	return ids, nil
}

// goodMember checks a value that reports and alarms pick by, and writes it as figures
// have it; - is what is not known.
func goodMember(field string, of QualityDimension, value *string) error {
	if *value == noQualityValue {
		*value = ""
	}
	switch of {
	case ByProvider, ByGate, ByAccount:
		id, err := strconv.ParseInt(*value, 10, 64)
		if err != nil || id < 0 {
			return &FieldError{Field: field, Text: "want an id, such as 7; 0: none"}
		}
		*value = strconv.FormatInt(id, 10)
	case ByTier:
		_, err := routing.ParseTier(*value)
		return must(err == nil || *value == "", field, "want noncli, cli, premium, or - for none")
	case ByCountry, ByACountry:
		return must(*value == "" || *value == geo.World || geo.IsCountry(*value), field, "want a country of ISO 3166-1 such as RU, 001 for none, or - for what is not known")
	case ByPrefix:
		return must(len(*value) <= 7 && !strings.ContainsFunc(*value, func(c rune) bool { return c < '0' || c > '9' }), field, "want up to 7 digits, or - for what is not known")
	case ByServer, ByNetwork: // any text
	}
	return goodText(field, *value, 64)
}
