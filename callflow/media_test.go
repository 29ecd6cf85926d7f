package callflow_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"tandem/billing"
	"tandem/callflow"
)

// What Asterisk says of a stream comes from strangers: it is cut to what can be.
func TestParseMedia(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]billing.Media{
		"": {},
		"ssrc=5;themssrc=0;lp=0;rxjitter=0.0;rxcount=0;txjitter=0.0;txcount=151;rlp=0;rtt=0.0;rxmes=0.0;txmes=0.0": {Sent: 151},
		"lp=0;rxcount=299;txjitter=0.001;txcount=300":                                                              {Received: 299, Sent: 300, Jitter: time.Millisecond},
		"lp=0;rxcount=300;txjitter=0.001;txcount=300":                                                              {Received: 300, Sent: 300, Jitter: time.Millisecond, MOS: 440},
		// More came than was expected: Asterisk's difference wraps around.
		"lp=4294967293;rxcount=400": {Received: 400, MOS: 440},
		"lp=100;rxcount=4294967295;txjitter=1e300;rtt=-4": {
			Received: 8_640_000, Lost: 100, Jitter: 10 * time.Second, MOS: 100,
		},
		"unknown=thing;rxcount=7;;=;": {Received: 7},
	} {
		if got, err := callflow.ParseMedia(text); err != nil || got != want {
			t.Errorf("%q: %+v, %v; want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"rxcount=", "rxcount=-1", "rxcount=1.5", "lp=99999999999", "txjitter=NaN", "txjitter=", "rtt=0x1g", "txcount=1 2", strings.Repeat("a", 513)} {
		if got, err := callflow.ParseMedia(text); !errors.Is(err, callflow.ErrBadRequest) || got != (billing.Media{}) {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

func FuzzParseMedia(f *testing.F) {
	f.Add("ssrc=1;themssrc=2;lp=25;rxjitter=9.0;rxcount=475;txjitter=0.0125;txcount=500;rlp=7;rtt=0.08")
	f.Fuzz(func(t *testing.T, text string) {
		m, err := callflow.ParseMedia(text)
		if err != nil {
			return
		}
		day := int64(100 * 24 * 3600)
		if m.Received < 0 || m.Received > day || m.Lost < 0 || m.Lost > day || m.Sent < 0 || m.Sent > day ||
			m.Jitter < 0 || m.Jitter > 10*time.Second || m.RTT < 0 || m.RTT > 10*time.Second || m.MOS < 0 || m.MOS > 450 {
			t.Errorf("%q: %+v", text, m)
		}
	})
}
