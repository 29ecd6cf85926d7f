package db_test

import (
	"context"
	"database/sql"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"tandem/billing"
)

// The manual names every column of the views, and what it grants is what a
// read-only user needs, and no more.
func TestQualityViewsAsTheManualSays(t *testing.T) {
	t.Parallel()
	b := seeded(t)
	b.write(billing.Record{Start: started("c1")}, billing.Record{End: talked("c1", 1, 90*time.Second)})
	b.roll()
	text, err := os.ReadFile("../docs/quality-reports.md")
	if err != nil {
		t.Fatal(err)
	}
	manual := string(text)
	for _, row := range b.table(`SELECT TABLE_NAME, COLUMN_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME LIKE 'vw\_quality\_%'`) {
		if !strings.Contains(manual, "`"+row[1]+"`") {
			t.Errorf("%s.%s is not in the manual", row[0], row[1])
		}
	}
	same(t, "a report", [][]string{{"2026-03-04 00:00:00", "2", "1", "1", "1.50", "1.00"}}, b.table(`SELECT DATE_FORMAT(began_at, '%Y-%m-%d %H:%i:%s'),
		SUM(bids), SUM(answers), SUM(effective), CAST(SUM(talk_minutes) AS DECIMAL(9,2)), CAST(SUM(answers) / SUM(seizures) AS DECIMAL(9,2)) FROM vw_quality_routes WHERE level = 2 GROUP BY 1`))

	user := "bi_" + b.config.Database
	if _, err := b.hand.ExecContext(t.Context(), "CREATE USER '"+user+"'@'%' IDENTIFIED BY 'bi'"); err != nil {
		t.Skipf("this account makes no users: %v", err)
	}
	t.Cleanup(func() {
		if _, err := b.hand.ExecContext(context.WithoutCancel(t.Context()), "DROP USER '"+user+"'@'%'"); err != nil {
			t.Error(err)
		}
	})
	for _, grant := range regexp.MustCompile(`(?m)^GRANT .*;$`).FindAllString(manual, -1) {
		b.exec(strings.NewReplacer("tandem.", "`"+b.config.Database+"`.", "'bi'@'10.0.0.%'", "'"+user+"'@'%'").Replace(grant))
	}
	c := mysql.NewConfig()
	c.Net, c.Addr, c.User, c.Passwd, c.DBName = "tcp", b.config.Address, user, "bi", b.config.Database
	if strings.HasPrefix(c.Addr, "/") {
		c.Net = "unix"
	}
	connector, err := mysql.NewConnector(c)
	if err != nil {
		t.Fatal(err)
	}
	bi := b
	bi.hand = sql.OpenDB(connector)
	defer bi.hand.Close()
	for _, view := range []string{"vw_quality_routes", "vw_quality_countries", "vw_quality_accounts"} {
		if rows := bi.table("SELECT * FROM " + view); len(rows) == 0 {
			t.Errorf("%s is empty", view)
		}
	}
	for _, secret := range []string{"calls", "attempts", "vw_quality_attempts", "users"} {
		if _, err := bi.hand.ExecContext(t.Context(), "SELECT 1 FROM "+secret); err == nil {
			t.Errorf("a user for reports reads %s", secret)
		}
	}
}
