package geo

import (
	"strings"
	"sync"
	"time"
)

// maxZoneLists bounds the lists of zones that are remembered. The tables have
// some three hundred; more come only from Places made by hand.
const maxZoneLists = 1024

// zoneTable keeps every list of zones once, and every zone once.
type zoneTable struct {
	mu    sync.RWMutex
	lists map[string]*zoneList // by Place.Zones
	zones map[string]*time.Location
}

// zoneList is Place.Zones, loaded when somebody asks for the hour there.
type zoneList struct {
	name   string
	loaded bool
	zones  []*time.Location
}

func newZoneTable() *zoneTable {
	return &zoneTable{lists: map[string]*zoneList{}, zones: map[string]*time.Location{}}
}

// one returns the copy of a list that all places with it share.
func (t *zoneTable) one(name string) string {
	if name == "" {
		return ""
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.list(name).name
}

// list is called with the lock held.
func (t *zoneTable) list(name string) *zoneList {
	l, ok := t.lists[name]
	if ok {
		return l
	}
	l = &zoneList{name: strings.Clone(name)}
	if len(t.lists) < maxZoneLists {
		t.lists[l.name] = l
	}
	return l
}

// locations loads a list once.
func (t *zoneTable) locations(name string) []*time.Location {
	if name == "" {
		return nil
	}
	t.mu.RLock()
	l, ok := t.lists[name]
	if ok && l.loaded {
		zones := l.zones
		t.mu.RUnlock()
		return zones
	}
	t.mu.RUnlock()

	t.mu.Lock()
	defer t.mu.Unlock()
	l = t.list(name)
	if !l.loaded {
		t.load(l)
	}
	return l.zones
}

// load is called with the lock held: the files of a list take a millisecond,
// once.
func (t *zoneTable) load(l *zoneList) {
	l.loaded = true
	for name := range strings.SplitSeq(l.name, ",") {
		if name == "" || name == "Local" {
			continue // they would be UTC and the zone of this machine
		}
		zone, ok := t.zones[name]
		if !ok {
			var err error
			if zone, err = time.LoadLocation(name); err != nil {
				continue
			}
			t.zones[strings.Clone(name)] = zone
		}
		l.zones = append(l.zones, zone)
	}
}
