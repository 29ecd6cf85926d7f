package billing_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"tandem/billing"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeStore keeps call ids in order of arrival and can be away, or refuse one.
type fakeStore struct {
	mu     sync.Mutex
	away   bool
	refuse string
	got    []string
	hang   bool
	most   int   // records that it can settle in time; 0: any number
	sizes  []int // of the batches that were tried
}

func (f *fakeStore) WriteRecords(ctx context.Context, records []billing.Record) error {
	if f.tooMany(len(records)) {
		<-ctx.Done()
		return fmt.Errorf("write records: %w: %w", billing.ErrUnavailable, ctx.Err())
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.hang {
		<-ctx.Done()
		return ctx.Err()
	}
	if f.away {
		return billing.ErrUnavailable
	}
	for i, r := range records {
		if r.CallID() == f.refuse {
			return &billing.RefusedError{Index: i, Err: errors.New("value too long")}
		}
	}
	for _, r := range records {
		f.got = append(f.got, r.CallID())
	}
	return nil
}

// tooMany notes a batch that is tried.
func (f *fakeStore) tooMany(records int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sizes = append(f.sizes, records)
	return f.most > 0 && records > f.most
}

func (f *fakeStore) set(change func(*fakeStore)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(f)
}

func (f *fakeStore) ids() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.Join(f.got, " ")
}

func end(id string) billing.Record {
	return billing.Record{End: &billing.End{Start: billing.Start{CallID: id}}}
}

func open(t *testing.T, dir string, store billing.RecordStore) *billing.Spool {
	t.Helper()
	s, err := billing.OpenSpool(billing.SpoolConfig{
		Dir: dir, StoreTimeout: time.Second, RetryEvery: time.Second, BatchMax: 3, QueueMax: 100,
	}, store, zerolog.Nop())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func put(t *testing.T, s *billing.Spool, ids ...string) {
	t.Helper()
	for _, id := range ids {
		if err := s.Put(t.Context(), end(id)); err != nil {
			t.Fatalf("put %s: %v", id, err)
		}
	}
}

func TestRecordsGoStraightToTheStore(t *testing.T) {
	store := &fakeStore{}
	s := open(t, t.TempDir(), store)
	put(t, s, "1", "2", "3")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := store.ids(); got != "1 2 3" {
		t.Fatalf("store has %q", got)
	}
}

func TestStoreAwayThenReplayedInOrder(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		store := &fakeStore{}
		s := open(t, dir, store)
		put(t, s, "1")
		store.set(func(f *fakeStore) { f.away = true })
		put(t, s, "2", "3", "4", "5")
		if s.Waiting() != 4 {
			t.Fatalf("%d records wait, want 4", s.Waiting())
		}
		store.set(func(f *fakeStore) { f.away = false })
		// The store is back, but what waits goes first.
		put(t, s, "6")
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if got := store.ids(); got != "1 2 3 4 5 6" || s.Waiting() != 0 {
			t.Fatalf("store has %q, %d wait", got, s.Waiting())
		}
		put(t, s, "7")
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if got := store.ids(); got != "1 2 3 4 5 6 7" {
			t.Fatalf("store has %q", got)
		}
	})
}

