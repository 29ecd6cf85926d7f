package db

import (
	"fmt"
	"slices"
	"strings"

	"tandem/quality"
)

// qualityCube is a rollup table: sums of attempts by some dimensions.
type qualityCube struct {
	table string
	keys  []QualityDimension
	// Of quality_causes: what else is in the key. It has no sum but the bids.
	more []string
}

// QualityDimension is what quality is told by.
type QualityDimension string

// The dimensions. Country, prefix and network are those of the B-number, the
// country of the A-number is ByACountry.
const (
	ByProvider QualityDimension = "provider"
	ByTier     QualityDimension = "tier"
	ByGate     QualityDimension = "gate"
	ByServer   QualityDimension = "server"
	ByAccount  QualityDimension = "account"
	ByCountry  QualityDimension = "country"
	ByPrefix   QualityDimension = "prefix"
	ByNetwork  QualityDimension = "network"
	ByACountry QualityDimension = "a_country"
)

// column is where rollups have it.
func (d QualityDimension) column() string {
	switch d {
	case ByProvider, ByGate, ByAccount:
		return string(d) + "_id"
	case ByTier, ByServer, ByCountry, ByPrefix, ByNetwork, ByACountry:
	}
	return string(d)
}

// qualityCubes are the rollups that reports are made of, the smallest first.
func qualityCubes() []qualityCube {
	return []qualityCube{
		{table: "quality_providers", keys: []QualityDimension{ByProvider, ByTier}},
		{table: "quality_destinations", keys: []QualityDimension{ByCountry}},
		{table: "quality_origins", keys: []QualityDimension{ByACountry}},
		{table: "quality_customers", keys: []QualityDimension{ByAccount}},
		{table: "quality_servers", keys: []QualityDimension{ByServer, ByProvider, ByTier, ByGate}},
		{table: "quality_countries", keys: []QualityDimension{ByProvider, ByTier, ByCountry}},
		{table: "quality_accounts", keys: []QualityDimension{ByAccount, ByCountry}},
		{table: "quality_routes", keys: []QualityDimension{ByProvider, ByTier, ByGate, ByCountry, ByPrefix, ByNetwork}},
	}
}

// qualityTables are all that is counted: the rollups, and why attempts failed.
func qualityTables() []qualityCube {
	return append(qualityCubes(), qualityCube{
		table: "quality_causes", keys: []QualityDimension{ByProvider, ByTier, ByCountry}, more: []string{"result", "sip_status", "cause", "blame"},
	})
}

// keyColumns are the columns of the key behind level and bucket.
func (c *qualityCube) keyColumns() []string {
	names := make([]string, 0, len(c.keys)+len(c.more))
	for _, k := range c.keys {
		names = append(names, k.column())
	}
	return append(names, c.more...)
}

// sumColumns are those that add up.
func (c *qualityCube) sumColumns() []string {
	if len(c.more) > 0 {
		return []string{"bids"}
	}
	return measureColumns()
}

// columns are all of them.
func (c *qualityCube) columns() []string {
	return slices.Concat([]string{"level", "bucket"}, c.keyColumns(), c.sumColumns())
}

// measureColumns are the sums, in the order of measureFields.
func measureColumns() []string {
	names := []string{
		"bids", "seizures", "effective", "answers", "short_answers", "talk_ms", "cost", "sale",
		"blame_caller", "blame_called", "blame_route", "blame_us",
	}
	for i := range delayColumns {
		names = append(names, fmt.Sprintf("pdd_%d", i))
	}
	return append(names, "rtp_legs", "rtp_silent", "rtp_expected", "rtp_lost", "rtp_jitter_us", "rtp_mos")
}

// measureSums adds up the columns.
func measureSums() string {
	names := measureColumns()
	for i, name := range names {
		names[i] = "SUM(" + name + ")"
	}
	return strings.Join(names, ", ")
}

// measureFields are where the columns are read to; talk is in milliseconds.
func measureFields(m *quality.Measures, talk *int64) []any {
	fields := []any{
		&m.Bids, &m.Seizures, &m.Effective, &m.Answers, &m.Short, talk, &m.Cost, &m.Sale,
		&m.Blamed.Caller, &m.Blamed.Called, &m.Blamed.Route, &m.Blamed.Us,
	}
	for i := range delayColumns {
		fields = append(fields, binsOf(&m.PDD, i))
	}
	return append(fields, &m.Media.Legs, &m.Media.Silent, &m.Media.Expected, &m.Media.Lost, &m.Media.JitterMicros, &m.Media.MOS)
}
