package routing

import (
	"encoding/binary"
	"math"

	"tandem/internal/e164"
	"tandem/internal/money"
)

// What a stored weight says with a bit. A weight of none at all is a 0.
const (
	weightThere = 1 << iota
	weightExploring
	weightFloored
	weightDemoted
	weightABR // of its floor
)

// append writes a weight in some thirty bytes.
func (w *Weight) append(b []byte) []byte {
	if w == nil {
		return append(b, 0)
	}
	b = binary.AppendVarint(append(b, w.bits()), int64(w.Worth))
	b = appendShare(b, w.Low)
	b = binary.AppendUvarint(b, uint64(w.Samples))
	if w.Demoted != 0 {
		b = binary.AppendUvarint(b, uint64(w.Demoted))
	}
	for _, share := range []int32{w.Own, w.Borrowed, w.Expected, w.Ended} {
		b = appendShare(b, share)
	}
	b = binary.AppendVarint(b, int64(w.Lender))
	b = binary.AppendVarint(binary.AppendVarint(b, int64(w.Gain)), int64(w.Fee))
	b = binary.AppendVarint(binary.AppendUvarint(b, uint64(w.Wait)), int64(w.Delay))
	if w.Floored {
		b = w.Floor.append(b)
	}
	return b
}

func (w *Weight) bits() byte {
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
	if w.Floored && w.Floor.ABR {
		bits |= weightABR
	}
	return bits
}

func (f *Floor) append(b []byte) []byte {
	b = appendShare(appendText(b, f.Prefix), f.Least)
	b = binary.AppendUvarint(b, uint64(f.Over))
	b = appendShare(b, f.Share)
	return binary.AppendUvarint(b, uint64(f.Of))
}

func appendShare(b []byte, v int32) []byte { return binary.AppendUvarint(b, uint64(max(0, v))) }

// weight reads one; argued says that it has the figures that it was worked out from.
func (d *decoder) weight(argued bool) *Weight {
	bits := d.byte()
	if bits == 0 {
		return nil
	}
	w := &Weight{Exploring: bits&weightExploring != 0, Floored: bits&weightFloored != 0}
	w.Worth = money.Amount(d.int())
	w.Low = d.share()
	w.Samples = uint32(d.most(math.MaxUint32))
	if bits&weightDemoted != 0 {
		w.Demoted = uint32(d.most(math.MaxUint32))
	}
	if !argued {
		return w
	}
	w.Own, w.Borrowed, w.Expected, w.Ended = d.share(), d.share(), d.share(), d.share()
	w.Lender = d.lender()
	w.Gain, w.Fee = money.Amount(d.int()), money.Amount(d.int())
	w.Wait, w.Delay = uint32(d.most(math.MaxUint32)), money.Amount(d.int())
	if w.Floored {
		w.Floor = Floor{
			ABR: bits&weightABR != 0, Prefix: d.text(), Least: d.share(), Over: uint32(d.most(math.MaxUint32)), Share: d.share(), Of: uint32(d.most(math.MaxUint32)),
		}
	}
	return w
}

// share is one in millionths.
func (d *decoder) share() int32 { return int32(d.most(1_000_000)) }

// lender is a number of digits, or that nobody lent.
func (d *decoder) lender() int8 {
	v := d.int()
	if v < int64(LentByDestination) || v > e164.MaxDigits {
		d.bad = true
		return 0
	}
	return int8(v)
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
