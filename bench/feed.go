package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"tandem/api"
	"tandem/api/access"
	"tandem/api/live"
	v1 "tandem/api/v1"
	"tandem/billing"
	"tandem/billing/rate"
	"tandem/callflow"
	"tandem/internal/e164"
	"tandem/internal/money"
	"tandem/routing"
)

// FeedSpec is what a feed shows.
type FeedSpec struct {
	Listen string
	CPS    int           // calls that begin a second
	Talk   time.Duration // of each
	Plain  string        // file whose text is sent once a second instead: the anchor
}

// feedRing is how long a call rings.
const feedRing = time.Second

// Feed serves the live stream over calls that are made up: each begins, rings,
// talks and ends, as Asterisk's events would tell. It runs in a process of its own
// so that its CPU time can be told apart.
func Feed(ctx context.Context, s FeedSpec) error {
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", s.Listen)
	if err != nil {
		return fmt.Errorf("feed: %w", err)
	}
	var group sync.WaitGroup
	defer group.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	handler, err := s.handler(ctx, &group)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	server := api.NewServer(handler)
	group.Go(func() {
		<-ctx.Done()
		_ = server.Close()
	})
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (s FeedSpec) handler(ctx context.Context, group *sync.WaitGroup) (http.Handler, error) {
	if s.Plain != "" {
		text, err := os.ReadFile(s.Plain)
		return plainFeed(ctx, text), err
	}
	snapshot, _, err := routing.NewSnapshot(routing.Data{
		Currencies: []routing.Currency{{ID: 1, ISO: "USD"}}, FX: map[int64]money.FX{1: 1_0000_0000},
		Providers: []routing.Provider{{ID: 8, Name: "VoxBeam", CurrencyID: 1, Enabled: true, Plain: true}},
		Accounts:  []routing.Account{{ID: 5, Name: "Moscow office", Enabled: true, CurrencyID: 1}},
	}, routing.Options{BaseCurrency: "USD"}, time.Now())
	if err != nil {
		return nil, err
	}
	keeper := callflow.NewKeeper(callflow.KeeperConfig{Now: time.Now})
	board := live.NewBoard(live.Config{
		Keeper: keeper, Books: madeUp{}, Snapshot: func() *routing.Snapshot { return snapshot }, Now: time.Now, Log: zerolog.Nop(),
	}, server)
	config := &v1.Config{Live: &v1.Live{Board: board}, Log: zerolog.Nop()}
	config.Stream = v1.NewStream(config)
	group.Go(func() { config.Stream.Run(ctx) })
	group.Go(func() { s.happen(ctx, board, keeper) })
	handler, _ := v1.New(*config)
	var users atomic.Int64 // each listener is somebody else: one has only so many streams
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		somebody := access.Principal{UserID: users.Add(1), Role: access.Operator}
		http.StripPrefix(v1.Prefix, handler).ServeHTTP(w, r.WithContext(access.With(r.Context(), somebody)))
	}), nil
}

// happen lets calls begin, be answered and end, evenly.
func (s FeedSpec) happen(ctx context.Context, board *live.Board, keeper *callflow.Keeper) {
	tick := time.NewTicker(time.Second / time.Duration(s.CPS))
	defer tick.Stop()
	price := billing.Terms{Sale: &billing.Price{
		Card: rate.Card{Rates: []rate.Rate{{PerMinute: 60_000_000, First: 1, Next: 1}}}, CurrencyID: 1, From: 1_0000_0000, To: 1_0000_0000,
	}}
	ring, talk := int(feedRing*time.Duration(s.CPS)/time.Second), int((feedRing+s.Talk)*time.Duration(s.CPS)/time.Second)
	began := map[int]live.Seen{}
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := time.Now()
		c := live.Seen{CallID: feedID(n), Route: "8.c.a1", Direction: "out", AccountID: 5, BeganAt: now}
		began[n] = c
		keeper.Add(billing.Hold{CallID: c.CallID, AccountID: 5, Amount: 9_000_000, Paid: time.Hour, Terms: price, Server: server, BeganAt: now}, 5)
		board.Told(server, c)
		if c, up := began[n-ring]; up {
			c.Answered = true
			board.Told(server, c)
		}
		if c, up := began[n-talk]; up {
			delete(began, n-talk)
			keeper.Remove(c.CallID)
			board.Ended(server, c.CallID)
		}
	}
}

func feedID(n int) string { return server + "-1795324000." + strconv.Itoa(n) }

// madeUp are the records of calls that are made up.
type madeUp struct{}

func (madeUp) Starts(_ context.Context, ids []string) (map[string]billing.Start, error) {
	found := make(map[string]billing.Start, len(ids))
	for i, id := range ids {
		b := e164.Number("7495777" + strconv.Itoa(1000+i%9000))
		found[id] = billing.Start{CallID: id, Direction: "out", AccountID: 5, SubscriberID: 1, ANumber: "74951815000", BNumber: b, CLI: "74951815000", Node: "tandem-1"}
	}
	return found, nil
}

func (madeUp) OpenHolds(context.Context, string) ([]billing.OpenHold, error) { return nil, nil }

func (madeUp) HoldsOf(context.Context, []string) (map[string]billing.OpenHold, error) {
	return map[string]billing.OpenHold{}, nil
}

// plainFeed is the anchor: the same bytes to everybody, once a second, with no
// thought about them.
func plainFeed(ctx context.Context, text []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		control := http.NewResponseController(w)
		w.Header().Set("Content-Type", "text/event-stream")
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			err := control.SetWriteDeadline(time.Now().Add(5 * time.Second))
			if err == nil {
				_, err = w.Write(text)
			}
			if err != nil || control.Flush() != nil {
				return
			}
			select {
			case <-tick.C:
			case <-r.Context().Done():
				return
			case <-ctx.Done():
				return
			}
		}
	})
}
