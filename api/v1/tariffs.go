package v1

import (
	"tandem/api/access"
	"tandem/db"
)

type tariffList struct {
	Listing

	CurrencyID int64  `query:"currency_id"`
	CostPlus   string `query:"cost_plus" enum:"true,false"`
}

// tariffs are what accounts are sold by.
func tariffs(d *door) {
	mount[db.Tariff, tariffList](d, resource[db.Tariff]{
		table: db.TariffTable(), id: func(t db.Tariff) int64 { return t.ID },
		one: "tariff", many: "tariffs", what: "tariffs", a: "a tariff", tag: "Tariffs", area: access.Money,
	})
}
