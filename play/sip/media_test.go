package sip

import "testing"

// Silence is what decoders make of it, too: both codes of 0, and the step beside.
func TestLoud(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		payload byte
		sample  byte
		want    bool
	}{
		{payloadPCMU, 0xff, false},
		{payloadPCMU, 0x7f, false},
		{payloadPCMU, 0xfe, false},
		{payloadPCMU, 0x00, true},  // -32124
		{payloadPCMU, 0x80, true},  // 32124
		{payloadPCMU, 0xd0, true},  // 396
		{payloadPCMU, 0xe8, false}, // 84+
		{payloadPCMA, 0xd5, false},
		{payloadPCMA, 0x55, false},
		{payloadPCMA, 0xd4, false},
		{payloadPCMA, 0xaa, true}, // 32256
		{payloadPCMA, 0x2a, true},
		{101, 0x00, false},
	} {
		packet := []byte{0xff, 0xff, test.sample}
		if test.payload == payloadPCMA {
			packet[0], packet[1] = 0xd5, 0xd5
		}
		if got := loud(test.payload, packet); got != test.want {
			t.Errorf("payload %d, sample %#x: %v, want %v", test.payload, test.sample, got, test.want)
		}
	}
	if a := ulawAmplitude(0x80); a != 32124 {
		t.Errorf("the loudest µ-law sample is %d", a)
	}
	if a := alawAmplitude(0xaa); a != 32256 {
		t.Errorf("the loudest A-law sample is %d", a)
	}
}
