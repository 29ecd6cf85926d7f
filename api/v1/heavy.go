package v1

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tandem/api/access"
)

// Bounds of heavy operations: those that may look through very many rows, or work
// for long. Everybody's together leave connections of people's pool to the rest.
const (
	heavyEach   = 4 // one user's, at the same time
	heavyAll    = 9
	heavySums   = 2  // of those that add up a large part of a table
	heavyWaits  = 12 // one user's that wait
	heavyWithin = 5 * time.Second
)

// isDownload says whether an operation is one. It counts as heavy for its user alone:
// it lasts as long as a client reads, and asks for a page now and then.
func isDownload(operation string) bool { return strings.HasPrefix(operation, "export-") }

// isSum says whether an operation adds up a large part of a table. These wait for
// each other, not in the places of the rest.
func isSum(operation string) bool {
	return operation == "list-party-sums" || operation == "verify-ledger"
}

// heavy says which operations are.
func heavy(operation string) bool {
	if isDownload(operation) || isSum(operation) {
		return true
	}
	switch operation {
	case "list-calls", "list-attempts", "list-postings", "list-my-calls", "list-audit",
		"get-account-statement", "get-my-statement", "list-deck-rates", "list-my-rates", "list-accounts",
		"search", "simulate-call", "create-replay", "preview-deck",
		"edit-numbers", "import-numbers", "add-number-range",
		"get-map", "get-quality", "get-quality-margin", "get-quality-heatmap", "get-quality-series", "get-quality-causes",
		"try-alarm-rule":
		return true
	}
	return false
}

// places are those of heavy operations.
type places struct {
	mu    sync.Mutex
	users map[int64]*userPlaces
	all   chan struct{} // holds one for each that is at work
	sums  chan struct{} // the same, of sums

	within time.Duration // how long they are waited for
}

type userPlaces struct {
	work  chan struct{}
	count int // at work or waiting; 0: forgotten
}

func newPlaces(within time.Duration) *places {
	return &places{users: map[int64]*userPlaces{}, all: make(chan struct{}, heavyAll), sums: make(chan struct{}, heavySums), within: within}
}

// Why there was no place.
var (
	errUserBusy = errors.New("you have " + strconv.Itoa(heavyEach) + " large questions under way: wait for their answers, or ask for less at a time")
	errAllBusy  = errors.New("too many large questions are under way: ask again in a moment")
)

// take waits for a place, the user's own first: who asks too much at a time waits
// for themself and for nobody else. free must be called if there is no error.
func (p *places) take(ctx context.Context, user int64, operation string) (free func(), err error) {
	own, err := p.enter(user)
	if err != nil {
		return nil, err
	}
	within, cancel := context.WithTimeout(ctx, p.within)
	defer cancel()
	if !put(within, own.work) {
		p.leave(user)
		return nil, errUserBusy
	}
	free = func() {
		<-own.work
		p.leave(user)
	}
	others := p.all
	switch {
	case isDownload(operation):
		return free, nil
	case isSum(operation):
		others = p.sums
	}
	if !put(within, others) {
		free()
		return nil, errAllBusy
	}
	giveBack := free // the result has the same name
	return func() { <-others; giveBack() }, nil
}

func (p *places) enter(user int64) (*userPlaces, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.users[user]
	if u == nil {
		u = &userPlaces{work: make(chan struct{}, heavyEach)}
		p.users[user] = u
	}
	if u.count == heavyEach+heavyWaits {
		return nil, errUserBusy
	}
	u.count++
	return u, nil
}

func (p *places) leave(user int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.users[user]
	if u.count--; u.count == 0 {
		delete(p.users, user)
	}
}

func put(ctx context.Context, into chan struct{}) bool {
	select {
	case into <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// bounded lets a heavy operation in when there is a place.
func (d *door) bounded(operation string) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		free, err := d.places.take(ctx.Context(), access.From(ctx.Context()).UserID, operation)
		if err != nil {
			ctx.SetHeader("Retry-After", retryAfter)
			_ = huma.WriteErr(d.api, ctx, placeStatus(err), err.Error()) // the client is gone
			return
		}
		defer free()
		next(ctx)
	}
}

// boundedRaw is bounded for what is not huma's.
func (d *door) boundedRaw(operation string, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		free, err := d.places.take(r.Context(), access.From(r.Context()).UserID, operation)
		if err != nil {
			w.Header().Set("Retry-After", retryAfter)
			writeProblem(w, placeStatus(err), err.Error())
			return
		}
		defer free()
		next(w, r)
	}
}

// retryAfter is what Retry-After says, in seconds.
const retryAfter = "5"

func placeStatus(err error) int {
	if errors.Is(err, errUserBusy) {
		return http.StatusTooManyRequests
	}
	return http.StatusServiceUnavailable
}
