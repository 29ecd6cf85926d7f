package chaos

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"tandem/play"
)

// settle waits until everything has come to rest: no channel in Asterisk, no hold,
// no call without an end, nothing on its way to MariaDB. What has not come to rest
// when the time is over is told; the audit shows what it means.
func (h *house) settle(ctx context.Context, most time.Duration, say func(format string, args ...any)) []finding {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	last, calm := "", 0
	for {
		err := h.restless(ctx)
		switch {
		case err != nil && ctx.Err() != nil:
			return []finding{{Fault: wrong, Subject: "after " + most.String(), Text: last}}
		case err != nil:
			if calm = 0; err.Error() != last {
				last = err.Error()
				say("waiting: %s", last)
			}
		default:
			// Twice, for what was between two places.
			if calm++; calm == 2 {
				return nil
			}
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return []finding{{Fault: wrong, Subject: "after " + most.String(), Text: last}}
		}
	}
}

// restless says what is still going on.
func (h *house) restless(ctx context.Context) error {
	var waiting []string
	channels, err := h.channels(ctx)
	if err != nil {
		return err
	}
	var holds, open, inUse int
	if err := h.hand.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM holds), (SELECT COUNT(*) FROM calls WHERE ended_at IS NULL),
			(SELECT COUNT(*) FROM balances WHERE held <> 0 OR calls <> 0)`).Scan(&holds, &open, &inUse); err != nil {
		return err
	}
	for _, v := range []struct {
		n    int
		text string
	}{{channels, "channels in Asterisk"}, {holds, "holds"}, {open, "calls without an end"}, {inUse, "balances with money held"}} {
		if v.n > 0 {
			waiting = append(waiting, fmt.Sprintf("%d %s", v.n, v.text))
		}
	}
	for _, n := range h.Nodes {
		left, err := spooled(ctx, n.HTTP)
		if err != nil {
			return err
		}
		if left > 0 {
			waiting = append(waiting, fmt.Sprintf("%d records in the spool of %s", left, n.Name))
		}
	}
	kept, err := filepath.Glob(h.ReportFile() + "*")
	if err != nil {
		return err
	}
	for _, name := range kept {
		if !strings.HasSuffix(name, ".rejected") {
			waiting = append(waiting, "end reports kept in "+filepath.Base(name))
		}
	}
	unknown, err := h.unknown(ctx)
	if err != nil {
		return err
	}
	if unknown > 0 {
		waiting = append(waiting, fmt.Sprintf("%d calls that only Asterisk's own records know", unknown))
	}
	if len(waiting) > 0 {
		return errors.New(strings.Join(waiting, ", "))
	}
	return nil
}

// unknown is how many calls Asterisk has recorded that have no record of ours yet.
func (h *house) unknown(ctx context.Context) (n int, err error) {
	list, err := readCDRs(h.CDRFile())
	if err != nil {
		return 0, err
	}
	ids := map[string]bool{}
	for _, c := range list {
		ids[c.UniqueID] = true
	}
	tx, err := h.hand.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return 0, err
	}
	defer tx.Rollback()
	var b books
	if err := b.readCDRs(ctx, tx); err != nil {
		return 0, err
	}
	for _, c := range b.CDRs {
		ids[c.UniqueID] = true
	}
	if err := b.readCalls(ctx, tx); err != nil {
		return 0, err
	}
	for i := range b.Calls {
		delete(ids, b.Calls[i].ID)
	}
	return len(ids), nil
}

// channels is how many Asterisk has.
func (h *house) channels(ctx context.Context) (int, error) {
	text, err := h.Asterisk.RX(ctx, "core show channels count")
	if err != nil {
		return 0, err
	}
	var n int
	if _, err := fmt.Sscanf(strings.TrimSpace(text), "%d active channel", &n); err != nil {
		return 0, fmt.Errorf("core show channels count: %q", text)
	}
	return n, nil
}

// spooled is how many records a node has on disk that MariaDB does not have yet.
func spooled(ctx context.Context, node netip.AddrPort) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+node.String()+"/metrics", nil)
	if err != nil {
		return 0, err
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 4<<20))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(strings.TrimSpace(line), "tandem_spool_records "); ok {
			n, err := strconv.ParseFloat(value, 64)
			return int(n), err
		}
	}
	return 0, errors.New("no tandem_spool_records among the metrics of " + node.String())
}

// faults are what programs say of themselves when they are ill, and what they put
// aside.
func (h *house) faults() []finding {
	var list []finding
	for _, n := range h.Nodes {
		text, err := os.ReadFile(n.Log)
		if err != nil {
			list = append(list, finding{Fault: wrong, Subject: n.Name, Text: err.Error()})
		}
		for _, said := range []string{"WARNING: DATA RACE", "panic:", "goroutine "} {
			if i := strings.Index(string(text), said); i >= 0 {
				list = append(list, finding{Fault: wrong, Subject: n.Name, Text: fmt.Sprintf("%s: %s", n.Log, text[i:min(len(text), i+3000)])})
				break
			}
		}
		list = append(list, aside(n)...)
	}
	if text, err := os.ReadFile(h.ReportFile() + ".rejected"); err == nil {
		list = append(list, finding{Fault: lost, Subject: "end reports", Text: "put aside: " + string(text[:min(len(text), 1000)])})
	}
	return list
}

// aside are records that MariaDB never took.
func aside(n *play.Node) []finding {
	text, err := os.ReadFile(filepath.Join(spoolDir(n), "rejected.ndjson"))
	if err != nil || len(text) == 0 {
		return nil
	}
	return []finding{{Fault: lost, Subject: n.Name, Text: "records put aside: " + string(text[:min(len(text), 1000)])}}
}
