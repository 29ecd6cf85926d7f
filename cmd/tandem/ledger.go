package main

// ledgerCmd is everything about the books.
//
//	ledger_verify.go   do they agree?
//	ledger_show.go     postings of a call, an account, a provider; what we owe
//	ledger_reverse.go  take a posting back
//	ledger_pay.go      pay a provider
//
//	ledger_view.go     a posting, as it is shown
//	ledger_key.go      keys that make a posting once
type ledgerCmd struct {
	Verify  ledgerVerifyCmd  `cmd:"" help:"Hold balances, calls, holds and ledger against each other; status 1 when anything is wrong."`
	Show    ledgerShowCmd    `cmd:"" help:"Show the postings of a call, or the last ones of an account or a provider."`
	Owed    ledgerOwedCmd    `cmd:"" help:"List what we owe to each provider."`
	Pay     ledgerPayCmd     `cmd:"" help:"Note a payment to a provider."`
	Reverse ledgerReverseCmd `cmd:"" help:"Take a posting back, by one the other way round."`
}
