package ari

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
)

// filter leaves at Asterisk what nobody here wants to know: a call is some seventy
// events, and most of them are variables. It is said anew after each connect, as
// the application may be.
func (s *Stream) filter(ctx context.Context) error {
	if !s.config.Everything {
		return nil
	}
	types := slices.Collect(maps.Keys(s.config.Handlers))
	// What whispers wait for, and what tells that another client took the stream.
	types = append(types, stasisStart, playbackFinished, "ApplicationReplaced")
	slices.Sort(types)
	type allowed struct {
		Type string `json:"type"`
	}
	var filter struct {
		Allowed []allowed `json:"allowed"`
	}
	for _, t := range slices.Compact(types) {
		filter.Allowed = append(filter.Allowed, allowed{t})
	}
	text, err := json.Marshal(filter)
	if err != nil {
		return err
	}
	_, err = s.client.send(ctx, http.MethodPut, "/applications/"+url.PathEscape(s.config.App)+"/eventFilter", nil, text)
	if status, ok := errors.AsType[*StatusError](err); ok && status.Status == http.StatusNotFound {
		s.log.Warn().Msg("all ARI events come, as this server lacks res_ari_applications.so: render its configuration anew")
		return nil
	}
	return err
}
