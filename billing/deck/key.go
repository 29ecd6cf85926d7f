package deck

import "math/bits"

// key is a prefix of up to 15 digits in 8 bytes: digit+1 in each nibble, from
// the top. So integer order is the order of the digit strings, and a prefix
// comes right before all that it begins.
type key uint64

const (
	maxDigits  = 15
	nibbleBits = 4
)

// push appends a digit; the caller has checked the length.
func (k key) push(n int, digit byte) key {
	return k | key(digit+1)<<(60-nibbleBits*n)
}

func (k key) len() int {
	if k == 0 {
		return 0
	}
	return (63-bits.TrailingZeros64(uint64(k)))/nibbleBits + 1
}

// begins says whether the code of o starts with k.
func (k key) begins(o key) bool {
	return (k^o)>>(64-nibbleBits*k.len()) == 0
}

// appendTo writes the digits.
func (k key) appendTo(b []byte) []byte {
	for ; k != 0; k <<= nibbleBits {
		b = append(b, byte(k>>60)-1+'0')
	}
	return b
}

func (k key) String() string { return string(k.appendTo(make([]byte, 0, maxDigits))) }
