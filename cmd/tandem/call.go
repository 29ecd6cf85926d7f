package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"tandem/billing"
	"tandem/callflow"
	"tandem/db"
	"tandem/view"
)

type callCmd struct {
	ID   string `arg:"" optional:"" help:"Call id; without one the newest calls are listed."`
	JSON bool   `help:"Print JSON."`
}

// Run prints one call, or the newest ones.
func (x callCmd) Run(ctx context.Context, e *env) error {
	return withDB(ctx, e, func(database *db.DB) error {
		if x.ID == "" {
			return x.list(ctx, e, database)
		}
		call, err := database.Call(ctx, x.ID)
		if errors.Is(err, db.ErrNotFound) {
			return fmt.Errorf("no call %q; its record may still wait in a spool", x.ID)
		}
		if err != nil {
			return err
		}
		told, err := tell(ctx, e, database, call)
		if err != nil {
			return err
		}
		money, err := database.CallMoney(ctx, x.ID)
		if err != nil {
			return err
		}
		v := view.OfCall(call, told)
		v.Money = &money
		if err := v.AddPlaces(ctx, database); err != nil {
			return err
		}
		if x.JSON {
			return printJSON(e, v)
		}
		return printCall(e.out, v, call.Cause)
	})
}

// listed is how many calls a list shows.
const listed = 20

func (x callCmd) list(ctx context.Context, e *env, database *db.DB) error {
	calls, err := database.Calls(ctx, listed)
	if err != nil {
		return err
	}
	if x.JSON {
		views := make([]view.Call, 0, len(calls))
		for _, c := range calls {
			views = append(views, view.OfCall(c, callflow.Told{}))
		}
		return printJSON(e, views)
	}
	if len(calls) == 0 {
		_, err := fmt.Fprintln(e.out, "no calls yet")
		return err
	}
	w := tabwriter.NewWriter(e.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "call\tstarted\tdirection\tshows\tB-number\tdisposition\tSIP\ttalk")
	for _, c := range calls {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%d\t%d ms\n", c.Start.CallID, c.Start.StartedAt.Format(time.DateTime),
			c.Start.Direction, orDash(string(c.Start.CLI)), orDash(cmp.Or(string(c.Start.BNumber), c.Start.Dialled)), c.Disposition, c.SIPStatus, c.Talk.Milliseconds())
	}
	return w.Flush()
}

func printJSON(e *env, v any) error {
	enc := json.NewEncoder(e.out)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// tell puts the reasons kept with a call into words.
func tell(ctx context.Context, e *env, database *db.DB, call billing.End) (callflow.Told, error) {
	c, err := loadConfig(e.config)
	if err != nil {
		return callflow.Told{}, err
	}
	s, err := newDesk(c, database).Snapshot(ctx, time.Time{}) // names are all that is needed
	if err != nil {
		return callflow.Told{}, err
	}
	told, err := callflow.Tell(s, call.Start.Reasons)
	if err != nil {
		// The record stands without them.
		fmt.Fprintf(e.errOut, "call %s: its reasons cannot be read: %v\n", call.Start.CallID, err)
	}
	return told, nil
}
