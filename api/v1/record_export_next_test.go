package v1

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/rs/zerolog"

	"tandem/db"
)

// A later page that has no turn is asked for again; any other error ends it, and
// the first page's is told at once.
func TestDownloadsWaitForTheirTurn(t *testing.T) {
	t.Parallel()
	refusals := map[int][]error{1: {fmt.Errorf("list: %w", db.ErrOverloaded), db.ErrOverloaded}}
	pages := feed[int]{
		name: "numbers", size: 2, columns: []exportColumn[int]{{"n", func(n *int) string { return strconv.Itoa(*n) }}},
		page: func(_ context.Context, last *int) ([]int, error) {
			at := 0
			if last != nil {
				at = *last
			}
			if errs := refusals[at]; len(errs) > 0 {
				refusals[at] = errs[1:]
				return nil, errs[0]
			}
			return []int{at + 1, at + 2}[:min(2, 5-at)], nil
		},
	}
	refusals[2] = refusals[1]
	d := &door{Config: Config{Log: zerolog.Nop()}}
	if text, broken := downloaded(t, d, pages); text != "n\n1\n2\n3\n4\n5\n" || broken {
		t.Errorf("%q, broken off: %t", text, broken)
	}
	refusals[2] = []error{errors.New("away")}
	if text, broken := downloaded(t, d, pages); text != "n\n1\n2\n" || !broken {
		t.Errorf("%q, broken off: %t", text, broken)
	}
	refusals[0] = []error{db.ErrOverloaded}
	if _, err := pages.stream(t.Context(), d, "csv"); !errors.Is(err, db.ErrOverloaded) {
		t.Error(err)
	}
}

func downloaded(t *testing.T, d *door, pages feed[int]) (text string, broken bool) {
	t.Helper()
	answer, err := pages.stream(t.Context(), d, "csv")
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	defer func() { text, broken = w.Body.String(), recover() != nil }()
	answer.Body(humachi.NewContext(&huma.Operation{}, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil), w))
	return "", false
}
