package chaos

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"tandem/internal/money"
)

// audit holds the books against each other and against what was seen. It is pure.
func audit(b *books, w *witness) []finding {
	a := &auditor{
		books: b, witness: w,
		accounts: map[int64]*account{}, byID: map[string]*callRow{}, byNumber: map[string][]*callRow{},
		attempts: map[string][]attemptRow{}, entries: map[string][]entry{},
	}
	for i := range b.Accounts {
		a.accounts[b.Accounts[i].ID] = &b.Accounts[i]
	}
	for i := range b.Calls {
		c := &b.Calls[i]
		a.byID[c.ID] = c
		number := strings.TrimPrefix(c.Dialled, "+")
		a.byNumber[number] = append(a.byNumber[number], c)
	}
	for _, v := range b.Attempts {
		a.attempts[v.CallID] = append(a.attempts[v.CallID], v)
	}
	for _, e := range b.Ledger {
		if e.CallID != "" {
			a.entries[e.CallID] = append(a.entries[e.CallID], e)
		}
	}
	a.holds()
	a.balances()
	a.daily()
	for i := range b.Calls {
		a.record(&b.Calls[i])
	}
	a.strangers()
	a.heard()
	a.recorded()
	a.paidIn()
	slices.SortStableFunc(a.found, func(x, y finding) int { return cmp.Compare(x.Fault, y.Fault) })
	return a.found
}

type auditor struct {
	books    *books
	witness  *witness
	accounts map[int64]*account
	byID     map[string]*callRow
	byNumber map[string][]*callRow
	attempts map[string][]attemptRow
	entries  map[string][]entry
	found    []finding
}

func (a *auditor) add(f finding) { a.found = append(a.found, f) }

// of is a finding about a call.
func (a *auditor) of(c *callRow, fault fault, excess money.Amount, format string, args ...any) {
	a.add(finding{Fault: fault, CallID: c.ID, Number: strings.TrimPrefix(c.Dialled, "+"), Excess: excess, Text: fmt.Sprintf(format, args...)})
}

// holds: after everything has come to rest there are none.
func (a *auditor) holds() {
	for _, h := range a.books.Holds {
		a.add(finding{Fault: held, CallID: h.CallID, Text: fmt.Sprintf("%s is still set aside for %d s", h.Amount, h.PaidS)})
	}
	for i := range a.books.Accounts {
		if v := &a.books.Accounts[i]; v.Held != 0 || v.OpenCalls != 0 {
			a.add(finding{Fault: held, Subject: v.Name, Text: fmt.Sprintf("the balance says that %s is held for %d calls", v.Held, v.OpenCalls)})
		}
	}
}

// balances: each is the sum of its entries, and no debit ever took it below its floor.
func (a *auditor) balances() {
	sum, worst := map[int64]money.Amount{}, map[int64]money.Amount{}
	lowest := map[int64]entry{}
	for _, e := range a.books.Ledger {
		if e.Credit == "customer" {
			sum[e.CreditID] += e.Amount
		}
		if e.Debit != "customer" {
			continue
		}
		sum[e.DebitID] -= e.Amount
		if v := a.accounts[e.DebitID]; v != nil && v.Floor != nil && *v.Floor-sum[v.ID] > worst[v.ID] {
			worst[v.ID], lowest[v.ID] = *v.Floor-sum[v.ID], e
		}
	}
	for i := range a.books.Accounts {
		v := &a.books.Accounts[i]
		if v.Floor != nil && v.HasMoney && worst[v.ID] == 0 && v.Balance < *v.Floor && v.Balance != sum[v.ID] {
			worst[v.ID] = *v.Floor - v.Balance
		}
		if excess := worst[v.ID]; excess > 0 {
			e := lowest[v.ID]
			a.add(finding{
				Fault: overspent, Subject: v.Name, Excess: excess, Last: e.CallID,
				Text: fmt.Sprintf("the balance was %s below its floor of %s; last by %s", excess, *v.Floor, cmp.Or(e.Key, "nothing in the ledger")),
			})
		}
		if v.Balance != sum[v.ID] {
			a.add(finding{Fault: wrong, Subject: v.Name, Text: fmt.Sprintf("the balance is %s, its entries add up to %s", v.Balance, sum[v.ID])})
		}
	}
}

// daily: what calls that ended on a day cost is within that day's limit.
func (a *auditor) daily() {
	type day struct {
		account int64
		date    string
	}
	spent := map[day]money.Amount{}
	for i := range a.books.Calls {
		if c := &a.books.Calls[i]; c.Sale != nil && !c.Ended.IsZero() {
			spent[day{c.AccountID, c.Ended.UTC().Format(time.DateOnly)}] += *c.Sale
		}
	}
	for i := range a.books.Accounts {
		v := &a.books.Accounts[i]
		if v.SpentOn != "" && spent[day{v.ID, v.SpentOn}] != v.Spent {
			a.add(finding{Fault: wrong, Subject: v.Name, Text: fmt.Sprintf("spent on %s is %s, its calls of the day cost %s", v.SpentOn, v.Spent, spent[day{v.ID, v.SpentOn}])})
		}
		if v.Daily == nil {
			continue
		}
		for d, sum := range spent {
			if d.account == v.ID && sum > *v.Daily {
				a.add(finding{Fault: overspent, Subject: v.Name, Excess: sum - *v.Daily, Text: fmt.Sprintf("%s spent on %s, the daily limit is %s", sum, d.date, *v.Daily)})
			}
		}
	}
}

