package sip

import (
	"context"
	"fmt"
	"slices"
)

// Result is what is known of the call so far.
func (c *Call) Result() CallResult {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.result
	r.Provisionals = slices.Clone(r.Provisionals)
	return r
}

// CallID is the SIP Call-ID of this leg; behind Asterisk the other leg has its own.
func (c *Call) CallID() string { return c.callID }

// Header is the value of a header of the final response, such as Reason or
// Warning; "" before it or if there is none.
func (c *Call) Header(name string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.response == nil {
		return ""
	}
	return headerOf(c.response, name)
}

// Done is closed when nothing more will happen to the call.
func (c *Call) Done() <-chan struct{} { return c.done.raised() }

// WaitRinging waits for the first 180 or 183, or for the final response.
func (c *Call) WaitRinging(ctx context.Context) error {
	select {
	case <-c.ringing.raised():
		return nil
	case <-c.final.raised():
		return nil
	case <-ctx.Done():
		return fmt.Errorf("sip: wait for ringing: %w", context.Cause(ctx))
	}
}

// WaitAnswer waits for the final response. One that is no answer is a
// RejectedError.
func (c *Call) WaitAnswer(ctx context.Context) error {
	select {
	case <-c.final.raised():
	case <-ctx.Done():
		return fmt.Errorf("sip: wait for answer: %w", context.Cause(ctx))
	}
	if r := c.Result(); !r.Answered() {
		return &RejectedError{Status: r.Status, Reason: r.Reason}
	}
	return nil
}

// WaitEnded waits until the call is over, by whomever.
func (c *Call) WaitEnded(ctx context.Context) error {
	select {
	case <-c.done.raised():
		return nil
	case <-ctx.Done():
		return fmt.Errorf("sip: wait for end: %w", context.Cause(ctx))
	}
}

// EarlyMediaPackets is how many RTP packets came before the answer: an
// announcement that is spoken without answering is heard here.
func (c *Call) EarlyMediaPackets() int {
	early, _ := c.media.counts()
	return early
}

// MediaPackets is how many RTP packets came in all.
func (c *Call) MediaPackets() int {
	_, all := c.media.counts()
	return all
}

// SoundPackets is how many RTP packets held more than silence.
func (c *Call) SoundPackets() int {
	if c.media == nil {
		return 0
	}
	return int(c.media.sound.Load())
}

// WaitMedia waits until n RTP packets have come in all. One caller at a time.
func (c *Call) WaitMedia(ctx context.Context, n int) error { return c.media.await(ctx, n) }
