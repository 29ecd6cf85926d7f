package play

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"time"
)

// hostNameLimit is how long the look-up of this machine's own name may take.
// From /etc/hosts it takes a millisecond; without an entry and without a name
// server, seconds.
const hostNameLimit = time.Second

// CheckHostName looks this machine's own name up, as Asterisk does for every
// SIP call: where nobody answers, each call stands still for that long (1.4
// calls/s were measured instead of 190). A quick "not found" does no harm.
func CheckHostName(ctx context.Context) error {
	name, err := os.Hostname()
	if err != nil {
		return fmt.Errorf("this machine has no name: %w", err)
	}
	// Go's own resolver reads /etc/hosts and asks the name servers, as the C
	// library that Asterisk brings along does.
	resolver := &net.Resolver{PreferGo: true}
	return checkHostName(ctx, name, resolver.LookupHost)
}

func checkHostName(ctx context.Context, name string, lookup func(context.Context, string) ([]string, error)) error {
	slow := errors.New("slow")
	limited, cancel := context.WithTimeoutCause(ctx, hostNameLimit, slow)
	defer cancel()
	_, _ = lookup(limited, name)
	if errors.Is(context.Cause(limited), slow) {
		return fmt.Errorf("this machine's own name %q is not found within %v, and every call would wait for it: "+
			"add the line \"127.0.1.1 %s\" to /etc/hosts", name, hostNameLimit, name)
	}
	return ctx.Err()
}
