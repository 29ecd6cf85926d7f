// Package access says who asks over HTTP and what they may do.
//
//	cookie or key ──▶ Guard.Identify ──▶ Principal in the context
//	                                        │
//	operation's Rule ──────────── Allows ───┴──▶ go on, 401 or 403
//
// Every operation of the API has a Rule; one without is not served. Passwords are
// kept as argon2id hashes, sessions and keys as SHA-256 of random secrets.
package access
