package v1

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
	"tandem/billing"
	"tandem/db"
	"tandem/internal/money"
	"tandem/view"
)

// mine is what customers and agents see: only what is theirs, and nothing of what
// calls cost us or by which way they went. Whose it is says who asks, never what is
// asked.
func mine(d *door) {
	tags := []string{"Mine"}
	both, customer := own(access.Customer, access.Agent), own(access.Customer)
	handle(d, both, huma.Operation{OperationID: "get-my-account", Method: http.MethodGet, Path: "/mine/account", Summary: "My account", Tags: tags}, d.myAccount)
	handle(d, customer, huma.Operation{OperationID: "get-my-balance", Method: http.MethodGet, Path: "/mine/balance", Summary: "My balance", Tags: tags}, d.myBalance)
	handle(d, both, huma.Operation{OperationID: "list-my-calls", Method: http.MethodGet, Path: "/mine/calls", Summary: "My calls, the newest first", Tags: tags}, d.myCalls)
	handle(d, both, huma.Operation{
		OperationID: "export-my-calls", Method: http.MethodGet, Path: "/mine/calls/export", Summary: "Download my calls", Tags: tags, Responses: files("text/csv", "application/x-ndjson"),
	}, d.exportMyCalls)
	handle(d, both, huma.Operation{OperationID: "get-my-call", Method: http.MethodGet, Path: "/mine/calls/{id}", Summary: "One of my calls", Tags: tags}, d.myCall)
	handle(d, customer, huma.Operation{
		OperationID: "get-my-statement", Method: http.MethodGet, Path: "/mine/statement", Summary: "What moved my balance, line by line", Tags: tags,
	}, d.myStatement)
	handle(d, customer, huma.Operation{
		OperationID: "export-my-statement", Method: http.MethodGet, Path: "/mine/statement/export", Summary: "Download my statement", Tags: tags, Responses: files("text/csv", "application/x-ndjson"),
	}, d.exportMyStatement)
	handle(d, customer, huma.Operation{OperationID: "list-my-rates", Method: http.MethodGet, Path: "/mine/rates", Summary: "What my calls cost", Tags: tags}, d.myRates)
	handle(d, customer, huma.Operation{
		OperationID: "export-my-rates", Method: http.MethodGet, Path: "/mine/rates/export", Summary: "Download my rates", Tags: tags, Responses: files("text/csv", "application/x-ndjson"),
	}, d.exportMyRates)
}

// myself is who asks; nobody without an account.
func (d *door) myself(ctx context.Context) (access.Principal, error) {
	p := access.From(ctx)
	if p.AccountID == 0 || p.Role == access.Agent && p.SubscriberID == 0 {
		return p, huma.NewError(http.StatusForbidden, "your sign-in belongs to no account; an administrator can set it")
	}
	return p, nil
}

// MyAccount is an account as its owner sees it.
type MyAccount struct {
	Name        string        `json:"name"`
	Enabled     bool          `json:"enabled"`
	Payment     string        `json:"payment" enum:"prepaid,postpaid"`
	Currency    string        `json:"currency,omitempty"`
	Tariff      string        `json:"tariff,omitempty"`
	CreditLimit *money.Amount `json:"credit_limit" doc:"null: no limit"`
	DailyLimit  *money.Amount `json:"daily_limit" doc:"null: any"`
	CallLimit   *money.Amount `json:"call_limit" doc:"null: any"`
	LowBalance  *money.Amount `json:"low_balance" doc:"null: never"`
	Channels    int           `json:"channels" doc:"0: no limit"`
	CPS         int           `json:"cps" doc:"0: no limit"`
	TimeZone    string        `json:"time_zone"`
	Allow       []string      `json:"allow" doc:"null: any"`
	Block       []string      `json:"block" nullable:"false"`
	Subscriber  string        `json:"subscriber,omitempty" doc:"Login of an agent's telephone"`
}

type myAccountOutput struct{ Body MyAccount }

func (d *door) myAccount(ctx context.Context, _ *struct{}) (*myAccountOutput, error) {
	me, err := d.myself(ctx)
	if err != nil {
		return nil, err
	}
	a, err := d.DB.AccountByID(ctx, me.AccountID)
	if err != nil {
		return nil, err
	}
	v := view.OfAccount(a)
	mine := MyAccount{Name: v.Name, Enabled: v.Enabled, Currency: v.Currency, Channels: v.Channels, CPS: v.CPS, TimeZone: v.TimeZone, Payment: v.Payment, Allow: v.Allow, Block: v.Block}
	if me.Role == access.Agent {
		names := d.DB.NewNames()
		err = names.Load(ctx, db.NameIDs{Subscribers: []int64{me.SubscriberID}})
		mine.Subscriber = names.Subscriber(me.SubscriberID)
		return &myAccountOutput{mine}, err
	}
	mine.Tariff, mine.CreditLimit, mine.DailyLimit, mine.CallLimit, mine.LowBalance = v.Tariff, v.CreditLimit, v.DailyLimit, v.CallLimit, v.LowBalance
	return &myAccountOutput{mine}, nil
}

