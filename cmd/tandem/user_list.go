package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"tandem/db"
)

type userListCmd struct {
	JSON bool `help:"Print JSON."`
}

// manyUsers is more than anybody has.
const manyUsers = 100_000

// Run lists the users, by login.
func (x userListCmd) Run(ctx context.Context, e *env) error {
	return withDB(ctx, e, func(database *db.DB) error {
		list, err := database.Users(ctx, db.UserFilter{Limit: manyUsers})
		if err != nil {
			return err
		}
		if x.JSON {
			return printJSON(e, list)
		}
		if len(list) == 0 {
			_, err := fmt.Fprintln(e.out, "nobody can sign in yet; tandem user create LOGIN --role admin adds somebody")
			return err
		}
		w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "user\tlogin\tname\trole\taccount\tsecond factor\tsigned in\tnote")
		for _, u := range list {
			fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", u.ID, u.Login, orDash(printable(u.Name)), u.Role, orDash(printable(u.Account)),
				yesOrDash(u.TOTP), signedInText(u.SignedInAt), userNote(u))
		}
		return w.Flush()
	})
}

func yesOrDash(v bool) string {
	if v {
		return "yes"
	}
	return "-"
}

func signedInText(at *time.Time) string {
	if at == nil {
		return "never"
	}
	return at.UTC().Format(time.DateTime)
}

func userNote(u db.User) string {
	switch {
	case !u.Enabled:
		return "disabled"
	case !u.HasPassword:
		return "no password yet"
	}
	return "-"
}
