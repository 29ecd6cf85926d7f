package dialplan

import "slices"

// masked stands for a secret: it passes every check, and opens nothing.
const masked = "********"

// Masked is the server without its secrets, to show its configuration to people.
// Its files have the same lines as the real ones.
func (s Server) Masked() Server {
	for _, u := range []*User{&s.ARI, &s.AMI, &s.IAX} {
		hide(&u.Secret)
	}
	s.Gates, s.Subscribers, s.Neighbours = slices.Clone(s.Gates), slices.Clone(s.Subscribers), slices.Clone(s.Neighbours)
	for i := range s.Gates {
		hide(&s.Gates[i].Password)
	}
	for i := range s.Subscribers {
		hide(&s.Subscribers[i].Secret)
	}
	for i := range s.Neighbours {
		hide(&s.Neighbours[i].Secret)
	}
	return s
}

// hide leaves an empty secret empty: that there is none is worth knowing.
func hide(secret *string) {
	if *secret != "" {
		*secret = masked
	}
}