// MyBalance is the money of who asks.
type MyBalance struct {
	view.AccountMoney

	Currency string   `json:"currency"`
	Calls    []MyLive `json:"calls" nullable:"false" doc:"In progress"`
}

// MyLive is a call of one's own in progress.
type MyLive struct {
	CallID     string       `json:"call_id"`
	BeganAt    time.Time    `json:"began_at"`
	AnsweredAt *time.Time   `json:"answered_at,omitempty"`
	TalkS      int64        `json:"talk_s"`
	Cost       money.Amount `json:"cost"`
	Held       money.Amount `json:"held"`
	LeftS      int64        `json:"left_s" doc:"Seconds of talk that are paid"`
}

type myBalanceOutput struct{ Body MyBalance }

func (d *door) myBalance(ctx context.Context, _ *struct{}) (*myBalanceOutput, error) {
	me, err := d.myself(ctx)
	if err != nil {
		return nil, err
	}
	a, err := d.DB.AccountByID(ctx, me.AccountID)
	if err != nil {
		return nil, err
	}
	m, err := d.DB.AccountMoney(ctx, me.AccountID)
	if err != nil {
		return nil, err
	}
	v := MyBalance{AccountMoney: view.MoneyOf(m, a.LowBalance), Currency: m.Currency, Calls: []MyLive{}}
	for i := range m.Holds {
		r := view.RunningOf(&m.Holds[i], m.At)
		v.Calls = append(v.Calls, MyLive{CallID: r.CallID, BeganAt: r.BeganAt, AnsweredAt: r.AnsweredAt, TalkS: r.TalkS, Cost: r.Cost, Held: r.Held, LeftS: r.LeftS})
	}
	return &myBalanceOutput{v}, nil
}

type myStatementInput struct {
	StatementSpan

	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"50" doc:"Lines a page"`
	Cursor string `query:"cursor" maxLength:"2048" doc:"after of the page before"`
}

func (d *door) myStatement(ctx context.Context, in *myStatementInput) (*statementOutput, error) {
	me, err := d.myself(ctx)
	if err != nil {
		return nil, err
	}
	return d.statement(ctx, me.AccountID, in.StatementSpan, in.Limit, in.Cursor)
}

type myStatementExport struct {
	StatementSpan
	Format
}

func (d *door) exportMyStatement(ctx context.Context, in *myStatementExport) (*huma.StreamResponse, error) {
	me, err := d.myself(ctx)
	if err != nil {
		return nil, err
	}
	return d.exportStatement(ctx, me.AccountID, in.StatementSpan, in.Format.Format)
}

// MyCall is a call as its account sees it.
type MyCall struct {
	CallID      string              `json:"call_id"`
	Direction   billing.Direction   `json:"direction" enum:"out,in,redirect"`
	Disposition billing.Disposition `json:"disposition" enum:"in_progress,answered,busy,no_answer,cancelled,failed,rejected"`
	Subscriber  string              `json:"subscriber,omitempty"`
	Dialled     string              `json:"dialled,omitempty"`
	ANumber     string              `json:"a_number,omitempty"`
	BNumber     string              `json:"b_number,omitempty"`
	CLI         string              `json:"cli,omitempty"`
	StartedAt   time.Time           `json:"started_at"`
	AnsweredAt  time.Time           `json:"answered_at,omitzero"`
	EndedAt     time.Time           `json:"ended_at,omitzero"`
	TalkMS      int64               `json:"talk_ms"`
	HangupBy    billing.Side        `json:"hangup_by,omitempty" enum:"caller,called,us"`
	Cut         bool                `json:"cut,omitempty" doc:"Ended since the money was spent"`
	Sale        *money.Amount       `json:"sale,omitempty" doc:"None for agents, as all money"`
	Currency    string              `json:"currency,omitempty"`
}

func mineOf(c *db.CallLine, me access.Principal) MyCall {
	v := MyCall{
		CallID: c.CallID, Direction: c.Direction, Disposition: c.Disposition, Subscriber: c.Subscriber, Dialled: c.Dialled, ANumber: c.ANumber, BNumber: c.BNumber,
		CLI: c.CLI, StartedAt: c.StartedAt, AnsweredAt: c.AnsweredAt, EndedAt: c.EndedAt, TalkMS: c.TalkMS, HangupBy: c.HangupBy, Cut: c.Cut, Sale: c.Sale, Currency: c.Currency,
	}
	if me.Role == access.Agent {
		v.Sale, v.Currency, v.Cut = nil, "", false
	}
	return v
}
