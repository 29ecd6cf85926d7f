package access

import (
	"crypto/rand"
	"crypto/sha256"

	"tandem/db"
)

// newToken is a random secret of 208 bits, in letters and digits.
func newToken() string { return rand.Text() + rand.Text()[:16] }

// hashOf is what the database keeps of a random secret. It needs no slow hash:
// nobody guesses one.
func hashOf(secret string) db.Hash { return sha256.Sum256([]byte(secret)) }
