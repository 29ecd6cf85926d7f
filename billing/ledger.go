package billing

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"tandem/internal/money"
)

// PartyKind is whom a posting speaks of.
type PartyKind string

// The parties of the ledger. A customer's or provider's balance is the sum of its
// credits less its debits: what we owe it.
const (
	Customer   PartyKind = "customer"   // ID: account
	Provider   PartyKind = "provider"   // ID: provider
	Revenue    PartyKind = "revenue"    // what calls bring
	Expense    PartyKind = "expense"    // what calls cost
	Cash       PartyKind = "cash"       // money that came in or went out
	Adjustment PartyKind = "adjustment" // corrections by hand
	Exchange   PartyKind = "exchange"   // between two currencies
)

// Party is one side of a posting.
type Party struct {
	Kind PartyKind
	ID   int64 // of customers and providers
}

func (p Party) String() string {
	if p.ID == 0 {
		return string(p.Kind)
	}
	return string(p.Kind) + " " + strconv.FormatInt(p.ID, 10)
}

// PostingKind is what happened.
type PostingKind string

// The kinds of posting.
const (
	Sale       PostingKind = "sale"       // a call, to the account
	Purchase   PostingKind = "purchase"   // an attempt, from the provider
	Correction PostingKind = "correction" // of a call that was closed by estimate
	TopUp      PostingKind = "topup"
	Withdrawal PostingKind = "withdrawal"
	Adjust     PostingKind = "adjustment"
	Reversal   PostingKind = "reversal" // takes another posting back
	Conversion PostingKind = "conversion"
)

// Posting moves a sum from one party to another, in one currency: both entries of
// the double entry in one row. It is never changed; what was wrong is posted again
// the other way round.
type Posting struct {
	ID         int64
	Key        string // unique: the same posting is made once
	At         time.Time
	Kind       PostingKind
	Debit      Party
	Credit     Party
	Amount     money.Amount // above zero
	CurrencyID int64
	CallID     string // of a call
	Note       string // for people
	Foreign    *Foreign
	Reverses   int64 // id of the posting that this one takes back; 0: none
}

// Foreign is the sum that a posting was converted from.
type Foreign struct {
	Amount     money.Amount
	CurrencyID int64
	From, To   money.FX // units per euro of the foreign currency, and of the posting's
}

// ErrPosting is the answer to a posting that makes no sense.
var ErrPosting = errors.New("posting makes no sense")

// maxKey is what the ledger keeps of a key; MaxPosting is the largest sum of one
// posting, a thousand million units: a typing mistake must not fill a balance to
// where it cannot be read any more.
const (
	maxKey     = 128
	MaxPosting = money.Amount(1_000_000_000_000_000)
)

// Validate names the field that is wrong.
func (p Posting) Validate() error {
	switch {
	case p.Key == "" || len(p.Key) > maxKey:
		return fmt.Errorf("%w: key %q: want 1 to %d bytes", ErrPosting, p.Key, maxKey)
	case p.Amount <= 0:
		return fmt.Errorf("%w: amount %s: want above zero, the two sides say which way", ErrPosting, p.Amount)
	case p.Amount > MaxPosting:
		return fmt.Errorf("%w: amount %s: want at most %s", ErrPosting, p.Amount, MaxPosting)
	case p.CurrencyID == 0:
		return fmt.Errorf("%w: no currency", ErrPosting)
	case p.Debit == p.Credit:
		return fmt.Errorf("%w: %s on both sides", ErrPosting, p.Debit)
	case p.At.IsZero():
		return fmt.Errorf("%w: no time", ErrPosting)
	}
	for _, side := range []Party{p.Debit, p.Credit} {
		if named := side.Kind == Customer || side.Kind == Provider; named == (side.ID == 0) {
			return fmt.Errorf("%w: party %s with id %d", ErrPosting, side.Kind, side.ID)
		}
	}
	return nil
}

// post is a posting of a signed sum: one below zero goes the other way round.
func post(p Posting) (Posting, bool) {
	if p.Amount < 0 {
		p.Amount, p.Debit, p.Credit = -p.Amount, p.Credit, p.Debit
	}
	return p, p.Amount != 0
}

// Billed is what the books hold of a call.
type Billed struct {
	By         Source // who closed it; empty: nobody
	Sale       money.Amount
	CurrencyID int64
	Costs      []Cost
}

// Settle lists the postings that take the books from what they hold of a call to
// what its end says. A call that a better source has closed already gets none:
// neither a report that comes twice nor one that comes late is charged again.
func Settle(e *End, accountID int64, before Billed, now Charge, at time.Time) []Posting {
	if !e.Source.Beats(before.By) {
		return nil
	}
	id := e.Start.CallID
	kinds := [2]PostingKind{Sale, Purchase}
	if before.By != "" {
		kinds = [2]PostingKind{Correction, Correction}
	}
	var list []Posting
	for _, d := range sales(before, now) {
		key := "call:" + id + ":sale:" + string(e.Source)
		if p, ok := post(Posting{
			Key: key + backwards(d.Amount), At: at, Kind: kinds[0], Debit: Party{Customer, accountID}, Credit: Party{Kind: Revenue},
			Amount: d.Amount, CurrencyID: d.CurrencyID, CallID: id,
		}); ok && accountID != 0 {
			list = append(list, p)
		}
	}
	for _, c := range differences(before.Costs, now.Costs) {
		key := "call:" + id + ":cost:" + strconv.Itoa(c.N) + ":" + strconv.FormatInt(c.ProviderID, 10) + ":" + string(e.Source)
		if p, ok := post(Posting{
			Key: key + backwards(c.Amount), At: at, Kind: kinds[1],
			Debit: Party{Kind: Expense}, Credit: Party{Provider, c.ProviderID}, Amount: c.Amount, CurrencyID: c.CurrencyID, CallID: id,
		}); ok {
			list = append(list, p)
		}
	}
	return list
}

// backwards ends the key of a sum that goes the other way: what was posted in
// another currency is taken back beside what is posted now.
func backwards(a money.Amount) string {
	if a < 0 {
		return ":back"
	}
	return ""
}

// sales are the sums to post to the account: the difference, or, when the call
// turns out to be sold in another currency or not at all, first all of it back.
func sales(before Billed, now Charge) []Cost {
	sold := Cost{Amount: now.Sale, CurrencyID: now.CurrencyID}
	if !now.Sold {
		sold.Amount = 0
	}
	if before.Sale == 0 || before.CurrencyID == sold.CurrencyID {
		sold.Amount -= before.Sale
		return []Cost{sold}
	}
	return []Cost{{Amount: -before.Sale, CurrencyID: before.CurrencyID}, sold}
}

// differences are the costs to post. An attempt that turns out to have gone to
// another provider is taken back from the one and given to the other.
func differences(before, now []Cost) []Cost {
	type key struct {
		n        int
		provider int64
		currency int64
	}
	var order []key
	sums := map[key]money.Amount{}
	add := func(costs []Cost, sign money.Amount) {
		for _, c := range costs {
			k := key{c.N, c.ProviderID, c.CurrencyID}
			if _, ok := sums[k]; !ok {
				order = append(order, k)
			}
			sums[k] += sign * c.Amount
		}
	}
	add(now, 1)
	add(before, -1)
	var list []Cost
	for _, k := range order {
		if sums[k] != 0 {
			list = append(list, Cost{N: k.n, ProviderID: k.provider, Amount: sums[k], CurrencyID: k.currency})
		}
	}
	return list
}
