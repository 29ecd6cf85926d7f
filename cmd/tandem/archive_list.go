package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"text/tabwriter"

	"tandem/archive"
	"tandem/db"
)

type archiveListCmd struct{ archiveFlags }

// archiveLine is a month in the database, in the folder, or in both.
type archiveLine struct {
	Month    string            `json:"month"`             // empty: call ids without a time
	Calls    int64             `json:"calls"`             // in the database, about
	Attempts int64             `json:"attempts"`          // likewise
	Bytes    int64             `json:"bytes"`             // in the database with indexes, about
	Aside    []string          `json:"aside,omitempty"`   // tables whose rows a move that has not ended took out; the next round of a node ends it
	Archive  *archive.Manifest `json:"archive,omitempty"` // as its manifest says; it is not read
}

// Run lists months.
func (x archiveListCmd) Run(ctx context.Context, e *env) error {
	lines := map[string]*archiveLine{}
	of := func(month string) *archiveLine {
		if lines[month] == nil {
			lines[month] = &archiveLine{Month: month}
		}
		return lines[month]
	}
	if err := withDB(ctx, e, func(database *db.DB) error {
		months, err := database.RecordMonths(ctx)
		for _, m := range months {
			name := ""
			if m.Month != 0 {
				name = archive.MonthName(m.Month)
			}
			l := of(name)
			l.Calls, l.Attempts, l.Bytes = m.Calls, m.Attempts, m.Bytes
		}
		if err != nil {
			return err
		}
		aside, err := database.Records().AllAside(ctx)
		for _, p := range aside {
			l := of(archive.MonthName(p.Month))
			l.Aside = append(l.Aside, p.Table)
		}
		return err
	}); err != nil {
		return err
	}
	if err := x.archived(e, of); err != nil {
		return err
	}
	list := make([]archiveLine, 0, len(lines))
	for _, l := range lines {
		list = append(list, *l)
	}
	slices.SortFunc(list, func(a, b archiveLine) int { return strings.Compare(a.Month, b.Month) })
	if x.JSON {
		return printJSON(e, list)
	}
	return printMonths(e, list)
}

// archived adds what the folder has; without one there is nothing to add.
func (x archiveListCmd) archived(e *env, of func(month string) *archiveLine) error {
	dir := x.Dir
	if dir == "" {
		c, err := loadConfig(e.config)
		if err != nil || c.Keep.Archive == "" {
			return err
		}
		dir = c.Keep.Archive
	}
	list, err := archive.List(dir)
	for i := range list {
		of(list[i].Month).Archive = &list[i]
	}
	if errors.Is(err, fs.ErrNotExist) {
		if x.Dir != "" {
			return fmt.Errorf("--dir %s: there is no such folder; tandem archive create makes it", x.Dir)
		}
		return nil // nothing was archived yet
	}
	return err
}

func printMonths(e *env, list []archiveLine) error {
	w := tabwriter.NewWriter(e.out, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "month\tcalls\tattempts\tMB\tarchived calls\tattempts\tMB\t")
	for _, l := range list {
		month := l.Month
		if month == "" {
			month = "no time"
		}
		if l.Aside != nil {
			month += ", being moved: " + strings.Join(l.Aside, ", ")
		}
		fmt.Fprintf(w, "%s\t~%d\t~%d\t%s\t", month, l.Calls, l.Attempts, megabytes(l.Bytes))
		if l.Archive == nil {
			fmt.Fprint(w, "\t\t\t\n")
			continue
		}
		calls, _ := l.Archive.Table("calls")
		attempts, _ := l.Archive.Table("attempts")
		fmt.Fprintf(w, "%d\t%d\t%s\t\n", calls.Rows, attempts.Rows, megabytes(calls.Bytes+attempts.Bytes))
	}
	return w.Flush()
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f", float64(n)/1e6) }
