package access

// covers says whether who has this role may do all that the other may. Staff are in
// a line; customers and agents see what is theirs alone.
func (r Role) covers(other Role) bool {
	rank := map[Role]int{Admin: 3, Operator: 2, Analyst: 1}
	return r == other || rank[other] > 0 && rank[r] > rank[other]
}
