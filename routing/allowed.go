package routing

import "tandem/internal/e164"

// allowed are the prefixes that accounts may call, for those that may call
// nothing else.
type allowed map[allowKey]struct{}

type allowKey struct {
	account int64
	prefix  string
}

func newAllowed(rows []Allow) allowed {
	list := make(allowed, len(rows))
	for _, r := range rows {
		list[allowKey{r.AccountID, r.Prefix}] = struct{}{}
	}
	return list
}

// has says whether the account may call the number.
func (a allowed) has(account int64, b e164.Number) bool {
	for n := 1; n <= len(b); n++ {
		if _, ok := a[allowKey{account, string(b[:n])}]; ok {
			return true
		}
	}
	return false
}
