package geo

import "context"

// Warm loads the English tables (16 MB, a fraction of a second), so that no
// call waits for it. The caller runs it in a goroutine at start; who asks for a
// place meanwhile waits for the table it needs. It puts nothing in a cache and
// stops between two tables, with the error of ctx, when that ends.
//
// The patterns of a country are compiled when its first number comes, in a
// millisecond or two; all of the world's are another 6 MB.
func Warm(ctx context.Context) error {
	// A mobile number of China has a region, a network and a zone.
	n, _ := split("8613800138000")
	plan := n.plan()
	for _, load := range []func(){
		func() { zones(&n, &Place{Type: Mobile, Country: "CN"}) },
		func() { network(plan, English) },
		func() { region(plan, "CN", English) },
	} {
		if err := ctx.Err(); err != nil {
			return err
		}
		load()
	}
	return nil
}
