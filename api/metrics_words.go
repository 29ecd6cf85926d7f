package api

import (
	"strings"
	"sync"
)

const (
	// mostProviders is how many providers have series of their own, the first that
	// are met; all others share one, so what we are sent cannot fill a Prometheus.
	mostProviders = 50
	// mostTiers is how many tiers have, of each provider; one of them is none.
	mostTiers = 4
	// mostWords is how many values any other label has. They are words of the program;
	// should one come from elsewhere some day, it finds no more room than this.
	mostWords = 32
	// otherWord is what all values beyond the bound share.
	otherWord = "other"
)

// words bounds the values of labels.
type words struct {
	mu    sync.Mutex
	known map[string]map[string]struct{} // by label
}

func newWords() *words { return &words{known: map[string]map[string]struct{}{}} }

// of is a value of a label, as long as there is room for it.
func (w *words) of(label, value string, most int) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	list := w.known[label]
	if list == nil {
		list = map[string]struct{}{}
		w.known[label] = list
	}
	if _, ok := list[value]; ok {
		return value
	}
	value = strings.ToValidUTF8(value, "?") // no label can be anything else
	if _, ok := list[value]; !ok && len(list) >= most {
		return otherWord
	}
	list[value] = struct{}{}
	return value
}

// word is a value of a label that is a word of the program.
func (w *words) word(label, value string) string { return w.of(label, value, mostWords) }
