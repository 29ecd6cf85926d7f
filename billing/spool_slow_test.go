package billing_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"tandem/billing"
)

// A store that cannot settle a full batch in its time gets smaller ones until it
// can; a full batch would be rolled back for ever. As it gets faster they grow.
func TestSlowStoreGetsSmallerBatches(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		store := &fakeStore{away: true}
		s, err := billing.OpenSpool(billing.SpoolConfig{Dir: dir, StoreTimeout: 700 * time.Millisecond, RetryEvery: time.Second, BatchMax: 64, QueueMax: 1000}, store, zerolog.Nop())
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}()
		var want []string
		send := func(n int) {
			for range n {
				want = append(want, strconv.Itoa(len(want)))
				put(t, s, want[len(want)-1])
			}
		}
		send(300)
		store.set(func(f *fakeStore) { f.away, f.most, f.sizes = false, 10, nil })
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		if got := store.ids(); got != strings.Join(want, " ") || s.Waiting() != 0 {
			t.Fatalf("%d records wait; batches %v", s.Waiting(), store.sizes)
		}
		if !slices.Contains(store.sizes, 64) || !slices.Contains(store.sizes, 32) || !slices.Contains(store.sizes, 16) {
			t.Errorf("batches %v: they are to be halved", store.sizes)
		}
		// A store that is away at once says nothing of how much it can take.
		store.set(func(f *fakeStore) { f.away, f.most = true, 0 })
		send(600)
		time.Sleep(10 * time.Second)
		store.set(func(f *fakeStore) { f.away, f.sizes = false, nil })
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if got := store.ids(); got != strings.Join(want, " ") || !slices.Contains(store.sizes, 64) {
			t.Errorf("%d records wait; batches %v", s.Waiting(), store.sizes)
		}
	})
}
