package view

import (
	"time"

	"tandem/billing"
	"tandem/callflow"
	"tandem/db"
)

// Call is a call with its attempts and reasons: durations in milliseconds, no
// field that was never set.
type Call struct {
	CallID        string              `json:"call_id"`
	Direction     billing.Direction   `json:"direction" enum:"out,in,redirect"`
	Disposition   billing.Disposition `json:"disposition" enum:"in_progress,answered,busy,no_answer,cancelled,failed,rejected"`
	Server        string              `json:"server"`
	Node          string              `json:"node"`
	Origin        string              `json:"origin,omitempty" doc:"Call id at the server where it began"`
	Endpoint      string              `json:"endpoint"`
	Source        string              `json:"source"`
	AccountID     int64               `json:"account_id,omitempty"`
	Subscriber    int64               `json:"subscriber_id,omitempty"`
	ProviderID    int64               `json:"provider_id,omitempty" doc:"Who brought an incoming call"`
	NumberID      int64               `json:"number_id,omitempty" doc:"Our number that was called"`
	Dialled       string              `json:"dialled"`
	ANumber       string              `json:"a_number"`
	BNumber       string              `json:"b_number"`
	APlace        *Place              `json:"a_place,omitempty" doc:"Where the A-number is from, with its hours when the call began"`
	BPlace        *Place              `json:"b_place,omitempty" doc:"Where the B-number is from"`
	RoutingNumber string              `json:"routing_number,omitempty"`
	CLI           string              `json:"cli"`
	StartedAt     time.Time           `json:"started_at"`
	AnsweredAt    time.Time           `json:"answered_at,omitzero"`
	EndedAt       time.Time           `json:"ended_at,omitzero"`
	TalkMS        int64               `json:"talk_ms"`
	PDDMS         int64               `json:"pdd_ms"`
	Cause         int                 `json:"cause"`
	SIPStatus     int                 `json:"sip_status"`
	HangupBy      billing.Side        `json:"hangup_by"`
	Route         string              `json:"route"`
	Snapshot      uint64              `json:"snapshot"`
	Reason        string              `json:"reason"`
	CutShort      bool                `json:"cut_short,omitempty" doc:"Ended by its talk limit"`
	Money         *db.CallMoney       `json:"money,omitempty"`
	Attempts      []Attempt           `json:"attempts"`
	callflow.Told
}

// Attempt is one bid.
type Attempt struct {
	N          int                 `json:"n"`
	Route      string              `json:"route"`
	Result     billing.Disposition `json:"result"`
	DialStatus string              `json:"dial_status"`
	SIPStatus  int                 `json:"sip_status"`
	Cause      int                 `json:"cause"`
	Rang       bool                `json:"rang"`
	PDDMS      int64               `json:"pdd_ms"`
	ElapsedMS  int64               `json:"elapsed_ms"`
	TalkMS     int64               `json:"talk_ms"`
	Blame      string              `json:"blame,omitempty"`
}

// OfCall shows a call.
func OfCall(c billing.End, told callflow.Told) Call {
	s := c.Start
	v := Call{
		CallID: s.CallID, Direction: s.Direction, Disposition: c.Disposition, Server: s.Server, Node: s.Node, Origin: s.Origin,
		Endpoint: s.Endpoint, Source: s.Source, AccountID: s.AccountID, Subscriber: s.SubscriberID, ProviderID: s.ProviderID,
		NumberID: s.NumberID, Dialled: s.Dialled, ANumber: string(s.ANumber), BNumber: string(s.BNumber), CLI: string(s.CLI),
		StartedAt: s.StartedAt, AnsweredAt: c.AnsweredAt, EndedAt: c.EndedAt, TalkMS: c.Talk.Milliseconds(), PDDMS: c.PDD.Milliseconds(),
		Cause: int(c.Cause), SIPStatus: c.SIPStatus, HangupBy: c.HangupBy, Route: c.Route, Snapshot: s.Snapshot, Reason: s.Reason,
		RoutingNumber: string(s.RoutingNumber), CutShort: c.Cut, Told: told,
	}
	for _, a := range c.Attempts {
		v.Attempts = append(v.Attempts, Attempt{
			N: a.N, Route: a.Key, Result: a.Result, DialStatus: a.DialStatus, SIPStatus: a.SIPStatus, Cause: int(a.Cause), Rang: a.Rang,
			PDDMS: a.PDD.Milliseconds(), ElapsedMS: a.Elapsed.Milliseconds(), TalkMS: a.Talk.Milliseconds(), Blame: string(a.Blame),
		})
	}
	return v
}
