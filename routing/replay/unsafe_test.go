package replay_test

import (
	"unsafe"

	"tandem/internal/e164"
	"tandem/routing/replay"
)

// lent is a call whose words lie in a buffer, which must have room for them:
// they change with the next call, as those of a source that reads rows may.
func lent(buffer []byte, c *replay.Call) replay.Call {
	v := *c
	buffer = append(append(append(buffer[:0], c.BNumber...), c.ID...), c.Route...)
	words := unsafe.String(unsafe.SliceData(buffer), len(buffer))
	b, id := len(c.BNumber), len(c.BNumber)+len(c.ID)
	v.BNumber, v.ID, v.Route = e164.Number(words[:b]), words[b:id], words[id:]
	return v
}
