package db

import (
	"errors"
	"fmt"
	"strings"
)

// ErrChanged says that somebody else changed the row since it was read.
var ErrChanged = errors.New("changed meanwhile")

// FieldError says what is wrong with one field, and how to mend it.
type FieldError struct {
	Field string // its name in JSON
	Text  string // "want 1 to 15 digits"
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Text }

// ReferredError says that a row cannot go while others name it.
type ReferredError struct {
	What string         // "provider WestCall"
	By   map[string]int // kinds of rows, and how many: "gates": 3
	Kept []string       // kinds of rows that nobody can remove: "postings"; then By is not counted
}

func (e *ReferredError) Error() string {
	if len(e.Kept) > 0 {
		return e.What + " has " + strings.Join(e.Kept, ", ") + ": what was called and booked is kept, so it cannot be deleted; disable it instead"
	}
	list := make([]string, 0, len(e.By))
	for _, kind := range sortedKeys(e.By) {
		list = append(list, fmt.Sprintf("%d %s", e.By[kind], kind))
	}
	return e.What + " is still used by " + strings.Join(list, ", ") + "; remove those first, or disable it"
}
