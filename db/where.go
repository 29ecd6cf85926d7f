package db

import (
	"slices"
	"strings"
	"time"
)

// where collects the conditions of a list, each with its parameters. They are joined
// by AND: one with OR in it has brackets. Without any, everything is wanted.
type where struct {
	conditions []string
	args       []any
}

// whose is where with one condition.
func whose(condition string, args ...any) where { return where{[]string{condition}, args} }

func (w *where) add(condition string, args ...any) {
	w.conditions = append(w.conditions, condition)
	w.args = append(w.args, args...)
}

// given adds a condition with one parameter, unless that is zero: it matches any.
func given[T comparable](w *where, condition string, value T) {
	if value != *new(T) {
		w.add(condition, value)
	}
}

// during wants a moment from one time until before another; zero ones bound nothing.
func (w *where) during(column string, from, to time.Time) {
	if !from.IsZero() {
		w.add(column+" >= ?", moment(from))
	}
	if !to.IsZero() {
		w.add(column+" < ?", moment(to))
	}
}

// and joins the conditions of both; neither is changed.
func (w where) and(more where) where {
	return where{slices.Concat(w.conditions, more.conditions), slices.Concat(w.args, more.args)}
}

// text is the WHERE clause; nothing if everything is wanted.
func (w where) text() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return ` WHERE ` + w.joined()
}

// joined is what stands behind WHERE; there has to be something.
func (w where) joined() string { return strings.Join(w.conditions, " AND ") }

// likeText is a pattern that finds text anywhere; what LIKE understands in it
// stands for itself.
func likeText(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
}
