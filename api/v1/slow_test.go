package v1

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"tandem/db"
)

// Only a list is told to name a shorter time: nobody who changes something can.
func TestSlowDeedIsNotBlamedOnTheQuery(t *testing.T) {
	t.Parallel()
	d := &door{}
	for method, want := range map[string]struct {
		status int
		says   string
	}{
		http.MethodGet:    {http.StatusUnprocessableEntity, "name a shorter time"},
		http.MethodPost:   {http.StatusServiceUnavailable, "whether a change was made"},
		http.MethodPut:    {http.StatusServiceUnavailable, "whether a change was made"},
		http.MethodDelete: {http.StatusServiceUnavailable, "whether a change was made"},
	} {
		err := d.problem(slowDeed(method, fmt.Errorf("change gate: %w", db.ErrTooMuch)))
		var model *huma.ErrorModel
		if !errors.As(err, &model) {
			t.Fatalf("%s: %v", method, err)
		}
		if text := fmt.Sprint(model.Detail, model.Errors); model.Status != want.status {
			t.Errorf("%s: %d %s", method, model.Status, text)
		}
		said := fmt.Sprint(model.Detail, model.Errors)
		if !strings.Contains(said, want.says) {
			t.Errorf("%s: %q; want %q", method, said, want.says)
		}
	}
}
