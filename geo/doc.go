// Package geo says where a number is from and what kind it is, as far as its
// digits tell, from libphonenumber's data.
//
//	"442038070121" ── number.go  442038070121 = 44 + 2038070121
//	    │
//	    ├─ key.go     9 leading digits and the length: remembered? ──▶ Place
//	    │
//	    ├─ read.go    country and type (numbering plan), region, network, zones
//	    ▼
//	  Place{GB, London, fixed, Europe/London, prefix 44203}
//	    │
//	    ├─ match.go   Match: is a rule of types, countries, regions for it?
//	    ├─ quiet.go   IsQuiet: is it between two hours of the day there?
//	    └─ names.go   Name: the same in another language, for people
//
// Everything is total: digits that cannot be a number, or that no plan has,
// make a Place that says less, never an error.
//
// # Time and memory
//
// The tables are loaded on first use; [Warm] does it ahead of the first call.
// They belong to the process, 16 MB, and 22 MB once every country has been
// asked for. The cache of an [Atlas] is bounded by its size, about 210 bytes a
// place. A hit takes 0.1 to 0.2 µs and allocates nothing, a miss 16 µs and
// 2 kB, so decisions of routing ask only when a rule wants to know.
//
// Country and type are a matter of patterns over all digits. That nine digits
// and the length are enough to remember the answer by (ten for two countries)
// is proven by a test that walks the patterns of all plans; it fails when new
// data wants more.
//
// # Traps
//
//   - Network is who got the range first. A ported number still shows it; ask
//     portability who has the number now. Fixed lines have none.
//   - Type is the plan's word, not a price. High-priced ranges inside ordinary
//     blocks look ordinary: in Great Britain the plan says fixed or mobile of
//     premium subranges that the data does not list, and everywhere of ranges
//     that were let for revenue share. Prices come from decks; block such
//     ranges by prefix.
//   - FixedOrMobile is most of North America: the plan does not tell them apart.
//   - A plan is as new as the data. A range opened since has type unknown; so
//     have numbers that are not E.164: +44 0 20…, and the dead +52 1 of Mexico.
//   - Where countries share a calling code (+1, +7, +44 …), a number that the
//     plan has not may have no country. An allow list should say what happens
//     then.
//   - Region is where a number was given out, in whatever detail the country's
//     plan has; callers move, and the texts mix cities, areas and states.
//   - A mobile or toll-free number may ring wherever its calling code reaches:
//     it has all zones of it. For Russia these span ten hours, for +1 800 even
//     more, so quiet hours of ten leave little of the day or nothing.
//   - Zones stand for clocks, not for places: Lithuania's is Europe/Bucharest.
package geo
