package geo

import "strings"

// keyDigits is how many leading digits settle, with the length of the number,
// its place. Zones are looked up by no more; the tables of regions and networks
// have no longer prefixes, and libphonenumber's port looks no further; no plan
// but the deep ones does. A test walks every plan and proves the last.
const keyDigits = 9

// keyLength is keyDigits, or one more for the plans that look at the tenth
// digit: Colombia's and Georgia's.
func keyLength(digits string) int {
	if strings.HasPrefix(digits, "57") || strings.HasPrefix(digits, "995") {
		return keyDigits + 1
	}
	return keyDigits
}

// key stands for all numbers that have the same place. It wants digits and
// nothing else, at most MaxDigits of them.
func key(digits string) uint64 {
	var k uint64
	for i := range min(len(digits), keyLength(digits)) {
		k = k*10 + uint64(digits[i]-'0')
	}
	return k<<4 | uint64(len(digits)) // 15 at most
}
