package bench

import (
	"bufio"
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"time"

	"github.com/go-sql-driver/mysql"

	"tandem/bench/azdeck"
	"tandem/internal/e164"
	"tandem/play"
	"tandem/routing"
)

// SQLTable is what it takes to have the same rates ready in MariaDB.
type SQLTable struct {
	LoadSeconds float64 `json:"load_s"`     // LOAD DATA, provider by provider
	LoadCPU     float64 `json:"load_cpu_s"` // of mariadbd
	Bytes       int64   `json:"bytes"`
	Query       string  `json:"query"`
}

// The table gives SQL every advantage: the primary key is what the query looks
// for and holds all that it needs, a prefix is a number, its length is stored, and
// what a call costs is worked out beforehand, in one currency.
const sqlTable = `CREATE TABLE bench_rates (
	prefix         BIGINT UNSIGNED   NOT NULL,
	provider_id    SMALLINT UNSIGNED NOT NULL,
	effective_from DATETIME          NOT NULL,
	effective_to   DATETIME          NOT NULL, -- never after the next row's effective_from
	depth          TINYINT UNSIGNED  NOT NULL, -- digits of the prefix
	cost           BIGINT UNSIGNED   NOT NULL, -- of the expected call, in 1e-6 USD, below 2^48
	PRIMARY KEY (prefix, provider_id, effective_from)
) ENGINE=InnoDB`

// sqlQuery finds each provider's own longest prefix and sorts by cost. Depth and
// cost in one number save the sub-query or the window function that would pick
// the row of the greatest depth; measured, this form is the quickest.
const sqlQuery = `SELECT provider_id, MAX(depth << 48 | cost) & 0xFFFFFFFFFFFF AS least
FROM bench_rates
WHERE prefix IN (?, ?, ?, ?, ?, ?, ?, ?, ?) AND effective_from <= ? AND effective_to > ?
GROUP BY provider_id ORDER BY least LIMIT 10`

// sqlDepths is the number of prefixes in sqlQuery: those of azdeck are no longer.
const sqlDepths = 9

// bufferPool holds the whole table, so that no page is read twice.
const bufferPool = 4 << 30

// sqlAnchor is MariaDB asked the same question.
type sqlAnchor struct {
	pool  *sql.DB
	query *sql.Stmt // prepared in the server: cheaper for it than text
	pid   int
	at    string
	next  int
}

var errForeignMariaDB = errors.New("the CPU time of a MariaDB that is not ours cannot be read; run without TANDEM_MARIADB_DSN")

func startSQLAnchor(ctx context.Context, o Options, dir string, set *azdeck.Set, teardown *play.Teardown) (*sqlAnchor, SQLTable, error) {
	table := SQLTable{Query: sqlQuery}
	m, err := play.StartMariaDB(ctx, o.Tools, filepath.Join(dir, "mariadb"))
	if err != nil {
		return nil, table, err
	}
	teardown.Add("MariaDB", m.Close)
	a := &sqlAnchor{pid: pidOf(m), at: set.Now().Format(time.DateTime)}
	if a.pid == 0 {
		return nil, table, errForeignMariaDB
	}
	if a.pool, err = sql.Open("mysql", m.DSN()); err != nil {
		return nil, table, fmt.Errorf("SQL anchor: %w", err)
	}
	a.pool.SetMaxOpenConns(1) // one at a time, so that nobody waits for a lock
	teardown.Add("connections to MariaDB", func(context.Context) error { return a.pool.Close() })
	if err := a.fill(ctx, set, &table); err != nil {
		return nil, table, fmt.Errorf("SQL anchor: %w", err)
	}
	if a.query, err = a.pool.PrepareContext(ctx, sqlQuery); err != nil {
		return nil, table, fmt.Errorf("SQL anchor: %w", err)
	}
	return a, table, nil
}

