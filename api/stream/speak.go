package stream

import (
	"context"
	"time"
)

// speak lets a topic tell its news until nobody has listened for a while. After a
// quiet interval a change is told at once, else when the interval is over.
func (h *Hub) speak(ctx context.Context, f *feed) {
	defer f.topic.Close()
	timer := time.NewTimer(0)
	defer timer.Stop()
	ready, heard := false, time.Now()
	var changed <-chan struct{}
	for {
		select {
		case <-ctx.Done():
			return
		case <-f.wake:
			if ready {
				h.sendWhole(f)
			}
			continue
		case <-timer.C:
		case <-changed:
		}
		timer.Reset(h.cfg.Every)
		quiet, err := h.news(ctx, f, ready)
		switch {
		case err == nil:
			ready = true
		case ctx.Err() == nil:
			h.cfg.Log.Warn().Err(err).Str("topic", f.name).Msg("a topic has no news to tell")
		}
		changed = nil
		if quiet {
			changed = f.topic.Changed()
		}
		if h.listened(f) {
			heard = time.Now()
		} else if time.Since(heard) > h.cfg.Linger && h.end(f) {
			return
		}
	}
}

// news asks the topic and tells what it says. The first answer is for those who
// wait for the whole.
func (h *Hub) news(ctx context.Context, f *feed, ready bool) (quiet bool, err error) {
	data, err := f.topic.Next(ctx)
	if err != nil {
		return false, err
	}
	if data != nil && ready {
		h.mu.Lock()
		h.publish(f, data)
		h.mu.Unlock()
	}
	h.sendWhole(f)
	return data == nil, nil
}

// sendWhole sends the whole to those who need it.
func (h *Hub) sendWhole(f *feed) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(f.joining) == 0 {
		return
	}
	e := &Event{Topic: f.name, Data: f.topic.Full(), At: time.Now()}
	for s := range f.joining {
		delete(f.joining, s)
		h.send(s, f, e)
	}
}

func (h *Hub) listened(f *feed) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(f.listeners) > 0
}

// end forgets a topic that still has no listeners.
func (h *Hub) end(f *feed) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(f.listeners) > 0 {
		return false
	}
	delete(h.feeds, f.name)
	return true
}
