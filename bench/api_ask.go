package bench

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"tandem/play"
)

// apiBench asks a node, and MariaDB past it.
type apiBench struct {
	options Options
	spec    APISpec
	node    *node
	meter   meter
	client  http.Client
	cookies []string
	hand    *sql.DB
}

// apiUsers are that many: one person may ask for only so many long lists at once.
const (
	apiUsers    = 4
	apiTimeout  = 30 * time.Second // longer than any answer may take
	apiPassword = "seven green bottles stood there"
)

func apiLogin(i int) string { return fmt.Sprintf("bench-%d", i) }

func (b *apiBench) makeUsers(ctx context.Context) error {
	file := filepath.Join(b.node.dir, "admin")
	if err := os.WriteFile(file, []byte(apiPassword), 0o600); err != nil {
		return err
	}
	for i := range apiUsers {
		if err := b.node.command(ctx, "user", "create", apiLogin(i), "--role", "admin", "--password-file", file); err != nil {
			return err
		}
	}
	return nil
}

// open signs everybody in, as the console does, and connects to MariaDB.
func (b *apiBench) open(ctx context.Context, teardown *play.Teardown) (err error) {
	b.client.Timeout = apiTimeout
	b.client.Transport = &http.Transport{MaxIdleConnsPerHost: maxWorkers, MaxConnsPerHost: maxWorkers}
	for i := range apiUsers {
		cookie, err := b.signIn(ctx, apiLogin(i))
		if err != nil {
			return fmt.Errorf("sign in: %w", err)
		}
		b.cookies = append(b.cookies, cookie)
	}
	if b.hand, err = sql.Open("mysql", b.node.mariadb.DSN()); err != nil {
		return err
	}
	teardown.Add("bare SQL", func(context.Context) error { return b.hand.Close() })
	b.hand.SetMaxOpenConns(b.spec.Workers)
	b.hand.SetMaxIdleConns(b.spec.Workers)
	return nil
}

func (b *apiBench) signIn(ctx context.Context, login string) (cookie string, err error) {
	body, err := json.Marshal(map[string]string{"login": login, "password": apiPassword})
	if err != nil {
		return "", err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, b.url("/api/v1/session"), bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := b.client.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 1000))
	if err != nil || response.StatusCode >= http.StatusBadRequest || len(response.Cookies()) == 0 {
		return "", fmt.Errorf("%s: %s, %w", response.Status, text, err)
	}
	c := response.Cookies()[0]
	return c.Name + "=" + c.Value, nil
}

func (b *apiBench) url(path string) string { return "http://" + b.node.http.String() + path }

// ask makes one request and reads the whole answer.
func (b *apiBench) ask(ctx context.Context, path string, worker int) (bytes int, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, b.url(path), nil)
	if err != nil {
		return 0, err
	}
	request.Header.Set("Cookie", b.cookies[worker%len(b.cookies)])
	response, err := b.client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		text, err := io.ReadAll(io.LimitReader(response.Body, 500))
		return 0, errors.Join(fmt.Errorf("%s: %s", response.Status, text), err)
	}
	n, err := io.Copy(io.Discard, response.Body)
	return int(n), err
}

// query reads the rows of a case as the driver has them, and no more.
func (b *apiBench) query(ctx context.Context, c *APICase) error {
	rows, err := b.hand.QueryContext(ctx, c.query, c.arguments...)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	cells := make([]any, len(columns))
	for i := range cells {
		cells[i] = new(sql.RawBytes)
	}
	for rows.Next() {
		if err := rows.Scan(cells...); err != nil {
			return err
		}
	}
	return rows.Err()
}
