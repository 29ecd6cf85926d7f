package sip

import "sync"

// signal is something that happens once, such as the BYE of a call.
type signal struct {
	once *sync.Once
	ch   chan struct{}
}

func newSignal() signal {
	return signal{once: new(sync.Once), ch: make(chan struct{})}
}

// raise makes it happen; more than once is the same as once.
func (s signal) raise() { s.once.Do(func() { close(s.ch) }) }

// raised is closed when it has happened.
func (s signal) raised() <-chan struct{} { return s.ch }

func (s signal) is() bool {
	select {
	case <-s.ch:
		return true
	default:
		return false
	}
}
