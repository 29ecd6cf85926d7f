package ari

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// Bounds of AMI. A peer that is gone without a word is noticed within
// amiSilence, and asked for a sign of life after amiIdle.
const (
	amiIdle    = 3 * time.Second
	amiSilence = 9 * time.Second
)

// AMIConfig says how one server's AMI is reached.
type AMIConfig struct {
	// Server is the server's name, Asterisk's systemname. Another name there is
	// an error.
	Server string
	// Address is host:port of manager.conf.
	Address string
	// User and Secret are those of manager.conf.
	User, Secret string
	// Timeout bounds one request, and each step of a connection's beginning; 0
	// means 3 s.
	Timeout time.Duration
	Log     zerolog.Logger
}

// Validate names every field that cannot work.
func (c AMIConfig) Validate() error {
	var errs []error
	for _, f := range []struct{ name, value string }{{"Server", c.Server}, {"User", c.User}, {"Secret", c.Secret}} {
		if f.value == "" {
			errs = append(errs, fmt.Errorf("ari: AMI config: %s is empty", f.name))
		}
		if checkText(f.value) != nil {
			errs = append(errs, fmt.Errorf("ari: AMI config: %s holds a line end or is too long", f.name))
		}
	}
	if host, port, err := net.SplitHostPort(c.Address); err != nil || host == "" || port == "" {
		errs = append(errs, errors.New("ari: AMI config: Address: write HOST:PORT"))
	}
	if c.Timeout < 0 || c.Timeout > time.Minute {
		errs = append(errs, fmt.Errorf("ari: AMI config: Timeout is %v, must be up to 1m, or 0 for %v", c.Timeout, defaultTimeout))
	}
	return errors.Join(errs...)
}

// AMI is one connection to one server, kept up by Run. Any number of goroutines
// may ask at once; answers find their questions by ActionID.
type AMI struct {
	config        AMIConfig
	log           zerolog.Logger
	idle, silence time.Duration

	mu      sync.Mutex
	conn    *amiConn      // nil while there is none
	err     error         // why there is none; nil before the first try has ended
	changed chan struct{} // closed when one of these changes
}

// NewAMI makes a client that is away until Run runs.
func NewAMI(c AMIConfig) (*AMI, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c.Timeout = cmp.Or(c.Timeout, defaultTimeout)
	return &AMI{config: c, log: c.Log.With().Str("server", c.Server).Logger(), idle: amiIdle, silence: amiSilence, changed: make(chan struct{})}, nil
}

// Server is the name of the server that is asked.
func (a *AMI) Server() string { return a.config.Server }

// Up says whether there is a connection.
func (a *AMI) Up() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.conn != nil
}

// Run keeps the connection up until ctx ends.
func (a *AMI) Run(ctx context.Context) {
	keepUp(ctx, a.log, "no AMI: limits of calls in progress cannot be moved", "AMI answers again", func(ctx context.Context, up func()) error {
		err := a.session(ctx, up)
		a.set(nil, err)
		return err
	})
}

// session is one connection, from its first byte to its last.
func (a *AMI) session(ctx context.Context, up func()) error {
	dialer := net.Dialer{Timeout: a.config.Timeout, KeepAlive: 15 * time.Second}
	socket, err := dialer.DialContext(ctx, "tcp", a.config.Address)
	if err != nil {
		return fmt.Errorf("ari %s: AMI: %w", a.config.Server, err)
	}
	c := newAMIConn(socket)
	defer context.AfterFunc(ctx, c.close)()
	defer c.close()
	if err := a.begin(c); err != nil {
		return a.failure(err)
	}
	a.set(c, nil)
	up()
	var pinger sync.WaitGroup
	pinger.Go(func() { c.pings(a.idle) })
	err = c.receive(a.silence)
	c.close()
	pinger.Wait()
	return a.failure(err)
}

func (a *AMI) failure(err error) error {
	return fmt.Errorf("ari %s: AMI: %w", a.config.Server, err)
}

// begin logs in by a challenge: the secret itself is never sent.
func (a *AMI) begin(c *amiConn) error {
	if err := c.socket.SetDeadline(time.Now().Add(a.config.Timeout)); err != nil {
		return err
	}
	greeting, err := c.reader.line()
	if err != nil {
		return err
	}
	if !strings.HasPrefix(greeting, "Asterisk Call Manager/") {
		return fmt.Errorf("%w: it begins with %s", ErrAnswer, quoted(greeting))
	}
	challenge, err := c.alone(amiAction{"Challenge", []amiField{{"AuthType", "MD5"}}})
	if err != nil {
		return err
	}
	if !challenge.good() || challenge.challenge == "" {
		return fmt.Errorf("%w: no challenge, but %s", ErrAnswer, quoted(challenge.message))
	}
	said, err := c.alone(amiAction{"Login", []amiField{
		{"Username", a.config.User}, {"Events", "off"}, {"AuthType", "MD5"}, {"Key", amiKey(challenge.challenge, a.config.Secret)},
	}})
	if err != nil {
		return err
	}
	if !said.good() {
		return fmt.Errorf("%w (%s): User %q and its Secret must be a section of manager.conf there, and permit this address", ErrRefused, quoted(said.message), a.config.User)
	}
	said, err = c.alone(amiAction{"Getvar", []amiField{{"Variable", "SYSTEMNAME"}}})
	if err != nil {
		return err
	}
	if !said.good() || said.value != a.config.Server {
		return fmt.Errorf("%w: %s: check Address, and systemname in asterisk.conf there", ErrOtherServer, quoted(said.value))
	}
	return c.socket.SetDeadline(time.Time{})
}

func (a *AMI) set(c *amiConn, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.conn, a.err = c, err
	close(a.changed)
	a.changed = make(chan struct{})
}

// connection is the one there is. It waits for the first, and for none after.
func (a *AMI) connection(ctx context.Context) (*amiConn, error) {
	for {
		a.mu.Lock()
		conn, err, changed := a.conn, a.err, a.changed
		a.mu.Unlock()
		if conn != nil {
			return conn, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrAway, err)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", ErrAway, context.Cause(ctx))
		}
	}
}
