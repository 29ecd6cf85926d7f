package geo_test

import (
	"context"
	"errors"
	"testing"

	"tandem/geo"
)

func TestWarmStopsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := geo.Warm(ctx); !errors.Is(err, context.Canceled) {
		t.Fatalf("%v, want %v", err, context.Canceled)
	}
}
