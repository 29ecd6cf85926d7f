package v1

import "tandem/api/live"

// partly is told to those whose business the cause is not.
const partly = "not everything is known just now: calls or the balance may be old"

// ownFor is what customers and agents may know of what is theirs. An agent is a
// telephone: it sees its calls, and no money. Causes of trouble name our servers;
// that there is trouble is for everybody to know.
func ownFor(o live.Own, agent bool) live.Own {
	trouble := len(o.Problems) > 0
	o = o.ForCustomer()
	if trouble {
		o.Problems = []string{partly}
	}
	if !agent {
		return o
	}
	o.Account = nil
	for i := range o.Calls { // a copy by now
		c := &o.Calls[i]
		c.Currency, c.Sold, c.Limited, c.Money = "", false, false, live.Money{}
	}
	return o
}
