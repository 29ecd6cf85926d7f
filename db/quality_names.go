package db

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"
)

// NumberQuality puts numbers in the place of the names of providers, gates and
// accounts, upper and lower case alike. A name that several have stands for all of
// them; a number is a number, also where it is somebody's name.
func (d *DB) NumberQuality(ctx context.Context, list []QualityWhere) ([]QualityWhere, error) {
	numbered := make([]QualityWhere, len(list))
	for i, w := range list {
		numbered[i] = QualityWhere{Dimension: w.Dimension}
		for _, v := range w.Values {
			ids, err := d.qualityIDs(ctx, w.Dimension, v)
			if err != nil {
				return nil, err
			}
			numbered[i].Values = append(numbered[i].Values, ids...)
		}
	}
	return numbered, nil
}

// qualityIDs are what a value stands for.
func (d *DB) qualityIDs(ctx context.Context, by QualityDimension, value string) (ids []string, err error) {
	query := map[QualityDimension]string{
		ByProvider: `SELECT id FROM providers WHERE providername = ? ORDER BY id`,
		ByGate:     `SELECT id FROM gates WHERE gatename = ? ORDER BY id`,
		ByAccount:  `SELECT id FROM accounts WHERE name = ? ORDER BY id`,
	}[by]
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
