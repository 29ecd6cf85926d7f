// Package portability looks up which network a number has been ported to, so
// that it is routed by the network that has it now (LNP, MNP, LRN).
//
//	Dip(number) ──off, or no prefix of ours──▶ the number itself, at no cost
//	    │
//	    ├─ cache.go   known? ───────────────────────────▶ its routing number
//	    │
//	    └─ dipper.go  one flight a number, however many calls ask
//	         │
//	         ├─ source.go  table (rows of the operator) ─found─▶ routing number
//	         │    └─ breaker.go  a source that fails is left alone for a while
//	         ├─ source.go  service.go (HTTP)            ─found─▶ routing number
//	         │    └─ answer.go   what the service may say
//	         └─ nobody knows it, or no answer in time ─────────▶ the number itself
//
// No call fails because of a dip: whatever goes wrong, [Dipper.Dip] returns
// within Config.Timeout, the routing number is the number that was asked for,
// and Answer.Source says why.
//
// # What is bounded
//
// The time of the whole dip, shared evenly between the sources that are still
// to be asked; the entries of the cache and their age; the connections to the
// service, and the bytes of its headers and of its answer. Redirects are not
// followed and environment variables name no proxy.
//
// # What is remembered
//
// A routing number is kept for Config.CacheFor, "not ported" for an hour at
// most. A failure is not kept, nor is an answer that was found past a failing
// source, because that source has the first word once it is back.
//
// # What is never logged
//
// The path and the query of the URL, the token and the body of an answer: each
// may hold a credential or somebody's number.
package portability
