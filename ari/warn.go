package ari

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// Events that a whisper waits for.
const (
	stasisStart      = "StasisStart"
	playbackFinished = "PlaybackFinished"
)

const (
	// maxWhisper ends a whisper whose end nobody tells.
	maxWhisper = 15 * time.Second
	// whisperEnd bounds taking it down.
	whisperEnd = 3 * time.Second
)

// Warn plays a sound to the caller alone, in the caller's language and over the
// talk, which goes on. It returns when the sound is over. Two parties of one codec are decoded for so
// long.
func (l *Line) Warn(ctx context.Context, callID, sound string) error {
	if !soundName(sound) {
		return l.unwarned(callID, fmt.Errorf("%w: sound %s: use A-Z a-z 0-9 / _ -", ErrText, quoted(sound)))
	}
	if l.stream == nil || !l.stream.connected.Load() {
		return l.unwarned(callID, fmt.Errorf("%w: the event stream, in whose application the sound is played", ErrAway))
	}
	if err := l.whisper(ctx, callID, sound); err != nil {
		return l.unwarned(callID, err)
	}
	return nil
}

func (l *Line) unwarned(callID string, err error) error {
	return fmt.Errorf("ari %s: warn the caller of %s: %w", l.Server(), quoted(callID), err)
}

func (l *Line) whisper(ctx context.Context, callID, sound string) error {
	ctx, cancel := context.WithTimeout(ctx, maxWhisper)
	defer cancel()
	caller, err := l.client.channelPath(callID)
	if err != nil {
		return err
	}
	language, err := l.ami.Getvar(ctx, callID, "CHANNEL(language)")
	if err != nil {
		return err
	}
	id := "tandem-whisper-" + rand.Text()
	started, forgetStart := l.stream.await(stasisStart, id)
	defer forgetStart()
	finished, forgetEnd := l.stream.await(playbackFinished, id)
	defer forgetEnd()
	_, err = l.client.do(ctx, http.MethodPost, caller+"/snoop", url.Values{
		"snoopId": {id}, "spy": {"none"}, "whisper": {"out"}, "app": {l.stream.config.App},
	})
	// The channel may be there although no answer came.
	defer l.unsnoop(ctx, id)
	if err != nil {
		return err
	}
	if _, err := next(ctx, started); err != nil {
		return fmt.Errorf("the whisper did not begin: %w", err)
	}
	_, err = l.client.do(ctx, http.MethodPost, "/channels/"+id+"/play", url.Values{
		"playbackId": {id}, "media": {"sound:" + sound}, "lang": {language},
	})
	if err != nil {
		return err
	}
	e, err := next(ctx, finished)
	if err != nil {
		return fmt.Errorf("the whisper did not end: %w", err)
	}
	var said struct {
		Playback struct{ State string } `json:"playback"`
	}
	if json.Unmarshal(e.Raw, &said) != nil || said.Playback.State != "done" {
		return fmt.Errorf("sound %s was not played (%s): check that the file is on the server", sound, quoted(said.Playback.State))
	}
	return nil
}

// unsnoop ends the channel that whispers, also when ctx is over. It ends by
// itself with the call.
func (l *Line) unsnoop(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), whisperEnd)
	defer cancel()
	_ = l.client.Hangup(ctx, id, "")
}

func next(ctx context.Context, events <-chan Event) (Event, error) {
	select {
	case e := <-events:
		return e, nil
	case <-ctx.Done():
		return Event{}, context.Cause(ctx)
	}
}
