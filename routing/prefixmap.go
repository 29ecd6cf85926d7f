package routing

// prefixMap keeps values under digit prefixes, the empty one included. It is
// for the small lists: blocks, call lengths; rates have a trie of their own.
type prefixMap[T any] struct {
	nodes  []prefixNode
	values []T
}

type prefixNode struct {
	child [10]uint32
	value uint32 // place in values plus one; 0: none
}

func newPrefixMap[T any]() prefixMap[T] { return prefixMap[T]{nodes: make([]prefixNode, 1)} }

// at gives the place for a prefix, made when it is not there; nil when the
// prefix has something else than digits.
func (m *prefixMap[T]) at(prefix string) *T {
	node := uint32(0)
	for i := range len(prefix) {
		digit := prefix[i] - '0'
		if digit > 9 {
			return nil
		}
		next := m.nodes[node].child[digit]
		if next == 0 {
			next = uint32(len(m.nodes))
			m.nodes = append(m.nodes, prefixNode{})
			m.nodes[node].child[digit] = next
		}
		node = next
	}
	if m.nodes[node].value == 0 {
		var zero T
		m.values = append(m.values, zero)
		m.nodes[node].value = uint32(len(m.values))
	}
	return &m.values[m.nodes[node].value-1]
}

// path writes the values under the number's prefixes, shortest first, and
// returns how many.
func (m *prefixMap[T]) path(number string, found *[maxDepth + 1]*T) int {
	n := 0
	node := uint32(0)
	for i := 0; ; i++ {
		if v := m.nodes[node].value; v != 0 {
			found[n] = &m.values[v-1]
			n++
		}
		if i >= len(number) || i >= maxDepth {
			return n
		}
		digit := number[i] - '0'
		if digit > 9 {
			return n
		}
		if node = m.nodes[node].child[digit]; node == 0 {
			return n
		}
	}
}

// longest is the value under the number's longest prefix; nil when none has one.
func (m *prefixMap[T]) longest(number string) *T {
	var found [maxDepth + 1]*T
	if n := m.path(number, &found); n > 0 {
		return found[n-1]
	}
	return nil
}
