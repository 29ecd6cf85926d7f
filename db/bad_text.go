package db

// errCollations: MariaDB compares no text beyond ASCII with one of ASCII alone.
const errCollations = 1267

// IsBadText says whether something was looked for by a text that it cannot have: call
// ids and keys of postings are ASCII.
func IsBadText(err error) bool { return hasNumber(err, errCollations) }
