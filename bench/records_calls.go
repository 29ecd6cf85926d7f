package bench

import (
	"encoding/json"
	"fmt"
	"time"

	"tandem/billing"
	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/internal/q850"
)

// call is one call of the bench: its start, its hold, its end.
type call struct {
	start billing.Start
	hold  billing.Hold
	terms string // of the hold, as they are stored
	end   billing.End
}

// destination is what calls to one prefix are charged by.
type destination struct {
	terms billing.Terms
	text  string
}

// destinations is more than a batch has calls, so that hardly two calls of a batch
// are charged by the same terms.
const destinations = 997

// makeDestinations varies the demo's terms: every prefix has a price of its own.
func makeDestinations() ([]destination, error) {
	list := make([]destination, destinations)
	for i := range list {
		d := &list[i]
		d.terms = demoTerms()
		prices := []*billing.Price{d.terms.Sale}
		for k := range d.terms.Routes {
			prices = append(prices, d.terms.Routes[k].Cost)
		}
		for _, p := range prices {
			p.Prefix = e164.Number(fmt.Sprintf("7%03d", i))
			p.Card.Rates[0].PerMinute += money.Rate(1000 * i) // a hundred-thousandth more
		}
		text, err := json.Marshal(&d.terms)
		if err != nil {
			return nil, err
		}
		d.text = string(text)
	}
	return list, nil
}

// recordReasons is what a start keeps of a decision between five routes.
const recordReasons = `{"routes":[{"key":"7.c.a31","dial":"PJSIP/74957771000@trunk-7","cli":"74951815000","cost":"0.007"},` +
	`{"key":"8.c.a32","dial":"PJSIP/74957771000@trunk-8","cli":"74951815000","cost":"0.0075"},{"key":"9.c.a33","dial":"PJSIP/74957771000@trunk-9",` +
	`"cli":"74951815000","cost":"0.0081"}],"dropped":[{"key":"3.c","reason":"tier"},{"key":"4.c","reason":"no_rate"}]}`

// makeCalls makes calls as real ones are: of ten, one nobody answers, two fail over
// to the second route; they talk for seconds to half an hour.
func makeCalls(first, n int, to []destination) []call {
	calls := make([]call, n)
	began := time.Now().UTC().Truncate(time.Millisecond).Add(-time.Hour)
	for i := range calls {
		k := first + i
		account := int64(firstPayer + k*7919%recordAccounts)
		c := &calls[i]
		d := &to[k*613%len(to)]
		terms := d.terms
		c.terms = d.text
		c.start = billing.Start{
			CallID: recordID(k), Server: server, Direction: billing.Outgoing, Endpoint: payerName(int(account - firstPayer)), Source: "127.0.0.1:5060",
			AccountID: account, SubscriberID: account, Dialled: fmt.Sprintf("8495777%04d", k%10000), ANumber: "74951815000",
			BNumber: e164.Number(fmt.Sprintf("7495777%04d", k%10000)), CLI: "74951815000", StartedAt: began, Snapshot: 1,
			Reasons: []byte(recordReasons), Node: "bench",
		}
		talk := time.Duration(1+k*7919%1800) * time.Second
		c.hold = billing.Hold{
			CallID: c.start.CallID, AccountID: account, Amount: minuteFor * 80, Paid: 40 * time.Minute, Limited: true, Terms: terms, Server: server,
			Node: "bench", BeganAt: began,
		}
		c.end = billing.End{Start: c.start, EndedAt: began.Add(10*time.Second + talk), Disposition: billing.Answered, Cause: q850.NormalClearing, SIPStatus: 200, HangupBy: billing.SideCaller, Source: billing.ByReport}
		c.end.Start.Reasons = nil
		bid := func(route int, result billing.Disposition) {
			a := billing.Attempt{
				CallID: c.start.CallID, N: len(c.end.Attempts) + 1, Key: terms.Routes[route].Key, ProviderID: int64(7 + route), Tier: "cli", AddressID: int64(31 + route),
				StartedAt: began, Result: result, DialStatus: "ANSWER", SIPStatus: 200, Rang: true, PDD: 1200 * time.Millisecond, Elapsed: 6 * time.Second,
			}
			if result != billing.Answered {
				a.DialStatus, a.SIPStatus, a.Cause, a.Rang, a.Blame = "CHANUNAVAIL", 503, 34, false, q850.BlameRoute
			}
			c.end.Attempts = append(c.end.Attempts, a)
		}
		switch k % 10 {
		case 0:
			bid(0, billing.NoAnswer)
			c.end.Disposition, c.end.SIPStatus, c.end.EndedAt = billing.NoAnswer, 480, began.Add(time.Minute)
			continue
		case 1, 2:
			bid(0, billing.Failed)
			bid(1, billing.Answered)
		default:
			bid(0, billing.Answered)
		}
		last := &c.end.Attempts[len(c.end.Attempts)-1]
		last.Talk, c.end.Talk, c.end.PDD, c.end.Route = talk, talk, last.PDD, last.Key
		c.end.AnsweredAt = began.Add(8 * time.Second)
	}
	return calls
}

// recordID is the id of the k-th call; ids sort as calls do.
func recordID(k int) string { return fmt.Sprintf("%s-1700000000.%09d", server, k) }

func starts(calls []call) []billing.Record {
	records := make([]billing.Record, len(calls))
	for i := range calls {
		records[i].Start = &calls[i].start
	}
	return records
}

func ends(calls []call) []billing.Record {
	records := make([]billing.Record, len(calls))
	for i := range calls {
		records[i].End = &calls[i].end
	}
	return records
}
