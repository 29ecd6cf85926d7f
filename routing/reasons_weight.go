package routing

import (
	"encoding/binary"
	"math"

	"tandem/internal/money"
)

// What a stored weight says with a bit. A weight of none at all is a 0.
const (
	weightThere = 1 << iota
	weightExploring
	weightFloored
	weightDemoted
)

// append writes a weight in six to twelve bytes.
func (w *Weight) append(b []byte) []byte {
	if w == nil {
		return append(b, 0)
	}
	bits := byte(weightThere)
	if w.Exploring {
		bits |= weightExploring
	}
	if w.Floored {
		bits |= weightFloored
	}
	if w.Demoted != 0 {
		bits |= weightDemoted
	}
	b = binary.AppendVarint(append(b, bits), int64(w.Worth))
	b = binary.AppendUvarint(b, uint64(max(0, w.Low)))
	b = binary.AppendUvarint(b, uint64(w.Samples))
	if w.Demoted != 0 {
		b = binary.AppendUvarint(b, uint64(w.Demoted))
	}
	return b
}

func (d *decoder) weight() *Weight {
	bits := d.byte()
	if bits == 0 {
		return nil
	}
	w := &Weight{Exploring: bits&weightExploring != 0, Floored: bits&weightFloored != 0}
	w.Worth = money.Amount(d.int())
	w.Low = int32(d.most(1_000_000))
	w.Samples = uint32(d.most(math.MaxUint32))
	if bits&weightDemoted != 0 {
		w.Demoted = uint32(d.most(math.MaxUint32))
	}
	return w
}

// most is a number that is at most so much.
func (d *decoder) most(bound uint64) uint64 {
	v := d.uint()
	if v > bound {
		d.bad = true
		return 0
	}
	return v
}
