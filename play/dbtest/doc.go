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
//	    TestC ── dbtest.Copy(t) ──┤     tandem_9e20…   filled once, by the first that asks
//	                              │       └─▶ tandem_b3d4…  TestC's copy of it
//	                              └── or the server of TANDEM_MARIADB_DSN
//
// A test of migrations begins with an empty database. All others begin with a copy of
// one that has them: making the copy takes a fraction of making the original.
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
