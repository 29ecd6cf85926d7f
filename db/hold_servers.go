package db

import (
	"context"
	"database/sql"
)

// HoldServers lists the servers that open holds are of, also those that are no
// longer, or have another name now: their calls are to be closed, too.
func (d *DB) HoldServers(ctx context.Context) ([]string, error) {
	rows, err := d.calls.QueryContext(ctx, `SELECT DISTINCT server FROM holds ORDER BY server`)
	if err != nil {
		return nil, wrap("servers of holds", err)
	}
	var list []string
	err = eachRow(rows, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		list = append(list, name)
		return err
	})
	return list, wrap("servers of holds", err)
}