func TestHangingStoreIsLeftInTime(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		store := &fakeStore{hang: true}
		s := open(t, dir, store)
		before := time.Now()
		put(t, s, "1", "2", "3")
		if took := time.Since(before); took > time.Second {
			t.Fatalf("three records took %s; only the first may wait for the store's time-out", took)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestRestartReplaysWhatWaits(t *testing.T) {
	dir := t.TempDir()
	store := &fakeStore{away: true}
	s := open(t, dir, store)
	put(t, s, "1", "2")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		store := &fakeStore{}
		s := open(t, dir, store)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if got := store.ids(); got != "1 2" {
			t.Fatalf("store has %q", got)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// A crash may leave half a line: it was not acknowledged, the others were.
func TestTornLastLine(t *testing.T) {
	for _, cut := range []int{1, 5, 12, 40} {
		t.Run(fmt.Sprint(cut, " bytes lost"), func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir, &fakeStore{away: true})
			put(t, s, "1", "2", "3")
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, "records.ndjson")
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, text[:len(text)-cut], 0o600); err != nil {
				t.Fatal(err)
			}
			synctest.Test(t, func(t *testing.T) {
				store := &fakeStore{}
				s := open(t, dir, store)
				put(t, s, "4")
				time.Sleep(2 * time.Second)
				synctest.Wait()
				if got := store.ids(); got != "1 2 4" {
					t.Fatalf("store has %q", got)
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			})
			if torn, err := os.ReadFile(filepath.Join(dir, "torn.ndjson")); err != nil || len(torn) == 0 {
				t.Fatalf("the torn piece was not kept: %v", err)
			}
		})
	}
}

// A line damaged in the middle is put aside; the lines around it count.
func TestDamagedLineIsPutAside(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, &fakeStore{away: true})
	put(t, s, "1", "2", "3")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "records.ndjson")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text = []byte(strings.Replace(string(text), `"call_id":"2"`, `"call_id":"8"`, 1))
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		store := &fakeStore{}
		s := open(t, dir, store)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if got := store.ids(); got != "1 3" || s.Refused() != 1 || s.Waiting() != 0 {
			t.Fatalf("store has %q, %d refused, %d wait", got, s.Refused(), s.Waiting())
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
	if kept, err := os.ReadFile(filepath.Join(dir, "rejected.ndjson")); err != nil || !strings.Contains(string(kept), `"8"`) {
		t.Fatalf("rejected.ndjson: %q, %v", kept, err)
	}
}

func TestRefusedRecordIsKeptAsideAndTheRestWritten(t *testing.T) {
	dir := t.TempDir()
	store := &fakeStore{refuse: "2"}
	s := open(t, dir, store)
	put(t, s, "1", "2", "3")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := store.ids(); got != "1 3" || s.Refused() != 1 {
		t.Fatalf("store has %q, %d refused", got, s.Refused())
	}
	kept, err := os.ReadFile(filepath.Join(dir, "rejected.ndjson"))
	if err != nil || !strings.Contains(string(kept), `"call_id":"2"`) || !strings.Contains(string(kept), "value too long") {
		t.Fatalf("rejected.ndjson: %q, %v", kept, err)
	}
}

// Many senders at once, a store that comes and goes: nothing is lost.
func TestManySendersNothingLost(t *testing.T) {
	store := &fakeStore{}
	s := open(t, t.TempDir(), store)
	var group sync.WaitGroup
	for sender := range 20 {
		group.Go(func() {
			for i := range 25 {
				if i%5 == 0 {
					store.set(func(f *fakeStore) { f.away = !f.away })
				}
				if err := s.Put(t.Context(), end(fmt.Sprintf("%d-%d", sender, i))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	waiting := s.Waiting() // first: what is moved meanwhile counts twice, not never
	stored := map[string]bool{}
	for id := range strings.FieldsSeq(store.ids()) {
		stored[id] = true
	}
	if int64(len(stored))+waiting < 500 {
		t.Fatalf("%d stored and %d waiting of 500", len(stored), waiting)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestClosedSpoolTakesNothing(t *testing.T) {
	s := open(t, t.TempDir(), &fakeStore{})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Put(t.Context(), end("1")); !errors.Is(err, billing.ErrSpoolClosed) {
		t.Fatalf("put after close: %v", err)
	}
	if s.Queue(end("1")) {
		t.Fatal("queued after close")
	}
}

func TestConfigNamesTheField(t *testing.T) {
	_, err := billing.OpenSpool(billing.SpoolConfig{Dir: t.TempDir(), StoreTimeout: 3 * time.Second, RetryEvery: 1, BatchMax: 1, QueueMax: 1}, &fakeStore{}, zerolog.Nop())
	if diff := cmp.Diff("spool.store_timeout 3s: want more than 0 and less than 2s", fmt.Sprint(err)); diff != "" {
		t.Fatal(diff)
	}
}
