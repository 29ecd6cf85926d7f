package geo

// KeyLength is for the proof that it is enough.
func KeyLength(digits string) int { return keyLength(digits) }

// Read is the answer without the cache.
func Read(s string) Place {
	n, ok := parse(s)
	if !ok {
		return Place{}
	}
	return read(&n)
}

// ZoneLists is how many lists of zones are kept.
func (a *Atlas) ZoneLists() int { return len(a.zones.lists) }
