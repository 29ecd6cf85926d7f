package aritest

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"
)

// Send sends a message over every event stream and reports how many there are.
func (s *Server) Send(ctx context.Context, message string) int {
	var streams []*websocket.Conn
	s.set(func() {
		for c := range s.streams {
			streams = append(streams, c)
		}
	})
	for _, c := range streams {
		_ = c.Write(ctx, websocket.MessageText, []byte(message))
	}
	return len(streams)
}

// DropStreams cuts every event stream.
func (s *Server) DropStreams() {
	s.set(func() {
		for c := range s.streams {
			_ = c.CloseNow()
		}
	})
}

// SetDeaf has event streams opened that read nothing, pings neither.
func (s *Server) SetDeaf(deaf bool) { s.set(func() { s.deaf = deaf }) }

// events is GET /events.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock() // Send and DropStreams wait until a stream that knows itself connected is in the list
	deaf := s.deaf
	c, err := websocket.Accept(w, r, nil)
	if err == nil {
		s.streams[c] = r.URL.Query().Get("app")
	}
	s.mu.Unlock()
	if err != nil {
		return
	}
	defer s.set(func() { delete(s.streams, c) })
	if deaf {
		<-s.ended
	} else {
		<-c.CloseRead(r.Context()).Done()
	}
	_ = c.CloseNow()
}

// whisper is POST /channels/ID/snoop and /play: it begins and ends at once, as
// the application is told. A sound whose name begins with "no" is not there.
func (s *Server) whisper(w http.ResponseWriter, r *http.Request, what string) {
	q, ctx := r.URL.Query(), context.WithoutCancel(r.Context())
	if what == "snoop" {
		s.channels = append(s.channels, Channel{ID: q.Get("snoopId"), Name: "Snoop/x"})
		go s.Send(ctx, `{"type":"StasisStart","application":"`+q.Get("app")+`","channel":{"id":"`+q.Get("snoopId")+`"}}`)
		write(w, map[string]any{"id": q.Get("snoopId")})
		return
	}
	state := "done"
	if strings.HasPrefix(q.Get("media"), "sound:no") {
		state = "failed"
	}
	event, err := json.Marshal(map[string]any{"type": "PlaybackFinished", "playback": map[string]string{"id": q.Get("playbackId"), "state": state}})
	if err != nil {
		return
	}
	time.AfterFunc(20*time.Millisecond, func() { s.Send(ctx, string(event)) })
	w.WriteHeader(http.StatusCreated)
	write(w, map[string]any{"id": q.Get("playbackId")})
}
