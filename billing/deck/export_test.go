package deck

// What tests look at from inside.
var (
	Overlap = overlap
	Pack    = pack
)

// Begins is key.begins.
func Begins(a, b string) bool { return pack([]byte(a)).begins(pack([]byte(b))) }
