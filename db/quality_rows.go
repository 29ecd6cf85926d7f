package db

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"
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
		func() error {
			return insertCube(ctx, inserts["quality_routes"], c.routes, routeKey.compare, (*qualityInsert).route)
		},
		func() error {
			return insertCube(ctx, inserts["quality_countries"], v.countries, countryKey.compare, (*qualityInsert).country)
		},
		func() error {
			return insertCube(ctx, inserts["quality_providers"], v.providers, providerKey.compare, (*qualityInsert).provider)
		},
		func() error {
			return insertCube(ctx, inserts["quality_destinations"], v.destinations, strings.Compare, (*qualityInsert).string)
		},
		func() error {
			return insertCube(ctx, inserts["quality_customers"], v.customers, cmp.Compare, (*qualityInsert).number)
		},
		func() error {
			return insertCube(ctx, inserts["quality_origins"], c.origins, strings.Compare, (*qualityInsert).string)
		},
		func() error {
			return insertCube(ctx, inserts["quality_servers"], c.servers, serverKey.compare, (*qualityInsert).server)
		},
		func() error {
			return insertCube(ctx, inserts["quality_accounts"], c.accounts, accountKey.compare, (*qualityInsert).account)
		},
		func() error { return insertCauses(ctx, inserts["quality_causes"], c.causes) },
	} {
		if err := write(); err != nil {
			return err
		}
	}
	return nil
}

// insertCube writes rows in the order of the table's key: it is then filled page
// by page, and none is split.
func insertCube[K comparable](ctx context.Context, w *qualityInsert, sums map[K]*quality.Measures, compare func(a, b K) int, key func(*qualityInsert, K)) error {
	for _, k := range slices.SortedFunc(maps.Keys(sums), compare) {
		w.row()
		key(w, k)
		w.measures(sums[k])
		if err := w.close(ctx); err != nil {
			return err
		}
	}
	return nil
}

func insertCauses(ctx context.Context, w *qualityInsert, sums map[countryKey]map[causeKey]int64) error {
	for _, country := range slices.SortedFunc(maps.Keys(sums), countryKey.compare) {
		causes := frequent(sums[country])
		for _, k := range slices.SortedFunc(maps.Keys(causes), causeKey.compare) {
			w.row()
			w.country(country)
			w.string(string(k.result))
			w.number(int64(k.status))
			w.number(int64(k.cause))
			w.string(string(k.blame))
			w.number(causes[k])
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
