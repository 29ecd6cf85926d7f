package api_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"tandem/api"
	"tandem/billing"
)

// shelf keeps Asterisk's records as a table does: one a key.
type shelf struct {
	rows   map[string]billing.AsteriskCDR
	puts   []int // sizes of the batches that were kept
	broken error
	after  int // this many batches are kept before broken counts
}

func (s *shelf) PutAsteriskCDRs(_ context.Context, records []billing.AsteriskCDR) error {
	if s.broken != nil && len(s.puts) >= s.after {
		return s.broken
	}
	if s.rows == nil {
		s.rows = map[string]billing.AsteriskCDR{}
	}
	for _, r := range records {
		s.rows[fmt.Sprint(r.UniqueID, r.Sequence, r.Start)] = r
	}
	s.puts = append(s.puts, len(records))
	return nil
}

// cdrLine is a record as Asterisk 22 writes it by the rendered configuration.
func cdrLine(n int) string {
	return fmt.Sprintf(`{"uniqueid":"alpha-1772366400.%d","linkedid":"alpha-1772366400.%d","sequence":%d,"channel":"PJSIP/anna-00000000",`+
		`"dstchannel":"PJSIP/trunk-1-1-00000001","start":1772366400.378062,"answer":1772366401.585617,"end":1772366403.589612,"duration":3,"billsec":2,"disposition":"ANSWERED"}`, n, n, n)
}

func cdrCollector(t *testing.T, s *shelf) (*api.CDRCollector, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "tandem.json")
	return &api.CDRCollector{File: file, Node: "n1", Store: s, Every: 5 * time.Second, Log: zerolog.Nop()}, file
}

func TestCDRsAreCollectedInBatches(t *testing.T) {
	t.Parallel()
	s := &shelf{}
	c, file := cdrCollector(t, s)
	const many = 1203
	var text strings.Builder
	for n := range many {
		text.WriteString(cdrLine(n) + "\n")
		if n == 700 {
			text.WriteString("{\"uniqueid\":\"alpha-17723\n\n") // torn
		}
	}
	write(t, file, text.String())
	if n, err := c.Collect(t.Context()); n != 0 || err != nil {
		t.Fatalf("the file that was just taken away is read at once: %d, %v", n, err)
	}
	if n, err := c.Collect(t.Context()); n != many || err != nil || len(s.rows) != many {
		t.Fatalf("%d records, %d kept, %v", n, len(s.rows), err)
	}
	for _, size := range s.puts {
		if size > 500 {
			t.Fatalf("a batch of %d", size)
		}
	}
	aside, err := os.ReadFile(file + ".rejected")
	if err != nil || string(aside) != "{\"uniqueid\":\"alpha-17723\n" {
		t.Fatalf("put aside %q, %v", aside, err)
	}
	left, err := filepath.Glob(file + "*")
	if err != nil || len(left) != 1 {
		t.Fatalf("left %v, %v", left, err)
	}
}

// The store goes away in the middle of a file: nothing is removed, all of it is
// read again, and what was written meanwhile follows.
func TestCDRsStayUntilAllAreKept(t *testing.T) {
	t.Parallel()
	s := &shelf{broken: billing.ErrUnavailable, after: 1}
	c, file := cdrCollector(t, s)
	var text strings.Builder
	for n := range 800 {
		text.WriteString(cdrLine(n) + "\n")
	}
	write(t, file, text.String()+"nonsense\n")
	for i := range 4 {
		if n, err := c.Collect(t.Context()); n != 0 || (i > 0 && !errors.Is(err, billing.ErrUnavailable)) {
			t.Fatalf("round %d: %d, %v", i, n, err)
		}
	}
	if _, err := os.Stat(file + ".rejected"); err == nil {
		t.Error("put aside before all was kept: it would be put aside again")
	}
	write(t, file, cdrLine(800)+"\n")
	s.broken = nil
	for range 4 {
		if _, err := c.Collect(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.rows) != 801 {
		t.Fatalf("%d records kept, want 801", len(s.rows))
	}
}

// Two nodes of one machine share the file; a node that is gone leaves its part to
// itself.
func TestCDRsOfTwoNodes(t *testing.T) {
	t.Parallel()
	s := &shelf{}
	c, file := cdrCollector(t, s)
	other := *c
	other.Node = "n2"
	write(t, file, cdrLine(1)+"\n")
	if _, err := c.Collect(t.Context()); err != nil {
		t.Fatal(err)
	}
	write(t, file, cdrLine(2)+"\n")
	for range 2 {
		if _, err := other.Collect(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range s.rows {
		if r.Sequence != 2 || len(s.rows) != 1 {
			t.Fatalf("node n2 has read %d records, with %d: want its own", len(s.rows), r.Sequence)
		}
	}
	if n, err := c.Collect(t.Context()); n != 1 || err != nil {
		t.Fatalf("node n1: %d, %v", n, err)
	}
}

func TestCDRsAreCollectedAtEveryInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		c, file := cdrCollector(t, s)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); c.Run(ctx) }()
		synctest.Wait()
		for n := range 3 {
			write(t, file, cdrLine(n)+"\n")
			time.Sleep(2 * c.Every)
			synctest.Wait()
		}
		cancel()
		<-done
		if len(s.rows) != 3 {
			t.Fatalf("%d records kept", len(s.rows))
		}
	})
}
