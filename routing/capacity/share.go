package capacity

import "fmt"

// share is this node's part of every limit. The nodes' parts add up to the
// limit exactly:
//
//	channels  limit/count each, and one more for the first limit%count nodes;
//	          where that leaves a node with none it carries no such call
//	calls/s   limit/count each, as a fraction (bucket.go)
type share struct {
	index, count int
}

// maxNodes keeps the bucket's whole numbers far from overflow.
const maxNodes = 1000

func (s share) validate() error {
	if s.count < 1 || s.count > maxNodes {
		return fmt.Errorf("nodes: count %d: want 1 to %d", s.count, maxNodes)
	}
	if s.index < 0 || s.index >= s.count {
		return fmt.Errorf("nodes: index %d: want 0 to %d", s.index, s.count-1)
	}
	return nil
}

func (s share) channels(limit int) int {
	part := limit / s.count
	if s.index < limit%s.count {
		part++
	}
	return part
}
