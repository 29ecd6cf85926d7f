package db_test

import ("testing"; "time"; "slices")

func BenchmarkZZ(b *testing.B) {
	v := bench(b, 1000)
	var ours, plain []time.Duration
	for i := range 40 {
		records := v.batch(b, 2*i*benchBatch, 1000)
		at := time.Now()
		if err := v.DB.WriteRecords(b.Context(), records); err != nil { b.Fatal(err) }
		ours = append(ours, time.Since(at))
		sets := v.rows(b, (2*i+1)*benchBatch, 1000)
		at = time.Now()
		tx, err := v.bare.BeginTx(b.Context(), nil)
		if err != nil { b.Fatal(err) }
		for _, s := range sets {
			if _, err := tx.ExecContext(b.Context(), s.statement, s.args...); err != nil { b.Fatal(err) }
		}
		if err := tx.Commit(); err != nil { b.Fatal(err) }
		plain = append(plain, time.Since(at))
	}
	slices.Sort(ours); slices.Sort(plain)
	for _, q := range []int{0, 10, 20, 30} { b.Logf("quantile %d/40: ours %v plain %v: ratio %.2f; %.0f and %.0f calls/s", q, ours[q], plain[q], float64(plain[q])/float64(ours[q]), benchBatch/ours[q].Seconds(), benchBatch/plain[q].Seconds()) }
}
