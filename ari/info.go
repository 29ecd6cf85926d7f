package ari

import (
	"context"
	"fmt"
	"time"

	lib "github.com/CyCoreSystems/ari/v5"
)

// Info tells one life of an Asterisk from the next.
type Info struct {
	Name     string    // systemname
	EntityID string    // EID
	Version  string    // 22.10.1
	Started  time.Time // another one: another life, and all earlier calls are gone
	Reloaded time.Time // the last reload of any module; zero if there was none
}

// Info asks who is there.
func (c *Client) Info(ctx context.Context) (Info, error) {
	info, err := get(ctx, c, "/asterisk/info", nil, decodeInfo)
	if err != nil {
		return Info{}, err
	}
	if info.Name != c.config.Server {
		return Info{}, fmt.Errorf("ari %s: %w: %q: check BaseURL, and systemname in asterisk.conf there", c.config.Server, ErrOtherServer, info.Name)
	}
	return info, nil
}

// epoch is when endpoints were last made anew.
func (i Info) epoch() time.Time {
	if i.Reloaded.After(i.Started) {
		return i.Reloaded
	}
	return i.Started
}

func decodeInfo(body []byte) (Info, error) {
	said, err := object[lib.AsteriskInfo](body)
	if err != nil {
		return Info{}, err
	}
	info := Info{
		Name: said.ConfigInfo.Name, EntityID: said.SystemInfo.EntityID, Version: said.SystemInfo.Version,
		Started: time.Time(said.StatusInfo.StartupTime), Reloaded: time.Time(said.StatusInfo.LastReloadTime),
	}
	if info.Started.IsZero() {
		return Info{}, fmt.Errorf("%w: no startup_time", ErrAnswer)
	}
	return info, nil
}
