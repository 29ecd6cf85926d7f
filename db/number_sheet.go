package db

import (
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// numberSheet is a table of numbers as it was sent: cells by their column.
type numberSheet struct {
	columns []string
	rows    []sheetRow
	errors  []BadCell
}

type sheetRow struct {
	line  int
	cells map[string]string
}

func (s *numberSheet) fail(line int, column, text string) {
	if len(s.errors) < maxErrors {
		s.errors = append(s.errors, BadCell{Line: line, Column: column, Text: text})
	}
}

// numberColumns are what a head may name. The last ones are of an export and say
// nothing new.
func numberColumns() []string {
	return []string{
		"number", "provider", "provider_id", "server", "server_id", "enabled", "direction", "virtual", "echo_test", "account", "account_id",
		"destination_subscriber", "destination_subscriber_id", "destination_number", "id", "gates",
	}
}

// readNumberSheet reads a CSV with a head, separated by commas or semicolons.
func readNumberSheet(from io.Reader) (numberSheet, error) {
	s := numberSheet{errors: []BadCell{}}
	text, err := io.ReadAll(from)
	if err != nil {
		return s, err
	}
	body := strings.TrimPrefix(string(text), "\ufeff")
	head, _, _ := strings.Cut(body, "\n")
	r := csv.NewReader(strings.NewReader(body))
	if strings.Count(head, ";") > strings.Count(head, ",") {
		r.Comma = ';'
	}
	r.FieldsPerRecord = -1
	r.ReuseRecord = true
	if !s.readHead(r) {
		return s, nil
	}
	seen := map[string]int{}
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return s, nil
		}
		if err != nil {
			line, text := csvFault(err)
			s.fail(line, "", "no CSV: "+text)
			return s, nil
		}
		line, _ := r.FieldPos(0)
		if len(s.rows) == maxImport {
			s.fail(line, "", fmt.Sprintf("more than %d rows: part the table", maxImport))
			return s, nil
		}
		s.readRow(line, cells, seen)
	}
}

// csvFault is the reader's complaint, and its line.
func csvFault(err error) (line int, text string) {
	if p, ok := errors.AsType[*csv.ParseError](err); ok {
		return p.StartLine, p.Err.Error()
	}
	return 1, err.Error()
}

func (s *numberSheet) readHead(r *csv.Reader) (ok bool) {
	head, err := r.Read()
	if err != nil {
		s.fail(1, "", "want a head that names the columns, such as number,provider,account")
		return false
	}
	for _, name := range head {
		name = strings.ToLower(strings.TrimSpace(name))
		switch {
		case !slices.Contains(numberColumns(), name):
			s.fail(1, "", fmt.Sprintf("there is no column %.40q; there are %s", name, strings.Join(numberColumns(), ", ")))
		case slices.Contains(s.columns, name):
			s.fail(1, name, "named twice")
		}
		s.columns = append(s.columns, name)
	}
	if !slices.Contains(s.columns, "number") {
		s.fail(1, "number", "this column is missing")
	}
	s.dropNames()
	return len(s.errors) == 0
}

// dropNames leaves a column of names unread when the ids are there too, as in an
// export: whoever changes an id need not know the name.
func (s *numberSheet) dropNames() {
	for i, name := range s.columns {
		if slices.Contains(s.columns, name+"_id") {
			s.columns[i] = "name of " + name
		}
	}
}

func (s *numberSheet) readRow(line int, cells []string, seen map[string]int) {
	if len(cells) != len(s.columns) {
		s.fail(line, "", fmt.Sprintf("%d cells, the head has %d", len(cells), len(s.columns)))
		return
	}
	row := sheetRow{line: line, cells: map[string]string{}}
	for i, cell := range cells {
		row.cells[s.columns[i]] = strings.Clone(strings.TrimSpace(cell))
	}
	number := strings.TrimPrefix(row.cells["number"], "+")
	row.cells["number"] = number
	if err := goodNumber("number", number, false); err != nil {
		s.fail(line, "number", "want an E.164 number: country code and number, 7 to 15 digits")
		return
	}
	if other, twice := seen[number]; twice {
		s.fail(line, "number", fmt.Sprintf("the same number as in line %d", other))
		return
	}
	seen[number] = line
	s.rows = append(s.rows, row)
}

// numberNames are what names and ids in a table may mean.
type numberNames map[string]map[string]int64 // column, then name or id

func readNumberNames(ctx context.Context, tx *sql.Tx) (numberNames, error) {
	names := numberNames{}
	for column, query := range map[string]string{
		"provider": `SELECT id, providername FROM providers`, "server": `SELECT id, servername FROM servers WHERE id <> 0`,
		"account": `SELECT id, name FROM accounts`, "destination_subscriber": `SELECT id, login FROM subscribers`,
	} {
		byName, byID := map[string]int64{}, map[string]int64{}
		rows, err := tx.QueryContext(ctx, query)
		if err != nil {
			return nil, err
		}
		if err := eachRow(rows, func(rows *sql.Rows) error {
			var id int64
			var name string
			err := rows.Scan(&id, &name)
			byName[strings.ToLower(name)], byID[strconv.FormatInt(id, 10)] = id, id
			return err
		}); err != nil {
			return nil, err
		}
		names[column], names[column+"_id"] = byName, byID
	}
	return names, nil
}

// setCell writes one cell; wrong is what is wrong with it.
func setCell(n *Number, column, text string, names numberNames) (wrong string) {
	if known, reference := names[column]; reference {
		return setReference(n, column, text, known)
	}
	switch column {
	case "enabled":
		n.Enabled = new(true)
		return setYes(n.Enabled, text)
	case "virtual":
		return setYes(&n.Virtual, text)
	case "echo_test":
		return setYes(&n.EchoTest, text)
	case "direction":
		n.Direction = strings.ToUpper(text)
	case "destination_number":
		n.DestinationNumber = strings.TrimPrefix(text, "+")
	}
	return ""
}

// setReference writes an id that was given by name or number. An empty cell is none;
// of a provider it leaves what is there.
func setReference(n *Number, column, text string, known map[string]int64) (wrong string) {
	id, ok := known[strings.ToLower(text)]
	if text != "" && !ok {
		return "there is none with this name or id"
	}
	var field **int64
	switch strings.TrimSuffix(column, "_id") {
	case "provider":
		if ok {
			n.ProviderID = id
		}
		return ""
	case "server":
		field = &n.ServerID
	case "account":
		field = &n.AccountID
	default:
		field = &n.DestinationSubscriberID
	}
	if *field = nil; ok {
		*field = &id
	}
	return ""
}

func setYes(field *bool, text string) (wrong string) {
	switch strings.ToLower(text) {
	case "true", "1", "yes", "y":
		*field = true
	case "false", "0", "no", "n":
		*field = false
	default:
		return "want true or false"
	}
	return ""
}
