package db

import (
	"context"
	"database/sql"
)

// numberReference is a field of numbers that names a row of another table.
type numberReference struct {
	field string
	query string // of names by (?) ids
	id    func(*Number) int64
	name  func(*Number) *string
}

func numberReferences() []numberReference {
	return []numberReference{
		{"provider_id", `SELECT id, providername FROM providers WHERE id IN (?)`, func(n *Number) int64 { return n.ProviderID }, func(n *Number) *string { return &n.Provider }},
		{"server_id", `SELECT id, servername FROM servers WHERE id IN (?)`, func(n *Number) int64 { return idOf(n.ServerID) }, func(n *Number) *string { return &n.Server }},
		{"account_id", `SELECT id, name FROM accounts WHERE id IN (?)`, func(n *Number) int64 { return idOf(n.AccountID) }, func(n *Number) *string { return &n.Account }},
		{
			"destination_subscriber_id", `SELECT id, login FROM subscribers WHERE id IN (?)`, func(n *Number) int64 { return idOf(n.DestinationSubscriberID) },
			func(n *Number) *string { return &n.DestinationSubscriber },
		},
	}
}

// nameReferences fills in the names of what numbers refer to, as the table would
// show them once written. What is not there is a FieldError.
func nameReferences(ctx context.Context, tx *sql.Tx, list []Number) error {
	for _, ref := range numberReferences() {
		names := map[int64]string{}
		var ids []int64
		for i := range list {
			id := ref.id(&list[i])
			if _, asked := names[id]; id != 0 && !asked {
				names[id] = ""
				ids = append(ids, id)
			}
		}
		found := 0
		if err := eachIn(ctx, tx, ref.query, ids, func(rows *sql.Rows) error {
			var id int64
			var name string
			err := rows.Scan(&id, &name)
			names[id] = name
			found++
			return err
		}); err != nil {
			return err
		}
		if found < len(ids) {
			return &FieldError{Field: ref.field, Text: "there is none with this id"}
		}
		for i := range list {
			*ref.name(&list[i]) = names[ref.id(&list[i])]
		}
	}
	return nil
}

func idOf(reference *int64) int64 {
	if reference == nil {
		return 0
	}
	return *reference
}
