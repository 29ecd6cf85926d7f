package billing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"
)

// SpoolConfig says where records wait and how long the store may take.
type SpoolConfig struct {
	Dir          string        // made when missing
	StoreTimeout time.Duration // one batch; must lie well under the end report's own limit of 2 s
	RetryEvery   time.Duration // how often a store that was away is asked again
	BatchMax     int           // records in one transaction; fewer while the store is slow
	QueueMax     int           // records that may wait for the writer
}

func (c SpoolConfig) validate() error {
	switch {
	case c.Dir == "":
		return errors.New("spool.dir is empty: name a directory that survives a restart")
	case c.StoreTimeout <= 0 || c.StoreTimeout >= 2*time.Second:
		return fmt.Errorf("spool.store_timeout %s: want more than 0 and less than 2s", c.StoreTimeout)
	case c.RetryEvery <= 0:
		return fmt.Errorf("spool.retry_every %s: want more than 0", c.RetryEvery)
	case c.BatchMax < 1 || c.QueueMax < 1:
		return errors.New("spool batch and queue need room for one record at least")
	}
	return nil
}

// Spool writes records to the store, and to disk while the store is away. One
// goroutine owns the journal and the order: as long as anything waits on disk,
// new records go behind it.
type Spool struct {
	cfg   SpoolConfig
	store RecordStore
	log   zerolog.Logger

	queue   chan job
	stop    chan struct{}
	done    chan struct{}
	waiting atomic.Int64 // records on disk
	refused atomic.Int64 // records put aside since the start

	journal *journal // owned by run
	room    int      // records in the next transaction; owned by run
}

// job is a record on its way; a nil ack means that nobody waits.
type job struct {
	record Record
	ack    chan error
}

// ErrSpoolClosed is Put's answer after Close began.
var ErrSpoolClosed = errors.New("record spool is closed")

// OpenSpool recovers what an earlier run left on disk and starts the writer.
func OpenSpool(cfg SpoolConfig, store RecordStore, log zerolog.Logger) (*Spool, error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	j, torn, err := openJournal(cfg.Dir)
	if err != nil {
		return nil, err
	}
	if torn > 0 {
		log.Warn().Int("bytes", torn).Str("file", filepath.Join(cfg.Dir, tornName)).
			Msg("last spool line was torn; it had not been acknowledged and is kept aside")
	}
	if j.left > 0 {
		log.Info().Int("records", j.left).Msg("records of an earlier run wait in the spool")
	}
	s := &Spool{
		cfg: cfg, store: store, log: log, journal: j, room: cfg.BatchMax,
		queue: make(chan job, cfg.QueueMax), stop: make(chan struct{}), done: make(chan struct{}),
	}
	s.waiting.Store(int64(j.left))
	go s.run()
	return s, nil
}

