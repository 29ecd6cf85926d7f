package main

import (
	"context"

	"tandem/db"
)

// seedRules gives the demo something on every page that the article leaves empty:
// policies, route and stop rules, blocks. They are mild: every call still finds a
// way.
func seedRules(ctx context.Context, d *db.DB) error {
	if err := seedPolicies(ctx, d); err != nil {
		return err
	}
	if err := createAll(ctx, d, db.RouteRules(), db.RouteRule{
		Action: "prefer", ProviderID: new(int64(7)), Comment: "Moscow at office hours: our own trunk first",
		CallMatch: db.CallMatch{BPrefix: "7495", Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "09:00", To: "18:00", TimeZone: "Europe/Moscow"},
	}, db.RouteRule{
		Action: "block", ProviderID: new(int64(16)), Enabled: new(false), Comment: "Riga: complaints about sound; switched off again",
		CallMatch: callsTo("371"),
	}); err != nil {
		return err
	}
	if err := createAll(ctx, d, db.StopRules(),
		db.StopRule{SIPStatus: new(604), Stop: true, ReleaseCause: new(1), Comment: "604: the number does not exist anywhere"},
		db.StopRule{ProviderID: new(int64(3)), SIPStatus: new(404), Stop: false, Comment: "says 404 for routes that it lacks: try the next"},
	); err != nil {
		return err
	}
	return createAll(ctx, d, db.Blocks(),
		db.Block{Side: "B", Prefix: "7809", Comment: "premium rate"},
		db.Block{Side: "B", Prefix: "1900", Comment: "premium rate"},
		db.Block{Side: "A", Prefix: "882", AccountID: new(int64(4)), Comment: "shows numbers that are nobody's"},
	)
}

func seedPolicies(ctx context.Context, d *db.DB) error {
	for i, p := range []struct {
		policy db.Policy
		prefix string
	}{
		{db.Policy{Name: "London: best quality", Kind: "quality", BandPercent: "0.00", MinTier: "noncli"}, "4420"},
		{db.Policy{Name: "Germany: shared", Kind: "band_share", BandPercent: "30.00", MinTier: "noncli", Routes: []db.PolicyRoute{
			{ProviderID: 11, Weight: 2}, {ProviderID: 8, Weight: 1},
		}}, "49"},
		{db.Policy{Name: "New York: in order", Kind: "priority", BandPercent: "0.00", MinTier: "noncli", Routes: []db.PolicyRoute{
			{ProviderID: 8, Place: 1, Weight: 1}, {ProviderID: 11, Place: 2, Weight: 1}, {ProviderID: 3, Place: 3, Weight: 1},
		}}, "1212"},
	} {
		made, err := db.Policies().Create(ctx, d, p.policy)
		if err != nil {
			return err
		}
		if err := createAll(ctx, d, db.PolicyRules(), db.PolicyRule{Position: 10 * (i + 1), PolicyID: made.ID, CallMatch: callsTo(p.prefix)}); err != nil {
			return err
		}
	}
	return nil
}

func callsTo(prefix string) db.CallMatch {
	return db.CallMatch{BPrefix: prefix, From: "00:00", To: "00:00", TimeZone: "UTC"}
}

func createAll[T any](ctx context.Context, d *db.DB, table db.Table[T], rows ...T) error {
	for _, row := range rows {
		if _, err := table.Create(ctx, d, row); err != nil {
			return err
		}
	}
	return nil
}
