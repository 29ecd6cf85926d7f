package portability

import (
	"net/http"

	"github.com/rs/zerolog"
)

// NewOver is [New] over a transport of the test's.
func NewOver(c Config, log zerolog.Logger, m Metrics, transport http.RoundTripper) (*Dipper, error) {
	return build(c, log, m, transport)
}
