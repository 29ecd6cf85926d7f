package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"tandem/billing/deck"
	"tandem/db"
	"tandem/desk"
)

type deckExportCmd struct {
	ID int64 `arg:"" optional:"" help:"Deck; without one, that in force of --provider or --tariff."`
	deckOwnerFlags
	Out   string `help:"File to write; without one, standard output."`
	Force bool   `help:"Write over the file if it is there."`
}

// Run writes a deck as CSV that reads back to the same rates.
func (x deckExportCmd) Run(ctx context.Context, e *env) error {
	if (x.ID != 0) == x.choice().Given() {
		return errors.New("which deck? Name it by its id, or its owner by --provider and --tier, or --tariff")
	}
	return withDesk(ctx, e, func(k *desk.Desk) error {
		d, err := x.deck(ctx, k)
		if err != nil {
			return err
		}
		rates := k.DB.DeckRows(ctx, d.ID)
		if x.Out == "" {
			return deck.WriteCSV(e.out, rates)
		}
		b := newBar(e, "writing", int64(d.Rates), false)
		done := int64(0)
		err = x.write(func(w io.Writer) error { return deck.WriteCSV(w, b.counted(rates, &done)) })
		b.end()
		if err != nil {
			return err
		}
		fmt.Fprintf(e.errOut, "deck %d, version %d of %s, %d rates: written to %s\n", d.ID, d.Version, desk.OwnerName(d.Owner), d.Rates, printable(x.Out))
		if d.Zone != "UTC" {
			fmt.Fprintf(e.errOut, "its hours in the week are on the clock of %s: import it with --time-zone %s\n", d.Zone, d.Zone)
		}
		return nil
	})
}

func (x deckExportCmd) deck(ctx context.Context, k *desk.Desk) (db.Deck, error) {
	if x.ID != 0 {
		return k.Complete(ctx, x.ID)
	}
	world, err := desk.ReadWorld(ctx, k.DB, time.Time{})
	if err != nil {
		return db.Deck{}, err
	}
	return world.Live(x.choice())
}

// write makes the file whole or not at all.
func (x deckExportCmd) write(fill func(io.Writer) error) (err error) {
	path, err := x.target()
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".tandem-export-*")
	if err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(file.Name()))
		}
	}()
	if err := fill(file); err != nil {
		return errors.Join(err, file.Close())
	}
	if err := file.Chmod(0o644); err != nil {
		return errors.Join(err, file.Close())
	}
	if err := file.Close(); err != nil {
		return err
	}
	// Writing takes a while: what has come there meanwhile is not written over.
	if path, err = x.target(); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// target is the file that is written, behind a link that which the link means.
// What is no file, such as a device, would be lost: it is refused.
func (x deckExportCmd) target() (string, error) {
	info, err := os.Lstat(x.Out)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return x.Out, nil
	case err != nil:
		return "", fmt.Errorf("--out: %w", err)
	}
	path := x.Out
	if info.Mode().Type() == fs.ModeSymlink {
		if path, err = filepath.EvalSymlinks(x.Out); err != nil {
			return "", fmt.Errorf("--out %s: is a link to nothing that there is; name a file", x.Out)
		}
		if info, err = os.Lstat(path); err != nil {
			return "", fmt.Errorf("--out: %w", err)
		}
	}
	switch {
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("--out %s: is %s, and only a file is written over; name a file, or leave --out away for standard output", x.Out, kindOfFile(info.Mode()))
	case !x.Force:
		return "", fmt.Errorf("--out %s: is there already; name another file, or say --force", x.Out)
	}
	return path, nil
}

// kindOfFile names what is no regular file.
func kindOfFile(mode fs.FileMode) string {
	switch {
	case mode.IsDir():
		return "a directory"
	case mode&fs.ModeDevice != 0:
		return "a device"
	case mode&fs.ModeNamedPipe != 0:
		return "a pipe"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	}
	return "no regular file"
}
