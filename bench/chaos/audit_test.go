package chaos_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"tandem/bench/chaos"
	"tandem/db"
	"tandem/internal/scripttest"
	"tandem/play/dbtest"
	"tandem/play/sip"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(dbtest.Main(m)) }

// Scripts in testdata plant one fault after another, each into books that are in
// order, and say what the audit finds:
//
//	sql STATEMENT                       what somebody did to the tables; {NAME} is an account's id
//	phone NUMBER TALK                   a phone heard it answered, at 12:00:00, and talked that long
//	asterisk ID TALK                    Asterisk recorded it; 0: not answered
//	kill TIME                           Asterisk died
//	paid KEY AMOUNT NAME                a payment was acknowledged
//	nothing                             (nobody did anything)
//	-> FAULT: ABOUT: TEXT               what is found; -> alone: nothing
//	=> OVERSPEND DOUBLE LOST HOLDS      what the report counts
//
// The books in order are those of testdata/company.sql.
func TestAuditFindsWhatIsPlanted(t *testing.T) {
	t.Parallel()
	hand, ids := company(t)
	scripttest.Run(t, func(t *testing.T, lines []scripttest.Line) int {
		t.Helper()
		asked := 0
		for len(lines) > 0 {
			n := 1
			for n < len(lines) && (isAnswer(lines[n]) || !isAnswer(lines[n-1])) {
				n++
			}
			asked++
			try(t, hand, ids, lines[:n])
			lines = lines[n:]
		}
		return asked
	})
}

func isAnswer(l scripttest.Line) bool {
	return strings.HasPrefix(l.Text, "->") || strings.HasPrefix(l.Text, "=>")
}

// try plants what a block of a script says, and compares what is found.
func try(t *testing.T, hand *sql.DB, ids map[string]int64, block []scripttest.Line) {
	t.Helper()
	tx, err := hand.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	w := &chaos.Witness{}
	for name, id := range ids {
		if o := chaos.Opening(name, id); o.Amount != 0 {
			w.Paid(o)
		}
	}
	var want []string
	counts := ""
	for _, l := range block {
		word, rest, _ := strings.Cut(l.Text, " ")
		rest = strings.TrimSpace(rest)
		switch word {
		case "->":
			if rest != "" {
				want = append(want, withIDs(rest, ids))
			}
		case "=>":
			counts = rest
		case "sql":
			if _, err := tx.ExecContext(t.Context(), withIDs(rest, ids)); err != nil {
				t.Fatalf("%s: %v", l.Where, err)
			}
		case "nothing":
		default:
			see(t, w, ids, word, strings.Fields(rest))
		}
	}
	got, err := chaos.Audited(t.Context(), tx, w)
	if err != nil {
		t.Fatalf("%s: %v", block[0].Where, err)
	}
	if diff := cmp.Diff(want, got.Wrong); diff != "" {
		t.Errorf("%s: %s (-want +got)\n%s", block[0].Where, block[0].Text, diff)
	}
	figures := strings.Join([]string{
		strconv.FormatInt(got.OverspendMicros, 10), strconv.Itoa(got.DoubleCharged), strconv.Itoa(got.LostRecords), strconv.Itoa(got.OpenHolds),
	}, " ")
	if counts != "" && counts != figures {
		t.Errorf("%s: counted %s, want %s", block[0].Where, figures, counts)
	}
}

// see adds to what was seen.
func see(t *testing.T, w *chaos.Witness, ids map[string]int64, word string, fields []string) {
	t.Helper()
	switch word {
	case "phone":
		talk := duration(t, fields[1])
		w.Heard(fields[0], sip.CallResult{
			Started: noon().Add(-time.Second), AnsweredAt: noon(), EndedAt: noon().Add(talk), Status: 200, EndedBy: sip.Caller,
		})
	case "asterisk":
		w.Recorded(fields[0], duration(t, fields[1]).Seconds())
	case "kill":
		at, err := time.Parse(time.TimeOnly, fields[0])
		if err != nil {
			t.Fatal(err)
		}
		w.Killed(noon().Truncate(24 * time.Hour).Add(time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute + time.Duration(at.Second())*time.Second))
	case "paid":
		o := chaos.Opening(fields[2], ids[fields[2]])
		o.Key = fields[0]
		if err := o.Amount.UnmarshalText([]byte(fields[1])); err != nil {
			t.Fatal(err)
		}
		w.Paid(o)
	default:
		t.Fatalf("%q: no such word", word)
	}
}

// company is a database with the accounts of a run, some calls of theirs, and
// everything in order.
func company(t *testing.T) (*sql.DB, map[string]int64) {
	t.Helper()
	dsn := dbtest.DSN(t)
	c, err := mysql.ParseDSN(dsn)
	if err != nil {
		t.Fatal(err)
	}
	store, err := db.Open(t.Context(), db.Config{Address: c.Addr, User: c.User, Password: c.Passwd, Database: c.DBName, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	c.ParseTime = true
	connector, err := mysql.NewConnector(c)
	if err != nil {
		t.Fatal(err)
	}
	hand := sql.OpenDB(connector)
	t.Cleanup(func() { _ = hand.Close() })
	if err := store.Migrate(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := store.SeedArticle(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if _, err := store.SeedDemo(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	ids, err := chaos.Furnish(t.Context(), hand, store)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join("testdata", "company.sql"))
	if err != nil {
		t.Fatal(err)
	}
	for statement := range strings.SplitSeq(withIDs(string(text), ids), ";\n") {
		if strings.TrimSpace(statement) == "" {
			continue
		}
		if _, err := hand.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	return hand, ids
}

func withIDs(text string, ids map[string]int64) string {
	for name, id := range ids {
		text = strings.ReplaceAll(text, "{"+name+"}", strconv.FormatInt(id, 10))
	}
	return text
}

func noon() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }

func duration(t *testing.T, text string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A killed Asterisk leaves half a line, a collector a part of another name.
func TestCDRsAreReadFromWhateverIsLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "tandem.json")
	for name, text := range map[string]string{
		"tandem.json": `{"uniqueid":"x-1.1","channel":"PJSIP/chaos-fees-00000001","dstchannel":"PJSIP/voxbeam-00000002","disposition":"ANSWERED","billsec":4}
{"uniqueid":"x-1.9","channel":"Snoop/x-1.1-00000001","disposition":"ANSWERED","billsec":4}
{"uniqueid":"x-1.3","channel":"PJSIP/chaos-`,
		"tandem.json.collecting-tandem-1": `{"uniqueid":"x-0.7","channel":"PJSIP/chaos-fees-00000000","dstchannel":"","disposition":"NO ANSWER","billsec":0}` + "\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list, err := chaos.ReadCDRs(file)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, c := range list {
		ids = append(ids, c.UniqueID)
	}
	if diff := cmp.Diff([]string{"x-1.1", "x-0.7"}, ids); diff != "" {
		t.Error(diff)
	}
}