func (a *sqlAnchor) fill(ctx context.Context, set *azdeck.Set, table *SQLTable) error {
	for _, statement := range []string{
		fmt.Sprintf("SET GLOBAL innodb_buffer_pool_size = %d", bufferPool),
		"SET GLOBAL innodb_flush_log_at_trx_commit = 0", // loading is not what is measured
		sqlTable,
	} {
		if _, err := a.pool.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	used := meter{a.pid}
	before, err := used.read()
	if err != nil {
		return err
	}
	began := time.Now()
	if err := loadData(ctx, a.pool, "bench_rates", "prefix, provider_id, effective_from, effective_to, depth, cost", costLines(set)); err != nil {
		return err
	}
	table.LoadSeconds = time.Since(began).Seconds()
	after, err := used.since(before)
	if err != nil {
		return err
	}
	table.LoadCPU = after[0].Seconds()
	if _, err := a.pool.ExecContext(ctx, "ANALYZE TABLE bench_rates"); err != nil {
		return err
	}
	return a.pool.QueryRowContext(ctx, `SELECT data_length + index_length FROM information_schema.tables
		WHERE table_schema = DATABASE() AND table_name = 'bench_rates'`).Scan(&table.Bytes)
}

// loadData runs LOAD DATA over lines that are written meanwhile, and takes no
// warning.
func loadData(ctx context.Context, pool *sql.DB, table, columns string, lines func(io.Writer) error) error {
	reader, writer := io.Pipe()
	written := make(chan error, 1)
	go func() {
		buffered := bufio.NewWriterSize(writer, 64<<10)
		err := lines(buffered)
		err = errors.Join(err, buffered.Flush())
		written <- errors.Join(err, writer.CloseWithError(err))
	}()
	name := "tandem-bench-" + table
	mysql.RegisterReaderHandler(name, func() io.Reader { return reader })
	defer mysql.DeregisterReaderHandler(name)
	_, err := pool.ExecContext(ctx, `LOAD DATA LOCAL INFILE 'Reader::`+name+`' INTO TABLE `+table+` CHARACTER SET utf8mb4 (`+columns+`)`)
	_ = reader.CloseWithError(cmp.Or(err, io.ErrClosedPipe)) // lets go of a writer that nobody reads
	if failed := <-written; err == nil {
		err = failed
	}
	return err
}

// costLines writes the rows of bench_rates.
func costLines(set *azdeck.Set) func(io.Writer) error {
	return func(out io.Writer) error {
		fx, lengths := deckFX(), routing.DefaultPrior()
		billed := map[[2]int32]uint64{}
		var line []byte
		for provider := range set.Providers() {
			for r := range azdeck.Ended(set.Rows(provider)) {
				steps := [2]int32{r.First, r.Next}
				if billed[steps] == 0 {
					billed[steps] = lengths.Billed(r.First, r.Next)
				}
				cost, err := lengths.Expect(&r.Rate, billed[steps]).In(fx[currencyOf(provider)], fx[usd])
				if err != nil {
					return err
				}
				line = append(append(line[:0], r.Prefix...), '\t')
				line = strconv.AppendInt(line, int64(provider+1), 10)
				line = appendDate(line, r.From, "2000-01-01")
				line = appendDate(line, r.To, "9999-12-31")
				line = strconv.AppendInt(append(line, '\t'), int64(len(r.Prefix)), 10)
				line = strconv.AppendInt(append(line, '\t'), int64(cost.Nearest), 10)
				if _, err := out.Write(append(line, '\n')); err != nil {
					return err
				}
			}
		}
		return nil
	}
}

func appendDate(line []byte, at time.Time, none string) []byte {
	line = append(line, '\t')
	if at.IsZero() {
		return append(line, none...)
	}
	return at.AppendFormat(line, time.DateTime)
}

// sqlRoute is one row of the answer.
type sqlRoute struct {
	provider int64
	cost     int64
}

func (a *sqlAnchor) decide(ctx context.Context, number e164.Number) (routes []sqlRoute, err error) {
	args := make([]any, 0, sqlDepths+2)
	prefix := int64(0)
	for i := range sqlDepths {
		prefix = prefix*10 + int64(number[i]-'0')
		args = append(args, prefix)
	}
	rows, err := a.query.QueryContext(ctx, append(args, a.at, a.at)...)
	if err != nil {
		return nil, fmt.Errorf("SQL anchor: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var r sqlRoute
		if err := rows.Scan(&r.provider, &r.cost); err != nil {
			return nil, fmt.Errorf("SQL anchor: %w", err)
		}
		routes = append(routes, r)
	}
	return routes, rows.Err()
}
