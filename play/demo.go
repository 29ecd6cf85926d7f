package play

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// RunConsole is the console with users that may sign in at once. They open this
// stack only, whose doors are on loopback.
type RunConsole struct {
	URL   string    `json:"url"`
	Users []RunUser `json:"users"`
}

// RunUser is a user of the console.
type RunUser struct {
	Login    string `json:"login"`
	Password string `json:"password"`
	Role     string `json:"role"`
	Account  string `json:"account,omitempty"` // all that a customer sees
	Phone    string `json:"phone,omitempty"`   // all that an agent sees: a subscriber's login
}

// demoPassword is every user's: it is typed often, and opens nothing but loopback.
const demoPassword = "demo-on-loopback"

// demoUsers are one of each role.
func demoUsers() []RunUser {
	list := []RunUser{
		{Login: "admin", Role: "admin"},
		{Login: "operator", Role: "operator"},
		{Login: "analyst", Role: "analyst"},
		{Login: "retail", Role: "customer", Account: "Retail"},
		{Login: "agent", Role: "agent", Phone: "moscow-101"},
	}
	for i := range list {
		list[i].Password = demoPassword
	}
	return list
}

// fillDemo makes what the console shows: calls of some days, and its users.
func (s *Stack) fillDemo(ctx context.Context) error {
	if _, err := s.Tandem(ctx, "seed", "--history"); err != nil {
		return err
	}
	for _, u := range demoUsers() {
		if err := s.makeUser(ctx, u); err != nil {
			return err
		}
	}
	return nil
}

func (s *Stack) makeUser(ctx context.Context, u RunUser) error {
	file := filepath.Join(s.Dir, "secrets", "user-"+u.Login)
	if err := os.WriteFile(file, []byte(u.Password), 0o600); err != nil {
		return fmt.Errorf("play: %w", err)
	}
	command := []string{"user", "create", u.Login, "--role", u.Role, "--password-file", file}
	if u.Account != "" {
		command = append(command, "--account", u.Account)
	}
	if u.Phone != "" {
		command = append(command, "--subscriber", u.Phone)
	}
	_, err := s.Tandem(ctx, command...)
	return err
}

// console is where the first node serves it.
func (s *Stack) console() *RunConsole {
	return &RunConsole{URL: "http://" + s.Nodes[0].HTTP.String() + "/", Users: demoUsers()}
}

// filling says what fill does.
func (s *Stack) filling() string {
	if s.options.Demo {
		return "schema, the article's data, six days of generated calls"
	}
	return "schema and the article's data"
}