// Put returns nil once the record is committed or on disk.
func (s *Spool) Put(ctx context.Context, r Record) error {
	ack := make(chan error, 1)
	select {
	case s.queue <- job{r, ack}:
	case <-s.stop:
		return ErrSpoolClosed
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	select {
	case err := <-ack:
		return err
	case <-s.done:
		// The writer answered everything it took before it ended.
		select {
		case err := <-ack:
			return err
		default:
			return ErrSpoolClosed
		}
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Queue hands a record over without waiting for it. It is for facts that the
// end report repeats; when the queue is full it says so by returning false.
func (s *Spool) Queue(r Record) bool {
	select {
	case <-s.stop:
		return false
	default:
	}
	select {
	case s.queue <- job{record: r}:
		return true
	default:
		return false
	}
}

// Waiting is the number of records on disk that the store does not have yet.
func (s *Spool) Waiting() int64 { return s.waiting.Load() }

// Refused is the number of records put aside since the start because the store
// can never take them.
func (s *Spool) Refused() int64 { return s.refused.Load() }

// Close takes no more records, finishes those it has and ends the writer.
func (s *Spool) Close() error {
	close(s.stop)
	<-s.done
	return s.journal.close()
}

func (s *Spool) run() {
	defer close(s.done)
	retry := time.NewTicker(s.cfg.RetryEvery)
	defer retry.Stop()
	// A batch on its way back to the store; nil while none is. New records are
	// kept meanwhile, so a store that hangs delays nobody.
	var replayed chan batch
	for {
		select {
		case first := <-s.queue:
			s.write(s.collect(first))
		case <-retry.C:
			if s.journal.left > 0 && replayed == nil {
				replayed = s.replay()
			}
		case b := <-replayed:
			replayed = nil
			if s.replayDone(b) {
				replayed = s.replay()
			}
		case <-s.stop:
			s.finish()
			if replayed != nil {
				s.replayDone(<-replayed)
			}
			return
		}
	}
}

// collect takes what has queued up meanwhile: one commit for many calls.
func (s *Spool) collect(first job) []job {
	jobs, most := []job{first}, s.cfg.BatchMax
	if s.journal.left == 0 {
		most = s.room // they go to the store, not to disk
	}
	for len(jobs) < most {
		select {
		case next := <-s.queue:
			jobs = append(jobs, next)
		default:
			return jobs
		}
	}
	return jobs
}

// finish writes what is still queued. Senders that come later see stop.
func (s *Spool) finish() {
	for {
		select {
		case first := <-s.queue:
			s.write(s.collect(first))
		default:
			return
		}
	}
}

func (s *Spool) write(jobs []job) {
	records := make([]Record, len(jobs))
	for i, j := range jobs {
		records[i] = j.record
	}
	var err error
	if s.journal.left > 0 {
		err = s.keep(records)
	} else {
		left, storeErr := s.commit(records)
		s.learn(len(records), storeErr)
		if storeErr != nil {
			s.log.Warn().Err(storeErr).Msg("record store is away; records go to the spool")
			err = s.keep(left)
		}
	}
	if err != nil {
		s.log.Error().Err(err).Int("records", len(records)).Msg("records could neither be committed nor spooled; their senders are told")
	}
	for _, j := range jobs {
		if j.ack != nil {
			j.ack <- err
		}
	}
}

func (s *Spool) keep(records []Record) error {
	err := s.journal.append(records)
	s.waiting.Store(int64(s.journal.left))
	return err
}

// learn finds how many records the store settles in its time. A batch that takes
// longer is rolled back whole, and would be for ever: the next one is half of it.
// Full batches that are committed let it grow again.
func (s *Spool) learn(records int, err error) {
	switch {
	case errors.Is(err, errStoreTimeout):
		s.room = max(1, min(s.room, records)/2)
	case err == nil && records >= s.room:
		s.room = min(s.cfg.BatchMax, s.room+s.room/4+1)
	}
}

// errStoreTimeout says that the store did not answer in time.
var errStoreTimeout = errors.New("record store gave no answer in time")

// commit writes a batch to the store. A record that the store refuses is put
// aside on disk, where a person can look at it, and the rest goes on; left is
// what the store does not have after an error.
func (s *Spool) commit(records []Record) (left []Record, err error) {
	for len(records) > 0 {
		ctx, cancel := context.WithTimeout(context.Background(), s.cfg.StoreTimeout) //nolint:forbidigo // the writer outlives every caller
		err := s.store.WriteRecords(ctx, records)
		if err != nil && ctx.Err() != nil {
			err = fmt.Errorf("%w: %w", errStoreTimeout, err)
		}
		cancel()
		var refused *RefusedError
		if !errors.As(err, &refused) || refused.Index < 0 || refused.Index >= len(records) {
			return records, err
		}
		if err := s.putAside(records[refused.Index], refused.Err); err != nil {
			return records, err
		}
		rest := make([]Record, 0, len(records)-1)
		rest = append(rest, records[:refused.Index]...)
		records = append(rest, records[refused.Index+1:]...)
	}
	return nil, nil
}

func (s *Spool) putAside(r Record, why error) error {
	text, err := json.Marshal(struct {
		Error  string `json:"error"`
		Record Record `json:"record"`
	}{why.Error(), r})
	if err != nil {
		return err
	}
	return s.reject(r.CallID(), string(text), why)
}

func (s *Spool) reject(callID, text string, why error) error {
	file := filepath.Join(s.cfg.Dir, rejectedName)
	if err := appendFile(file, []byte(text+"\n")); err != nil {
		return err
	}
	s.refused.Add(1)
	s.log.Error().Err(why).Str("call_id", callID).Str("file", file).Msg("record refused by the store; kept aside")
	return nil
}

// batch is what waited longest, on its way to the store.
type batch struct {
	lines  int
	length int64
	err    error
}

// replay sends the oldest waiting records to the store in the background.
func (s *Spool) replay() chan batch {
	done := make(chan batch, 1)
	records, bad, length, err := s.journal.peek(s.room)
	go func() {
		if err == nil {
			_, err = s.commit(records)
		}
		// Only now: a batch that the store does not take is read again.
		for _, b := range bad {
			if err == nil {
				err = s.reject("", strings.TrimSpace(b.text), b.err)
			}
		}
		done <- batch{len(records) + len(bad), length, err}
	}()
	return done
}

// replayDone drops a batch that the store has; it reports whether more waits
// and the store is well.
func (s *Spool) replayDone(b batch) bool {
	err := b.err
	s.learn(b.lines, err)
	if err == nil {
		err = s.journal.advance(b.lines, b.length)
	}
	s.waiting.Store(int64(s.journal.left))
	switch {
	case err != nil:
		s.log.Warn().Err(err).Int("waiting", s.journal.left).Msg("spool not replayed yet")
		return false
	case s.journal.left == 0:
		s.log.Info().Msg("spool replayed; records go to the store again")
		return false
	}
	return true
}
