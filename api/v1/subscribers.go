package v1

import (
	"tandem/api/access"
	"tandem/db"
)

type subscriberList struct {
	Listing

	Enabled   string `query:"enabled" enum:"true,false"`
	AccountID int64  `query:"account_id"`
	ServerID  int64  `query:"server_id"`
	Login     string `query:"login" maxLength:"64"`
	Number    string `query:"number" pattern:"^[0-9]*$" maxLength:"15" doc:"That it may show"`
}

type dutyOperatorList struct {
	Listing

	SubscriberID int64 `query:"subscriber_id"`
	ServerID     int64 `query:"server_id"`
	NumberID     int64 `query:"number_id"`
}

type currencyList struct{ Listing }

func subscribers(d *door) {
	mount[db.Subscriber, subscriberList](d, resource[db.Subscriber]{
		table: db.Subscribers(), id: func(s db.Subscriber) int64 { return s.ID },
		one: "subscriber", many: "subscribers", what: "subscribers", a: "a subscriber", tag: "Subscribers", area: access.Routing,
	})
	mount[db.DutyOperator, dutyOperatorList](d, resource[db.DutyOperator]{
		table: db.DutyOperators(), id: func(o db.DutyOperator) int64 { return o.ID },
		one: "duty-operator", many: "duty-operators", what: "duty operators", a: "a duty operator", tag: "Subscribers", area: access.Routing,
	})
}

func currencies(d *door) {
	mountRead[db.CurrencyRow, currencyList](d, resource[db.CurrencyRow]{
		table: db.CurrencyTable(), id: func(c db.CurrencyRow) int64 { return c.ID },
		one: "currency", many: "currencies", what: "currencies", a: "a currency", tag: "Currencies", area: access.Routing,
	})
}
