// Package dbtest gives tests of package db a real MariaDB: one server a test
// binary, started when the first test asks, and a database of its own for each
// test.
//
//	test binary
//	  TestMain ── dbtest.Main(m)                    ends the server after the tests
//	    TestA ── dbtest.Open(t) ──┐
//	    TestB ── dbtest.DSN(t) ───┼── MariaDB (unix socket, a folder under TMPDIR)
//	                              │     tandem_0f3c…   TestA's, dropped at its end
//	                              │     tandem_77a1…   TestB's
//	                              └── or the server of TANDEM_MARIADB_DSN
//
// A package that uses it has
//
//	func TestMain(m *testing.M) { goleak.VerifyTestMain(dbtest.Main(m)) }
//
// or, without goleak, os.Exit(dbtest.Main(m).Run()). Tests that need the server
// to stop or to die start one for themselves with play.StartMariaDB.
//
// Nothing is skipped: without a MariaDB the tests fail and say what to run.
package dbtest
