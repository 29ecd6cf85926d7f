package db

import (
	"cmp"
	"slices"
	"strings"

	"tandem/billing"
	"tandem/internal/q850"
)

// maxCauses is how many ways to end are told apart of each provider, tier and
// country in a bucket. Far sides may answer with any number that there is.
const maxCauses = 32

// causeKey is how an attempt ended, and by whose doing.
type causeKey struct {
	result billing.Disposition
	status int
	cause  q850.Cause
	blame  q850.Blame
}

// causeOf leaves out numbers that no status is.
func causeOf(a *billing.Attempt) causeKey {
	k := causeKey{a.Result, a.SIPStatus, a.Cause, a.Blame}
	if k.status < 100 || k.status > 699 {
		k.status = 0
	}
	return k
}

// rare is what a cause is counted as that there is no room for.
func (k causeKey) rare() causeKey { return causeKey{result: k.result, blame: k.blame} }

func (k causeKey) compare(o causeKey) int {
	return cmp.Or(strings.Compare(string(k.result), string(o.result)), cmp.Compare(k.status, o.status), cmp.Compare(k.cause, o.cause),
		strings.Compare(string(k.blame), string(o.blame)))
}

// frequent keeps the most frequent causes apart.
func frequent(counts map[causeKey]int64) map[causeKey]int64 {
	if len(counts) <= maxCauses {
		return counts
	}
	keys := make([]causeKey, 0, len(counts))
	for k := range counts {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b causeKey) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), a.compare(b)) })
	kept := map[causeKey]int64{}
	for i, k := range keys {
		n := counts[k]
		if i >= maxCauses {
			k = k.rare()
		}
		kept[k] += n
	}
	return kept
}

// addUpCauses is the statement that makes a bucket of smaller ones. It takes the
// level and bucket, maxCauses twice, then the smaller level and the time.
const addUpCauses = `INSERT INTO quality_causes (level, bucket, provider_id, tier, country, result, sip_status, cause, blame, bids)
	SELECT ?, ?, provider_id, tier, country, result, IF(place <= ?, sip_status, 0) AS status, IF(place <= ?, cause, 0) AS code, blame, SUM(n)
	FROM (SELECT provider_id, tier, country, result, sip_status, cause, blame, SUM(bids) AS n,
			ROW_NUMBER() OVER (PARTITION BY provider_id, tier, country ORDER BY SUM(bids) DESC, result, sip_status, cause, blame) AS place
		FROM quality_causes WHERE level = ? AND bucket >= ? AND bucket < ? GROUP BY provider_id, tier, country, result, sip_status, cause, blame) t
	GROUP BY provider_id, tier, country, result, status, code, blame`
