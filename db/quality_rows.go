package db

import (
	"context"
	"database/sql"
	"time"

	"tandem/quality"
)

// qualityInserts are one for each table, by its name.
func qualityInserts(tx *sql.Tx) map[string]*qualityInsert {
	inserts := map[string]*qualityInsert{}
	for _, cube := range qualityTables() {
		inserts[cube.table] = insertQuality(tx, &cube)
	}
	return inserts
}

// write adds the rows of one bucket to all tables.
func (c *qualityCounts) write(ctx context.Context, inserts map[string]*qualityInsert, level qualityLevel, at time.Time) error {
	for _, w := range inserts {
		w.bucket(level, at)
	}
	v := c.coarse()
	for _, write := range []func() error{
		func() error { return insertCube(ctx, inserts["quality_routes"], c.routes, (*qualityInsert).route) },
		func() error {
			return insertCube(ctx, inserts["quality_countries"], v.countries, (*qualityInsert).country)
		},
		func() error {
			return insertCube(ctx, inserts["quality_providers"], v.providers, (*qualityInsert).provider)
		},
		func() error {
			return insertCube(ctx, inserts["quality_destinations"], v.destinations, (*qualityInsert).string)
		},
		func() error {
			return insertCube(ctx, inserts["quality_customers"], v.customers, (*qualityInsert).number)
		},
		func() error { return insertCube(ctx, inserts["quality_origins"], c.origins, (*qualityInsert).string) },
		func() error { return insertCube(ctx, inserts["quality_servers"], c.servers, (*qualityInsert).server) },
		func() error {
			return insertCube(ctx, inserts["quality_accounts"], c.accounts, (*qualityInsert).account)
		},
		func() error { return insertCauses(ctx, inserts["quality_causes"], c.causes) },
	} {
		if err := write(); err != nil {
			return err
		}
	}
	return nil
}

func insertCube[K comparable](ctx context.Context, w *qualityInsert, sums map[K]*quality.Measures, key func(*qualityInsert, K)) error {
	for k, m := range sums {
		w.row()
		key(w, k)
		w.measures(m)
		if err := w.close(ctx); err != nil {
			return err
		}
	}
	return nil
}

func insertCauses(ctx context.Context, w *qualityInsert, sums map[countryKey]map[causeKey]int64) error {
	for country, causes := range sums {
		for k, n := range frequent(causes) {
			w.row()
			w.country(country)
			w.string(string(k.result))
			w.number(int64(k.status))
			w.number(int64(k.cause))
			w.string(string(k.blame))
			w.number(n)
			if err := w.close(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// The keys, in the order of their columns.

func (w *qualityInsert) provider(k providerKey) {
	w.number(k.provider)
	w.string(k.tier)
}

func (w *qualityInsert) country(k countryKey) {
	w.provider(k.providerKey)
	w.string(k.country)
}

func (w *qualityInsert) route(k routeKey) {
	w.provider(k.providerKey)
	w.number(k.gate)
	w.string(k.country)
	w.string(k.prefix)
	w.string(k.network)
}

func (w *qualityInsert) server(k serverKey) {
	w.string(k.server)
	w.provider(k.providerKey)
	w.number(k.gate)
}

func (w *qualityInsert) account(k accountKey) {
	w.number(k.account)
	w.string(k.country)
}
