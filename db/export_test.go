package db

import "database/sql"

// Pool lets tests look at a session as calls get it.
func (d *DB) Pool() *sql.DB { return d.calls }
