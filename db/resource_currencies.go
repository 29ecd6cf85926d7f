package db

// CurrencyRow is a currency as people look it up.
type CurrencyRow struct {
	ID      int64  `json:"id" readOnly:"true"`
	ISO     string `json:"iso" doc:"ISO 4217"`
	Name    string `json:"name"`
	NameRU  string `json:"name_ru" doc:"In Russian"`
	Numeric int    `json:"numeric" doc:"ISO 4217"`
}

// CurrencyTable is the table of currencies, to look at.
func CurrencyTable() Table[CurrencyRow] {
	return Table[CurrencyRow]{
		name: "currency", kind: "currency", order: "iso",
		id: func(c *CurrencyRow) *int64 { return &c.ID },
		fields: func(c *CurrencyRow) []field {
			return []field{
				{"id", "", "t.id", &c.ID},
				{"iso", "iso", "", &c.ISO},
				{"name", "name_en", "", &c.Name},
				{"name_ru", "name_ru", "", &c.NameRU},
				{"numeric", "numcode", "", &c.Numeric},
			}
		},
		search: []string{"t.iso", "t.name_en", "t.name_ru"},
	}
}
