package main

// deckCmd is everything about decks of rates.
//
//	deck_import.go    a sheet becomes a draft
//	deck_show.go      list, show
//	deck_diff.go      two decks compared
//	deck_export.go    a deck becomes a sheet
//	deck_publish.go   publish, unpublish, rollback, delete
//
//	deck_sheet.go     what was read of a sheet, and what is wrong with it
//	deck_preview.go   what a deck would change
//	deck_owner.go     whose deck is meant
//	deck_bar.go, deck_ask.go   the terminal
//
// The work itself is done by package desk.
type deckCmd struct {
	Import    deckImportCmd    `cmd:"" help:"Read a rate sheet, CSV or XLSX, show what it would change, and keep it as a draft."`
	List      deckListCmd      `cmd:"" help:"List the decks in force, scheduled and drafted."`
	Show      deckShowCmd      `cmd:"" help:"Show one deck."`
	Diff      deckDiffCmd      `cmd:"" help:"Compare two decks, or a deck with the one in force."`
	Export    deckExportCmd    `cmd:"" help:"Write a deck as CSV that reads back to the same deck."`
	Publish   deckPublishCmd   `cmd:"" help:"Put a draft in force, now or at a time."`
	Unpublish deckUnpublishCmd `cmd:"" help:"Make a draft again of a deck that is not in force yet."`
	Rollback  deckRollbackCmd  `cmd:"" help:"Take the deck in force back; the one before it is in force again."`
	Delete    deckDeleteCmd    `cmd:"" help:"Delete a draft."`
}
