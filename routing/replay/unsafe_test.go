package replay_test

import "unsafe"

// unsafeString is a string over bytes that change later.
func unsafeString(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
