package main

// accountCmd is everything about customers and their money.
//
//	account_create.go     open an account
//	account_set.go        change it: set, enable, disable
//	account_list.go       all of them, the poorest first
//	account_show.go       one of them, with its calls in progress
//	account_topup.go      money in, out, and corrections by hand
//	account_statement.go  what moved its balance
//
//	account_flags.go      what is said of an account on the command line
//	account_settings.go   its settings, before and after a change
//	account_view.go       its money, and a call in progress
type accountCmd struct {
	Create    accountCreateCmd    `cmd:"" help:"Open an account: how its callers dial, how it pays, what it may spend."`
	Set       accountSetCmd       `cmd:"" help:"Change settings of an account; what is not named stays."`
	Enable    accountEnableCmd    `cmd:"" help:"Let an account call again."`
	Disable   accountDisableCmd   `cmd:"" help:"Let an account make no new calls. Its balance and its past stay."`
	List      accountListCmd      `cmd:"" help:"List the accounts, the lowest balance first."`
	Show      accountShowCmd      `cmd:"" help:"Show an account: settings, money, calls in progress, the last postings."`
	Topup     accountTopupCmd     `cmd:"" help:"Put money on an account."`
	Withdraw  accountWithdrawCmd  `cmd:"" help:"Pay money out of an account."`
	Adjust    accountAdjustCmd    `cmd:"" help:"Correct a balance by hand, up or down."`
	Statement accountStatementCmd `cmd:"" help:"Print what moved the balance of an account, line by line."`
}
