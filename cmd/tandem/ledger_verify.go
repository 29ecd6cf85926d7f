package main

import (
	"context"
	"fmt"

	"tandem/billing"
	"tandem/db"
)

type ledgerVerifyCmd struct {
	JSON bool `help:"Print JSON."`
}

// Run holds the books against each other.
func (x ledgerVerifyCmd) Run(ctx context.Context, e *env) error {
	return withDB(ctx, e, func(database *db.DB) error {
		b := newBar(e, "verifying", 0, false)
		v, err := database.Verify(ctx, b.to)
		b.end()
		if err != nil {
			return err
		}
		if v.Findings == nil {
			v.Findings = []billing.Finding{}
		}
		if x.JSON {
			err = printJSON(e, v)
		} else {
			err = printVerification(e, v)
		}
		if err == nil && !v.OK() {
			return errSaid
		}
		return err
	})
}

func printVerification(e *env, v billing.Verification) error {
	for _, f := range v.Findings {
		fmt.Fprintf(e.out, "%s: %s%s\n", f.Kind, findingOf(f), printable(f.Detail))
	}
	looked := fmt.Sprintf("%s, %s, %s, %s", plural(v.Accounts, "balance"), plural(v.Calls, "call"), plural(v.Postings, "posting"), plural(v.Holds, "hold"))
	total := int64(len(v.Findings)) + v.More
	if total == 0 {
		_, err := fmt.Fprintf(e.out, "the books agree: %s\n", looked)
		return err
	}
	if v.More > 0 {
		fmt.Fprintf(e.out, "and %d more\n", v.More)
	}
	_, err := fmt.Fprintf(e.out, "\n%s in %s\n", plural(total, "finding"), looked)
	return err
}

// findingOf says where something is wrong.
func findingOf(f billing.Finding) string {
	text := ""
	if f.CallID != "" {
		text += "call " + printable(f.CallID) + ", "
	}
	if f.AccountID != 0 {
		text += fmt.Sprintf("account %d, ", f.AccountID)
	}
	if f.PostingID != 0 {
		text += fmt.Sprintf("posting %d, ", f.PostingID)
	}
	if text == "" {
		return ""
	}
	return text[:len(text)-2] + ": "
}
