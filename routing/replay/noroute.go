package replay

import (
	"cmp"
	"slices"
	"strings"

	"tandem/routing"
)

// ReasonCount says how many calls without a route a reason has a part in: it
// refused the call, or left out at least one of its candidates.
type ReasonCount struct {
	Reason routing.Reason
	Calls  int64
}

// reasons counts each reason once a call.
type reasons struct {
	counts map[routing.Reason]*reasonCount
	call   int64
}

type reasonCount struct{ calls, last int64 }

func (r *reasons) add(p *routing.Plan) {
	r.call++
	if p.Refused != "" {
		r.count(p.Refused)
	}
	for i := range p.Dropped {
		r.count(p.Dropped[i].Reason)
	}
}

func (r *reasons) count(reason routing.Reason) {
	v := r.counts[reason]
	if v == nil {
		v = &reasonCount{}
		r.counts[reason] = v
	}
	if v.last != r.call {
		v.last = r.call
		v.calls++
	}
}

func (r *reasons) list() []ReasonCount {
	var list []ReasonCount
	for reason, v := range r.counts {
		list = append(list, ReasonCount{reason, v.calls})
	}
	slices.SortFunc(list, func(a, b ReasonCount) int {
		return cmp.Or(cmp.Compare(b.Calls, a.Calls), strings.Compare(string(a.Reason), string(b.Reason)))
	})
	return list
}
