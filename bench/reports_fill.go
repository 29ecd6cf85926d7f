package bench

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// fill writes the traffic into the tables of records, as fast as MariaDB takes
// rows: it sorts them into empty tables at once.
func (b *reportsBench) fill(ctx context.Context) (err error) {
	for _, setting := range []string{
		fmt.Sprintf("SET GLOBAL innodb_buffer_pool_size = %d", bufferPool),
		"SET GLOBAL innodb_log_file_size = 1073741824",
		"SET GLOBAL innodb_flush_log_at_trx_commit = 0", // loading is not what is measured
		"SET unique_checks = 0", "SET foreign_key_checks = 0",
	} {
		if _, err := b.pool.ExecContext(ctx, setting); err != nil {
			return fmt.Errorf("%s: %w", setting, err)
		}
	}
	if err := b.fillPlaces(ctx); err != nil {
		return err
	}
	if err := loadData(ctx, b.pool, "calls", `call_id, server, direction, account_id, provider_id, dialled, a_number, b_number, cli, started_at, answered_at, ended_at,
		disposition, cause, sip_status, hangup_by, talk_ms, pdd_ms, route, closed_by, cost_base, sale_base, b_place_id, reasons`, b.lines("calls", callLine)); err != nil {
		return err
	}
	if err := loadData(ctx, b.pool, "attempts", `call_id, n, route, provider_id, tier, gate_id, address_id, started_at, result, dial_status, sip_status, cause, rang, progress,
		pdd_ms, elapsed_ms, talk_ms, blame, cost, cost_currency_id, cost_base`, b.lines("attempts", attemptLines)); err != nil {
		return err
	}
	b.options.say("tables are analysed")
	for _, last := range []string{"SET GLOBAL innodb_flush_log_at_trx_commit = 1", "ANALYZE TABLE calls, attempts"} {
		if _, err := b.pool.ExecContext(ctx, last); err != nil {
			return err
		}
	}
	return nil
}

// fillPlaces gives each area a row, so that the raw reports find countries as
// those of records do.
func (b *reportsBench) fillPlaces(ctx context.Context) error {
	for i := range b.traffic.areas {
		p := b.places.Place(b.traffic.number(i))
		if _, err := b.pool.ExecContext(ctx, `INSERT INTO places (id, hash, prefix, country, region, network, type, zones) VALUES (?, UNHEX(MD5(?)), ?, ?, ?, ?, ?, '')`,
			i+1, i, p.Prefix, p.Country, p.Region, p.Network, p.Type.String()); err != nil {
			return err
		}
	}
	return nil
}

// number is one of an area.
func (t *traffic) number(area int) string {
	a := &t.areas[area]
	return a.prefix + strings.Repeat("5", max(0, a.digits-len(a.prefix)))
}

// tellEvery is after how many calls progress is told.
const tellEvery = 1 << 20

// lines makes the traffic anew and writes what a table has of it.
func (b *reportsBench) lines(table string, write func(out *bufio.Writer, c *madeCall)) func(io.Writer) error {
	return func(to io.Writer) error {
		out := bufio.NewWriterSize(to, 1<<16)
		t := newTraffic(b.spec)
		err := t.each(func(c *madeCall) error {
			if c.n%tellEvery == 0 {
				b.options.say("%s: %d million", table, c.n/tellEvery)
			}
			write(out, c)
			return nil
		})
		b.options.say("%s: MariaDB sorts", table)
		return errors.Join(err, out.Flush())
	}
}

// field writes one value; nil is NULL.
func field(out *bufio.Writer, v any) {
	switch v := v.(type) {
	case nil:
		_, _ = out.WriteString(`\N`) // the first error of a bufio.Writer is told by Flush
	case string:
		_, _ = out.WriteString(v)
	case int:
		_, _ = out.Write(strconv.AppendInt(out.AvailableBuffer(), int64(v), 10))
	case time.Time:
		_, _ = out.Write(v.AppendFormat(out.AvailableBuffer(), "2006-01-02 15:04:05.000"))
	}
}

func row(out *bufio.Writer, values ...any) {
	for i, v := range values {
		if i > 0 {
			_ = out.WriteByte('\t')
		}
		field(out, v)
	}
	_ = out.WriteByte('\n')
}

// unless is NULL for a value that says nothing.
func unless[T comparable](v, nothing T) any {
	if v == nothing {
		return nil
	}
	return v
}

func ms32(d time.Duration) int { return int(d.Milliseconds()) }

func (c *madeCall) id() string { return fmt.Sprintf("%s-%d.%08d", server, c.began.Unix(), c.n) }

// cost is what talk costs at 0.01 a minute and more, in millionths.
func (a *madeAttempt) cost() int { return ms32(a.talk) * (100 + a.route.provider) / 600 }

func decimal(millionths int) string { return fmt.Sprintf("%d.%06d", millionths/1e6, millionths%1e6) }

func callLine(out *bufio.Writer, c *madeCall) {
	last := &c.attempts[len(c.attempts)-1]
	var answered, sale any
	ended := last.began.Add(last.elapsed + last.talk)
	if last.result == "answered" {
		answered, sale = last.began.Add(last.elapsed), decimal(last.cost()*13/10)
	}
	row(out, c.id(), serverOf(c), "out", c.account, nil, "8"+c.number, "74951815000", c.number, "74951815000", c.began, answered, ended, last.result,
		unless(last.cause, 0), last.status, "caller", ms32(last.talk), unless(ms32(last.pdd), 0), last.route.key, "report", decimal(last.cost()), sale, c.area+1,
		recordReasons[:60])
}

// serverOf spreads calls over three servers.
func serverOf(c *madeCall) string { return fmt.Sprintf("asterisk-%d", c.n%3) }

func attemptLines(out *bufio.Writer, c *madeCall) {
	for i := range c.attempts {
		a := &c.attempts[i]
		cost := decimal(a.cost())
		row(out, c.id(), a.n, a.route.key, a.route.provider, a.route.tier, unless(a.route.gate, 0), 1, a.began, a.result, "ANSWER", a.status, unless(a.cause, 0),
			flag(a.rang), 0, unless(ms32(a.pdd), 0), ms32(a.elapsed), ms32(a.talk), unless(a.blame, ""), cost, 1, cost)
	}
}

func flag(v bool) int {
	if v {
		return 1
	}
	return 0
}
