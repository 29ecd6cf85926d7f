package db

import (
	"cmp"
	"strings"

	"tandem/quality"
)

// The keys of the cubes, without level and bucket.
type (
	providerKey struct {
		provider int64
		tier     string
	}
	countryKey struct {
		providerKey

		country string
	}
	routeKey struct {
		countryKey

		gate            int64
		prefix, network string
	}
	serverKey struct {
		providerKey

		server string
		gate   int64
	}
	accountKey struct {
		account int64
		country string
	}
)

// The orders of the keys are those of the tables' primary keys.

func (k providerKey) compare(o providerKey) int {
	return cmp.Or(cmp.Compare(k.provider, o.provider), strings.Compare(k.tier, o.tier))
}

func (k countryKey) compare(o countryKey) int {
	return cmp.Or(k.providerKey.compare(o.providerKey), strings.Compare(k.country, o.country))
}

func (k routeKey) compare(o routeKey) int {
	return cmp.Or(k.providerKey.compare(o.providerKey), cmp.Compare(k.gate, o.gate), strings.Compare(k.country, o.country),
		strings.Compare(k.prefix, o.prefix), strings.Compare(k.network, o.network))
}

func (k serverKey) compare(o serverKey) int {
	return cmp.Or(strings.Compare(k.server, o.server), k.providerKey.compare(o.providerKey), cmp.Compare(k.gate, o.gate))
}

func (k accountKey) compare(o accountKey) int {
	return cmp.Or(cmp.Compare(k.account, o.account), strings.Compare(k.country, o.country))
}

// qualityCounts are the sums of the attempts of one bucket. They are made here
// and not in SQL, because package quality says what counts as what, and package
// geo where a number belongs.
type qualityCounts struct {
	routes   map[routeKey]*quality.Measures
	servers  map[serverKey]*quality.Measures
	accounts map[accountKey]*quality.Measures
	origins  map[string]*quality.Measures // by country
	causes   map[countryKey]map[causeKey]int64
}

func newQualityCounts() *qualityCounts {
	return &qualityCounts{
		routes: map[routeKey]*quality.Measures{}, servers: map[serverKey]*quality.Measures{}, accounts: map[accountKey]*quality.Measures{},
		origins: map[string]*quality.Measures{}, causes: map[countryKey]map[causeKey]int64{},
	}
}

// add counts an attempt.
func (c *qualityCounts) add(r *countedAttempt) {
	a, b := &r.a, &r.b
	q := quality.AttemptOf(&r.Attempt)
	q.Cost, q.Sale = r.cost, r.sale
	provider := providerKey{r.ProviderID, r.Tier}
	country := countryKey{provider, b.Country}
	for _, m := range [...]*quality.Measures{
		sumOf(c.routes, routeKey{country, r.GateID, b.Prefix, clip(b.Network, maxNetwork)}),
		sumOf(c.servers, serverKey{provider, r.server, r.GateID}),
		sumOf(c.accounts, accountKey{r.account, b.Country}),
		sumOf(c.origins, a.Country),
	} {
		m.Add(&q, quality.ShortTalk)
	}
	causes := c.causes[country]
	if causes == nil {
		causes = map[causeKey]int64{}
		c.causes[country] = causes
	}
	causes[causeOf(&r.Attempt)]++
}

// maxNetwork is what the column takes, in characters.
const maxNetwork = 64

// sumOf is the sum of a key, a new one if there is none.
func sumOf[K comparable](sums map[K]*quality.Measures, key K) *quality.Measures {
	m := sums[key]
	if m == nil {
		m = &quality.Measures{}
		sums[key] = m
	}
	return m
}

// coarseCounts are the sums with less detail.
type coarseCounts struct {
	countries    map[countryKey]*quality.Measures
	providers    map[providerKey]*quality.Measures
	destinations map[string]*quality.Measures // by country
	customers    map[int64]*quality.Measures
}

func (c *qualityCounts) coarse() coarseCounts {
	v := coarseCounts{map[countryKey]*quality.Measures{}, map[providerKey]*quality.Measures{}, map[string]*quality.Measures{}, map[int64]*quality.Measures{}}
	for k, m := range c.routes {
		sumOf(v.countries, k.countryKey).Merge(m)
	}
	for k, m := range v.countries {
		sumOf(v.providers, k.providerKey).Merge(m)
		sumOf(v.destinations, k.country).Merge(m)
	}
	for k, m := range c.accounts {
		sumOf(v.customers, k.account).Merge(m)
	}
	return v
}
