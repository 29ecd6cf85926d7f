package db

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tandem/billing"
	"tandem/internal/money"
)

// endOfIDs is behind every call id.
const endOfIDs = "\x7f"

// ownedSum is money of one party in one currency.
type ownedSum struct {
	party    billing.Party
	currency int64
}

func (s ownedSum) String() string { return fmt.Sprintf("%s in currency %d", s.party, s.currency) }

// booked is what one call is charged: by its record, and by the ledger.
type booked struct {
	call         bool
	record, book map[ownedSum]money.Amount
	posting      int64     // one of the ledger's
	at           time.Time // when the last of them was made
}

// holdCalls goes through calls and ledger by call id, a bite at a time.
func (w *verifier) holdCalls() error {
	for last, more := "", true; more; {
		calls := map[string]*booked{}
		of := func(id string) *booked {
			b := calls[id]
			if b == nil {
				b = &booked{record: map[ownedSum]money.Amount{}, book: map[ownedSum]money.Amount{}}
				calls[id] = b
			}
			return b
		}
		to, n, err := w.readCalls(last, of)
		if err != nil {
			return err
		}
		if more = n == verifyBite; !more {
			to = endOfIDs
		}
		if err := w.readCosts(last, to, of); err != nil {
			return err
		}
		if err := w.readBook(last, to, of); err != nil {
			return err
		}
		for _, id := range slices.Sorted(maps.Keys(calls)) {
			w.hold(id, calls[id])
		}
		w.found.Calls += n
		w.tell(n)
		last = to
	}
	return nil
}

func (w *verifier) readCalls(last string, of func(id string) *booked) (to string, n int64, err error) {
	err = w.each(func(rows *sql.Rows) error {
		var id, problem string
		var account, currency int64
		var sale, held sql.Null[money.Amount]
		var unsold []byte
		if err := rows.Scan(&id, &account, &sale, &currency, &held, &problem, &unsold); err != nil {
			return err
		}
		n++
		to = id
		b := of(id)
		b.call = true
		if sale.V != 0 {
			b.record[ownedSum{billing.Party{Kind: billing.Customer, ID: account}, currency}] -= sale.V
		}
		if held.Valid && sale.V > held.V {
			w.found.Find(billing.Finding{
				Kind: billing.AboveHold, AccountID: account, CallID: id, Detail: fmt.Sprintf("charged are %s, set aside were %s", sale.V, held.V),
			})
		}
		if problem == "" {
			problem = leftUncharged(unsold)
		}
		if problem != "" {
			w.found.Find(billing.Finding{Kind: billing.NotCharged, AccountID: account, CallID: id, Detail: problem})
		}
		return nil
	}, `SELECT call_id, COALESCE(account_id, 0), sale, COALESCE(sale_currency_id, 0), held, COALESCE(charge_error, ''),
			IF(sale IS NULL AND disposition = 'answered' AND closed_by IS NOT NULL AND account_id IS NOT NULL AND INSTR(terms, '"sale"') > 0, terms, NULL)
		FROM calls WHERE call_id > ? ORDER BY call_id LIMIT ?`, last, verifyBite)
	return to, n, err
}

// leftUncharged says what is wrong with a call of an account that was answered, by
// those terms, and has no sale.
func leftUncharged(text []byte) string {
	var terms billing.Terms
	switch {
	case text == nil:
		return ""
	case terms.UnmarshalJSON(text) != nil:
		return "answered and not charged, and the terms of its record cannot be read"
	case terms.Sold():
		return "answered and not charged, although the terms of its record sell it"
	}
	return ""
}

func (w *verifier) readCosts(last, to string, of func(id string) *booked) error {
	return w.each(func(rows *sql.Rows) error {
		var id string
		var provider, currency int64
		var cost money.Amount
		err := rows.Scan(&id, &provider, &cost, &currency)
		of(id).record[ownedSum{billing.Party{Kind: billing.Provider, ID: provider}, currency}] += cost
		return err
	}, `SELECT call_id, COALESCE(provider_id, 0), cost, COALESCE(cost_currency_id, 0) FROM attempts WHERE call_id > ? AND call_id <= ? AND cost <> 0`, last, to)
}

// readBook adds up what is posted of calls. A reversal is a decision of a person
// and changes nothing about what the call was charged.
func (w *verifier) readBook(last, to string, of func(id string) *booked) error {
	return w.each(func(rows *sql.Rows) error {
		var p billing.Posting
		if err := rows.Scan(&p.ID, &p.At, &p.CallID, &p.Debit.Kind, &p.Debit.ID, &p.Credit.Kind, &p.Credit.ID, &p.Amount, &p.CurrencyID); err != nil {
			return err
		}
		b := of(p.CallID)
		b.posting = p.ID
		if p.At.After(b.at) {
			b.at = p.At
		}
		b.book[ownedSum{p.Debit, p.CurrencyID}] -= p.Amount
		b.book[ownedSum{p.Credit, p.CurrencyID}] += p.Amount
		return nil
	}, `SELECT id, at, call_id, debit, debit_id, credit, credit_id, amount, currency_id FROM ledger
		WHERE call_id > ? AND call_id <= ? AND kind IN ('sale', 'purchase', 'correction')`, last, to)
}

// hold compares what a call's record says with the ledger.
func (w *verifier) hold(id string, b *booked) {
	if !b.call && b.posting != 0 {
		if month := callMonth(id); b.at.Before(w.since) || month != 0 && monthStart(month).Before(w.kept) {
			return // calls are kept for a time, the ledger for ever
		}
		w.found.Find(billing.Finding{Kind: billing.NoCall, CallID: id, PostingID: b.posting, Detail: "the ledger has postings of a call that has no record"})
		return
	}
	for _, side := range []struct {
		kind  billing.FindingKind
		party billing.PartyKind
	}{{billing.WrongSale, billing.Customer}, {billing.WrongCost, billing.Provider}} {
		record, book := only(b.record, side.party), only(b.book, side.party)
		if !maps.Equal(record, book) {
			w.found.Find(billing.Finding{
				Kind: side.kind, CallID: id, PostingID: b.posting, Detail: fmt.Sprintf("the record says %s, the ledger %s", spell(record), spell(book)),
			})
		}
	}
}

// only are the sums of one kind of party that are not zero.
func only(sums map[ownedSum]money.Amount, kind billing.PartyKind) map[ownedSum]money.Amount {
	var some map[ownedSum]money.Amount
	for k, v := range sums {
		if k.party.Kind != kind || v == 0 {
			continue
		}
		if some == nil {
			some = map[ownedSum]money.Amount{}
		}
		some[k] = v
	}
	return some
}

// spell lists sums for people.
func spell(sums map[ownedSum]money.Amount) string {
	if len(sums) == 0 {
		return "nothing"
	}
	var list []string
	for k, v := range sums {
		list = append(list, fmt.Sprintf("%s to %s", v, k))
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}
