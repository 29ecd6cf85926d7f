package send

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// Errand is a message with its target. Whoever has taken it tells what came of it.
type Errand struct {
	Kind    string
	Target  Target
	Message Message
	Problem string                                       // why it cannot be sent at all; empty: it can
	Sent    func(ctx context.Context, note string) error // note: who has not taken it; empty: everybody has
	Failed  func(ctx context.Context, problem string, forGood bool) error
}

// Config is what a courier works with.
type Config struct {
	// Take takes the next message that is due; ok is false when there is none.
	Take   func(ctx context.Context) (e Errand, ok bool, err error)
	Sender *Sender
	Every  time.Duration // between looks
	Told   func(kind, outcome string)
	Log    zerolog.Logger
}

// atOnce is how many messages are on their way at the same time: a receiver that is
// slow does not hold up the others.
const atOnce = 4

// Courier sends what is due.
type Courier struct {
	config Config
	wake   chan struct{}
}

// NewCourier makes one. Run must run somewhere.
func NewCourier(c Config) *Courier { return &Courier{c, make(chan struct{}, 1)} }

// Wake lets it look at once.
func (c *Courier) Wake() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// Run sends until ctx ends; what is on its way then is sent to its end.
func (c *Courier) Run(ctx context.Context) {
	places := make(chan struct{}, atOnce)
	var running sync.WaitGroup
	defer running.Wait()
	for {
		for c.next(ctx, places, &running) {
		}
		select {
		case <-ctx.Done():
			return
		case <-c.wake:
		case <-time.After(c.config.Every):
		}
	}
}

// next takes one message and sends it beside the others. more says that there may
// be another.
func (c *Courier) next(ctx context.Context, places chan struct{}, running *sync.WaitGroup) (more bool) {
	select {
	case places <- struct{}{}:
	case <-ctx.Done():
		return false
	}
	e, ok, err := c.config.Take(ctx)
	if err != nil || !ok {
		<-places
		if err != nil && ctx.Err() == nil {
			c.config.Log.Warn().Err(err).Msg("messages of alarms cannot be read")
		}
		return false
	}
	running.Go(func() {
		defer func() { <-places }()
		c.Deliver(context.WithoutCancel(ctx), &e)
	})
	return true
}

// Deliver sends one message and tells what came of it.
func (c *Courier) Deliver(ctx context.Context, e *Errand) {
	problem, forGood := e.Problem, true
	if problem == "" {
		err := c.config.Sender.Send(ctx, &e.Target, &e.Message)
		switch {
		case err == nil:
			c.told(ctx, e, "sent", e.Sent(ctx, ""))
			return
		case errors.Is(err, ErrPartly):
			c.config.Log.Warn().Str("id", e.Message.ID).Str("kind", e.Kind).Err(err).Msg("an alarm was not told to everybody")
			c.told(ctx, e, "sent", e.Sent(ctx, err.Error()))
			return
		}
		problem, forGood = err.Error(), errors.Is(err, ErrGone)
	}
	c.config.Log.Warn().Str("id", e.Message.ID).Str("kind", e.Kind).Str("problem", problem).Msg("an alarm could not be told")
	c.told(ctx, e, "failed", e.Failed(ctx, problem, forGood))
}

// told counts, and complains when it could not be written down: the message is sent
// once more then.
func (c *Courier) told(ctx context.Context, e *Errand, outcome string, err error) {
	if c.config.Told != nil {
		c.config.Told(e.Kind, outcome)
	}
	if err != nil && ctx.Err() == nil {
		c.config.Log.Warn().Err(err).Str("id", e.Message.ID).Msg("what came of an alarm's message could not be written down")
	}
}
