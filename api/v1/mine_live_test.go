package v1

import (
	"testing"

	"tandem/api/live"
	"tandem/internal/money"
)

func TestOwnFor(t *testing.T) {
	own := live.Own{
		Account: &live.Account{Balance: 5}, Total: 1, Problems: []string{"server secret-name gives no answer"},
		Calls: []live.Call{{CallID: "a", Server: "secret-name", Currency: "EUR", Sold: true, Money: live.Money{Cost: money.Amount(7), Held: 9, Low: true}}},
	}
	customer, agent := ownFor(own, false), ownFor(own, true)
	for _, o := range []live.Own{customer, agent} {
		if len(o.Problems) != 1 || o.Problems[0] != partly || o.Calls[0].Server != "" {
			t.Errorf("%+v", o)
		}
	}
	if customer.Calls[0].Cost != 7 || customer.Account == nil {
		t.Errorf("a customer's money: %+v", customer)
	}
	if c := agent.Calls[0]; c.Money != (live.Money{}) || c.Currency != "" || c.Sold || agent.Account != nil || own.Calls[0].Cost != 7 {
		t.Errorf("an agent's: %+v", agent)
	}
	if o := ownFor(live.Own{}, false); len(o.Problems) != 0 || o.Problems == nil {
		t.Errorf("%+v", o)
	}
}
