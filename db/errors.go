package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"

	"github.com/go-sql-driver/mysql"
)

// Errors that callers tell apart.
var (
	// ErrUnavailable: MariaDB is away, or cannot work just now. The same call may
	// succeed later; whether it has been done is not known. Records have their own
	// word for it, billing.ErrUnavailable.
	ErrUnavailable = errors.New("database unavailable")
	// ErrNotFound: there is no such row.
	ErrNotFound = errors.New("not found")
)

// Error numbers of MariaDB (include/mysqld_error.h) that we act on.
const (
	errChangedSinceRead = 1020 // ER_CHECKREAD: snapshot isolation of MariaDB 11.6 and later
	errDatabaseDenied   = 1044
	errAccessDenied     = 1045
	errColumnNull       = 1048
	errUnknownDatabase  = 1049
	errDuplicate        = 1062
	errNoTable          = 1146
	errLocalRefused     = 1148 // ER_NOT_ALLOWED_COMMAND: local_infile is off
	errPacketTooLarge   = 1153
	errLockTimeout      = 1205
	errDeadlock         = 1213
	errOutOfRange       = 1264
	errDataTruncated    = 1265
	errWrongValue       = 1292
	errWrongValueField  = 1366
	errNoDefault        = 1364
	errDataTooLong      = 1406
	errNeedSuper        = 1419
	errDatetimeOverflow = 1441
	errLocalDisabled    = 4166 // ER_LOAD_INFILE_CAPABILITY_DISABLED, of later versions
	errCheckFailed      = 4025 // a CHECK constraint, also the one behind JSON columns
)

// retryable says whether the whole transaction may be run again at once.
func retryable(err error) bool {
	return hasNumber(err, errDeadlock, errLockTimeout, errChangedSinceRead) || errors.Is(err, errBalanceGone)
}

// refused says whether the data itself is what MariaDB will not take: also when
// the balance is still gone after all tries.
func refused(err error) bool {
	return errors.Is(err, mysql.ErrPktTooLarge) || errors.Is(err, errBalanceGone) || hasNumber(err, errColumnNull, errPacketTooLarge, errOutOfRange,
		errDataTruncated, errWrongValue, errWrongValueField, errNoDefault, errDataTooLong, errDatetimeOverflow, errCheckFailed)
}

func hasNumber(err error, numbers ...uint16) bool {
	var e *mysql.MySQLError
	return errors.As(err, &e) && slices.Contains(numbers, e.Number)
}

// told says whether MariaDB itself answered with the error.
func told(err error) bool {
	var e *mysql.MySQLError
	return errors.As(err, &e)
}

// cutOff says whether the connection went away before an answer came.
func cutOff(err error) bool {
	return away(err) && (!told(err) || hasNumber(err, 1053, 1152, 1158, 1159, 1160, 1161, 1927))
}

// wrap names the operation and marks errors of the connection, so that a caller
// can tell "try later" from "wrong".
func wrap(operation string, err error) error {
	switch {
	case err == nil:
		return nil
	case hasNumber(err, errStatementTimeout):
		return fmt.Errorf("%s: %w", operation, ErrTooMuch)
	case away(err):
		return fmt.Errorf("%s: %w: %w", operation, ErrUnavailable, err)
	}
	return fmt.Errorf("%s: %w", operation, err)
}

// away says whether MariaDB could not be asked, or had no time or room for us.
func away(err error) bool {
	var network net.Error
	var e *mysql.MySQLError
	switch {
	case errors.Is(err, ErrUnavailable), errors.Is(err, ErrOverloaded):
		return false // said already
	case errors.Is(err, driver.ErrBadConn), errors.Is(err, mysql.ErrInvalidConn), errors.Is(err, sql.ErrConnDone),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return true
	case errors.As(err, &network):
		return true
	case errors.As(err, &e):
		switch e.Number {
		case 1040, 1203, 1226, // too many connections
			1021, 1030, 1114, // disk or table space full, storage engine
			1053, 1152, 1158, 1159, 1160, 1161, 1927, // shutting down, connection lost or killed
			1047,             // Galera: this node is not ready
			1290, 1792, 1836, // read only
			errLockTimeout, errDeadlock, errChangedSinceRead: // after all tries
			return true
		}
	}
	return false
}
