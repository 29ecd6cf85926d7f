package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/rs/zerolog"

	"tandem/geo"
)

// Config says which database to use and as whom.
type Config struct {
	Address  string         // host:port, or the path of a Unix socket (begins with /)
	User     string         //
	Password string         //
	Database string         // must exist; migrations make the tables, not the database
	Program  string         // shown to the DBA as program_name; empty: tandem
	Log      zerolog.Logger // what the driver has to say
	Atlas    *geo.Atlas     // gives calls the places of their numbers; nil: they get none
	Clock    time.Time      // the sessions' clock stands there, for histories that are generated; zero: it runs
}

// Limits of the pools. MariaDB's own limit is max_connections, 151 unless set,
// shared by all nodes.
const (
	maxOpen       = 54
	maxOpenPeople = 12
	maxOpenSums   = 2
	maxOpenBulk   = 4
	maxLifetime   = 3 * time.Minute
	dialTimeout   = 3 * time.Second
	queryTimeout  = 30 * time.Second
	// peopleSeconds bounds a statement for people: MariaDB would go on with one
	// that nobody waits for any more.
	peopleSeconds = 20
	sumsSeconds   = 60
)

// DB is one MariaDB database. All methods may be used by many goroutines.
type DB struct {
	calls  lanes // short work on the way of a call; what is for people goes to a pool of its own
	bulk   lanes // migrations, seed, loading: bounded by the context alone; for people, as calls
	sums   lanes // adding up a large part of a table: as bulk; for people, two at a time
	config lane  // one connection, by which calls' configuration is loaded, whatever else is going on
	log    zerolog.Logger

	opened       time.Time
	localRefused atomic.Bool // the server takes no LOAD DATA LOCAL
	unpriced     atomic.Int64
	places       *placeBook
}

// Open connects and says in plain words what is wrong when it cannot. The error
// is ErrUnavailable when the database may come back by itself.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	d := &DB{log: cfg.Log, opened: time.Now(), places: newPlaceBook(cfg.Atlas)}
	var calls, people, sums, bulk lane
	for _, p := range []struct {
		pool        *lane
		size        int
		readTimeout time.Duration
		seconds     int // of a statement; 0: unbounded
	}{
		{&calls, maxOpen, queryTimeout, 0},
		{&people, maxOpenPeople, queryTimeout, peopleSeconds},
		{&sums, maxOpenSums, 2 * sumsSeconds * time.Second, sumsSeconds},
		{&bulk, maxOpenBulk, 0, 0},
		{&d.config, 1, 0, 0},
	} {
		var err error
		if p.pool.DB, err = pool(cfg, p.readTimeout, p.size, p.seconds); err != nil {
			return nil, err // none has connected yet
		}
	}
	d.calls = lanes{calls, people, turnWithin}
	d.bulk = lanes{bulk, people, turnWithin}
	d.sums = lanes{bulk, sums, turnWithin}
	if err := d.Ping(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("MariaDB at %s: %w%s", cfg.Address, err, advice(err, cfg)), d.Close())
	}
	return d, nil
}

// Close ends all connections; work in progress fails.
func (d *DB) Close() error {
	err := errors.Join(d.calls.Close(), d.sums.Close(), d.config.Close())
	if errors.Is(err, driver.ErrBadConn) {
		return nil // one that MariaDB has ended already is closed too
	}
	return err
}

// Ping asks MariaDB for a sign of life.
func (d *DB) Ping(ctx context.Context) error { return wrap("ping", d.calls.PingContext(ctx)) }

func pool(cfg Config, readTimeout time.Duration, size, seconds int) (*sql.DB, error) {
	c := mysql.NewConfig()
	c.Net, c.Addr = "tcp", cfg.Address
	if strings.HasPrefix(cfg.Address, "/") {
		c.Net = "unix"
	}
	c.User, c.Passwd, c.DBName = cfg.User, cfg.Password, cfg.Database
	c.ParseTime = true
	c.Loc = time.UTC
	c.InterpolateParams = true
	c.Timeout = dialTimeout
	c.ReadTimeout = readTimeout
	c.WriteTimeout = queryTimeout
	c.RejectReadOnly = true
	c.ClientFoundRows = true
	c.ConnectionAttributes = "program_name:" + programName(cfg)
	c.Logger = driverLog{cfg.Log}
	c.Params = map[string]string{
		"time_zone": "'+00:00'",
		"sql_mode":  "'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO'",
	}
	if seconds > 0 {
		c.Params["max_statement_time"] = strconv.Itoa(seconds)
	}
	if !cfg.Clock.IsZero() {
		c.Params["timestamp"] = fmt.Sprintf("%d.%06d", cfg.Clock.Unix(), cfg.Clock.Nanosecond()/int(time.Microsecond))
	}
	// SET NAMES as well as the handshake: a server may be told to ignore the
	// character set of the handshake, and then quoting would be unsafe.
	if err := c.Apply(mysql.Charset("utf8mb4", "utf8mb4_unicode_520_ci")); err != nil {
		return nil, fmt.Errorf("database configuration: %w", err)
	}
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return nil, fmt.Errorf("database configuration: %w", err)
	}
	pool := sql.OpenDB(connector)
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	pool.SetConnMaxLifetime(maxLifetime)
	return pool, nil
}

func programName(cfg Config) string {
	if cfg.Program == "" {
		return "tandem"
	}
	return cfg.Program
}

// driverLog takes the driver's own remarks, such as a broken connection that it
// replaces by itself.
type driverLog struct{ log zerolog.Logger }

func (l driverLog) Print(v ...any) { l.log.Debug().Str("component", "mysql").Msg(fmt.Sprint(v...)) }

// advice is what to do about an error of Open; empty when there is none to give.
func advice(err error, cfg Config) string {
	var refused *mysql.MySQLError
	switch {
	case errors.As(err, &refused) && refused.Number == errAccessDenied:
		return fmt.Sprintf("; check the user %q and its password", cfg.User)
	case errors.As(err, &refused) && refused.Number == errDatabaseDenied:
		return fmt.Sprintf("; grant it: GRANT ALL ON `%s`.* TO '%s'@'...'", cfg.Database, cfg.User)
	case errors.As(err, &refused) && refused.Number == errUnknownDatabase:
		return fmt.Sprintf("; create it: CREATE DATABASE `%s` CHARACTER SET utf8mb4", cfg.Database)
	case errors.Is(err, fs.ErrNotExist):
		return "; there is no such socket: is MariaDB running, and is this its socket?"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "; nobody listens there: is MariaDB running?"
	}
	return ""
}
