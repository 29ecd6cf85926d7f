package bench

import (
	"context"
	"fmt"
	"time"
)

// run asks every address in turns.
func (b *apiBench) run(ctx context.Context, report *APIReport) error {
	each := b.spec.Each / time.Duration(b.spec.Slices)
	for i := range report.Cases {
		if err := b.alone(ctx, &report.Cases[i], min(each, time.Second)); err != nil {
			return err
		}
	}
	for turn := range b.spec.Slices {
		b.options.say("turn %d of %d", turn+1, b.spec.Slices)
		for i := range report.Cases {
			if err := b.turn(ctx, &report.Cases[i], each); err != nil {
				return err
			}
		}
	}
	for i := range report.Cases {
		report.Cases[i].sum(&report.Cases[0])
	}
	return nil
}

// alone asks one request at a time, and looks at the size of the answer.
func (b *apiBench) alone(ctx context.Context, c *APICase, d time.Duration) (err error) {
	if c.Bytes, err = b.ask(ctx, c.Path, 0); err != nil {
		return fmt.Errorf("%s: %w", c.Path, err)
	}
	for _, side := range b.sides(c) {
		s, err := b.slice(ctx, 1, d, side.work)
		if err != nil {
			return err
		}
		side.AloneP50, side.AloneP99 = ms(s.p50), ms(s.p99)
	}
	return nil
}

func (b *apiBench) turn(ctx context.Context, c *APICase, d time.Duration) error {
	for _, side := range b.sides(c) {
		s, err := b.slice(ctx, b.spec.Workers, d, side.work)
		if err != nil {
			return err
		}
		side.slices = append(side.slices, s)
	}
	return nil
}

// apiWork is a side with what is to be done for it.
type apiWork struct {
	*APISide

	work work
}

func (b *apiBench) sides(c *APICase) []apiWork {
	list := []apiWork{{&c.API, func(ctx context.Context, worker, _ int) error {
		_, err := b.ask(ctx, c.Path, worker)
		return err
	}}}
	if c.SQL != nil {
		list = append(list, apiWork{c.SQL, func(ctx context.Context, _, _ int) error { return b.query(ctx, c) }})
	}
	return list
}

// slice works for a while.
func (b *apiBench) slice(ctx context.Context, workers int, d time.Duration, one work) (s holdsSlice, err error) {
	w, err := startWatch()
	if err != nil {
		return s, err
	}
	before, err := b.meter.read()
	if err != nil {
		return s, err
	}
	s = loop(ctx, workers, d, one)
	used, err := b.meter.since(before)
	if err != nil {
		return s, err
	}
	s.cpu, s.mariadb = used[0], used[1]
	s.others, err = w.others(used)
	return s, err
}

// sum makes the case's figures of its slices.
func (c *APICase) sum(empty *APICase) {
	c.API.sum()
	rates := c.API.rates()
	c.ToEmpty = ratioOf(rates, empty.API.rates())
	var others []float64
	for _, s := range c.API.slices {
		others = append(others, s.others)
	}
	c.Others = rangeOf(others)
	if c.SQL != nil {
		c.SQL.sum()
		*c.ToSQL = ratioOf(rates, c.SQL.rates())
	}
	if g := c.Goal; g != nil {
		took := c.API.AloneP99
		if g.Percentile == 50 {
			took = c.API.AloneP50
		}
		g.Reached = took <= g.Most && c.API.Failed == 0
	}
}

func (a *APISide) rates() (list []float64) {
	for _, s := range a.slices {
		list = append(list, s.perSecond())
	}
	return list
}

func (a *APISide) sum() {
	var elapsed, cpu, mariadb time.Duration
	var p50, p99 []time.Duration
	for _, s := range a.slices {
		a.Done, a.Failed = a.Done+s.done, a.Failed+s.failed
		elapsed, cpu, mariadb = elapsed+s.elapsed, cpu+s.cpu, mariadb+s.mariadb
		p50, p99 = append(p50, s.p50), append(p99, s.p99)
		if a.FirstError == "" && s.firstErr != nil {
			a.FirstError = s.firstErr.Error()
		}
	}
	a.PerSecond = per(a.Done, elapsed)
	if a.Done > 0 {
		a.CPU, a.MariaDBCPU = us(cpu)/float64(a.Done), us(mariadb)/float64(a.Done)
	}
	a.P50, a.P99 = ms(percentile(p50, 50)), ms(percentile(p99, 50))
}