// record: a call that began has ended, and was charged what it cost, once.
func (a *auditor) record(c *callRow) {
	account := a.accounts[c.AccountID]
	if c.Ended.IsZero() {
		a.of(c, lost, 0, "it began at %s and never ended", c.Started.Format(time.TimeOnly))
		return
	}
	if c.ClosedBy == "" || c.Disposition == "in_progress" {
		a.of(c, wrong, 0, "it has ended, %s, and nobody has closed it: %q", c.Disposition, c.ClosedBy)
	}
	if c.Error != "" {
		a.of(c, wrong, 0, "it could not be charged: %s", c.Error)
	}
	a.sale(c, account)
	a.costs(c)
	if account == nil {
		return
	}
	if sale := or0(c.Sale); account.CallMost != nil && sale > *account.CallMost {
		a.of(c, overspent, sale-*account.CallMost, "it cost %s, a call of %s may cost %s", sale, account.Name, *account.CallMost)
	}
	a.price(c, account)
}

// sale: the account's entries of a call are its sale, no more and no less.
func (a *auditor) sale(c *callRow, account *account) {
	var net money.Amount
	sales := 0
	for _, e := range a.entries[c.ID] {
		for _, side := range []struct {
			kind string
			id   int64
			sum  money.Amount
		}{{e.Debit, e.DebitID, e.Amount}, {e.Credit, e.CreditID, -e.Amount}} {
			if side.kind != "customer" {
				continue
			}
			if side.id != c.AccountID {
				a.of(c, wrong, 0, "entry %s charges account %d, the call is account %d's", e.Key, side.id, c.AccountID)
				continue
			}
			net += side.sum
			if e.Kind == "sale" {
				sales++
			}
		}
	}
	sold := account != nil && account.Sold
	switch sale := or0(c.Sale); {
	case sales > 1:
		a.of(c, charged, 0, "%d sales, %s in all; it costs %s", sales, net, sale)
	case net > sale:
		a.of(c, charged, 0, "%s was charged, it costs %s", net, sale)
	case net < sale:
		a.of(c, lost, 0, "it costs %s, of which %s was charged", sale, net)
	case sold && c.Disposition == "answered" && c.Sale == nil:
		a.of(c, lost, 0, "answered, sold, and never charged")
	case !sold && sale != 0:
		a.of(c, wrong, 0, "nobody sells to its account, yet it costs %s", sale)
	}
	if c.Sale != nil && c.Held != nil && *c.Sale > *c.Held {
		a.of(c, overspent, *c.Sale-*c.Held, "charged %s, %s was set aside", *c.Sale, *c.Held)
	}
}

// costs: each provider's entries of a call are the costs of its attempts.
func (a *auditor) costs(c *callRow) {
	type party struct{ id, currency int64 }
	due, net := map[party]money.Amount{}, map[party]money.Amount{}
	attempts, purchases := map[int64]int{}, map[int64]int{}
	for _, v := range a.attempts[c.ID] {
		if v.ProviderID == chargesAttempts && or0(v.Cost) == 0 && v.Result != "in_progress" {
			a.of(c, wrong, 0, "attempt %d, %s, costs nothing, though provider %d charges for each; the call was closed by %s", v.N, v.Result, v.ProviderID, c.ClosedBy)
		}
		if v.Cost != nil {
			due[party{v.ProviderID, v.CurrencyID}] += *v.Cost
			attempts[v.ProviderID]++
		}
	}
	for _, e := range a.entries[c.ID] {
		if e.Credit == "provider" {
			net[party{e.CreditID, e.CurrencyID}] += e.Amount
			if e.Kind == "purchase" {
				purchases[e.CreditID]++
			}
		}
		if e.Debit == "provider" {
			net[party{e.DebitID, e.CurrencyID}] -= e.Amount
		}
	}
	for id, n := range purchases {
		if n > attempts[id] {
			a.of(c, charged, 0, "provider %d is owed %d times for %d attempts", id, n, attempts[id])
		}
	}
	parties := map[party]bool{}
	for p := range due {
		parties[p] = true
	}
	for p := range net {
		parties[p] = true
	}
	for p := range parties {
		switch {
		case net[p] > due[p]:
			a.of(c, charged, 0, "provider %d is owed %s for attempts that cost %s", p.id, net[p], due[p])
		case net[p] < due[p]:
			a.of(c, lost, 0, "provider %d is owed %s for attempts that cost %s", p.id, net[p], due[p])
		}
	}
}

// price: the sale is what the tariff makes of the talk, or the hold if that is less.
func (a *auditor) price(c *callRow, account *account) {
	var tariff string
	for _, s := range subjects() {
		if s.Name == account.Name {
			tariff = s.Tariff
		}
	}
	p, ok := priceOf(tariff, strings.TrimPrefix(c.Dialled, "+"))
	if !ok || c.Sale == nil {
		return
	}
	answered := c.Disposition == "answered"
	offered := answered || slices.ContainsFunc(a.attempts[c.ID], func(v attemptRow) bool { return v.ProviderID != 0 })
	want := p.charge(answered, offered, c.Talk)
	if c.Held != nil {
		want = min(want, *c.Held)
	}
	if *c.Sale != want {
		a.of(c, wrong, 0, "%s, %s of talk, held %s: charged %s, its tariff makes %s", c.Disposition, c.Talk, amountOr(c.Held, "nothing"), *c.Sale, want)
	}
}

// strangers: no entry is of a call that is not there.
func (a *auditor) strangers() {
	for id, list := range a.entries {
		if a.byID[id] == nil {
			a.add(finding{Fault: lost, CallID: id, Text: fmt.Sprintf("%d entries in the ledger and no record", len(list))})
		}
	}
}

func or0(v *money.Amount) money.Amount {
	if v == nil {
		return 0
	}
	return *v
}

func amountOr(v *money.Amount, nothing string) string {
	if v == nil {
		return nothing
	}
	return v.String()
}
