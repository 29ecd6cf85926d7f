package v1

import (
	"slices"

	"tandem/billing"
	"tandem/db"
	"tandem/internal/q850"
	"tandem/view"
)

// AttemptsFilter is what attempts can be picked by: all that reports on quality tell
// by, so that what is behind a figure can be listed. Lists are any of their values;
// - stands for what is not known.
type AttemptsFilter struct {
	Span

	CallID     string                `query:"call_id" maxLength:"64"`
	ProviderID []int64               `query:"provider_id" maxItems:"200"`
	Tier       []string              `query:"tier" maxItems:"4" enum:"noncli,cli,premium,-"`
	GateID     []int64               `query:"gate_id" maxItems:"200" doc:"0: without one"`
	Server     []string              `query:"server" maxItems:"200" maxLength:"64"`
	AccountID  []int64               `query:"account_id" maxItems:"200" doc:"0: nobody's"`
	Country    []string              `query:"country" maxItems:"300" pattern:"^([A-Z]{2}|001|-)$" patternDescription:"a country of ISO 3166-1 such as RU, 001 for none, or -" doc:"Of the called number"`
	Prefix     []string              `query:"prefix" maxItems:"200" pattern:"^([0-9]{1,7}|-)$" patternDescription:"up to 7 digits" doc:"Calling code and up to three digits more, as reports by prefix have them"`
	ACountry   []string              `query:"a_country" maxItems:"300" pattern:"^([A-Z]{2}|001|-)$" patternDescription:"a country of ISO 3166-1 such as RU, 001 for none, or -" doc:"Of the calling number"`
	Network    []string              `query:"network,explode" maxItems:"50" maxLength:"64" doc:"Who got the range first; repeat the parameter for several"`
	Result     []billing.Disposition `query:"result" maxItems:"7" enum:"in_progress,answered,busy,no_answer,cancelled,failed,rejected"`
	Blame      []q850.Blame          `query:"blame" maxItems:"5" enum:"caller,called,route,us,-"`
	SIPStatus  []int                 `query:"sip_status" maxItems:"50" doc:"0: none was sent, or a number that no status is"`
	Cause      []int                 `query:"cause" maxItems:"50" doc:"Q.850; 0: not known"`
	Finished   bool                  `query:"finished" doc:"Only those that are over and went to a provider: those that reports count"`
}

func (f AttemptsFilter) filter() (db.AttemptFilter, error) {
	v := db.AttemptFilter{
		From: f.From, To: f.To, CallID: f.CallID, Providers: f.ProviderID, Tiers: known(f.Tier), Gates: f.GateID, Servers: f.Server, Accounts: f.AccountID,
		Countries: known(f.Country), Prefixes: known(f.Prefix), Networks: known(f.Network), ACountries: known(f.ACountry), Results: f.Result, Blames: known(f.Blame),
		SIPStatuses: f.SIPStatus, Causes: f.Cause, Finished: f.Finished,
	}
	for name, ids := range map[string][]int64{"provider_id": f.ProviderID, "gate_id": f.GateID, "account_id": f.AccountID} {
		if len(ids) > 0 && slices.Min(ids) < 0 {
			return v, wrong("query."+name, "want ids")
		}
	}
	for name, numbers := range map[string][]int{"sip_status": f.SIPStatus, "cause": f.Cause} {
		if len(numbers) > 0 && (slices.Min(numbers) < 0 || slices.Max(numbers) > 999) {
			return v, wrong("query."+name, "want numbers from 0 to 999")
		}
	}
	return v, f.check()
}

// known takes - for what is not known, which the database has as an empty text.
func known[T ~string](values []T) []T {
	list := slices.Clone(values)
	for i, v := range list {
		if v == view.None {
			list[i] = ""
		}
	}
	return list
}
