package main

import (
	"context"
	"fmt"

	"tandem/api/access"
	"tandem/db"
)

type userCreateCmd struct {
	Login        string `arg:"" help:"What they sign in with: letters, digits, . _ @ + -."`
	Role         string `help:"admin: everything; operator: runs the platform, moves no money; analyst: looks; customer: an account's own; agent: a telephone's own." enum:"admin,operator,analyst,customer,agent" required:""`
	Name         string `help:"How people call them."`
	Email        string `help:"E-mail address."`
	Account      string `help:"Account of a customer, by name or id." placeholder:"ACCOUNT"`
	Subscriber   string `help:"Telephone of an agent, by login; its account is theirs." placeholder:"LOGIN"`
	Language     string `help:"en or ru; default: the browser's." placeholder:"CODE"`
	TimeZone     string `help:"IANA name, e.g. Europe/Berlin; default: the browser's." placeholder:"ZONE"`
	PasswordFile string `help:"File with the password; - is standard input. Without it the terminal is asked, or one is made up." placeholder:"FILE"`
}

// Run adds a user.
func (x userCreateCmd) Run(ctx context.Context, e *env) error {
	return withDB(ctx, e, func(database *db.DB) error {
		s := db.UserSettings{Login: x.Login, Name: x.Name, Email: x.Email, Role: x.Role, Language: x.Language, TimeZone: x.TimeZone, Enabled: true}
		if err := x.belongs(ctx, database, &s); err != nil {
			return err
		}
		p, err := x.password(ctx, e)
		if err != nil {
			return err
		}
		u, err := database.CreateUser(ctx, s, p.hash)
		if err != nil {
			return userTold(err)
		}
		fmt.Fprintf(e.out, "user %d, %s: added as %s\n", u.ID, u.Login, u.Role)
		return p.tell(e)
	})
}

func (x userCreateCmd) password(ctx context.Context, e *env) (newPassword, error) {
	return passwordFor(ctx, e, x.Login, x.PasswordFile)
}

// belongs finds the account and the telephone.
func (x userCreateCmd) belongs(ctx context.Context, database *db.DB, s *db.UserSettings) error {
	if x.Account != "" {
		a, err := database.Account(ctx, x.Account)
		if err != nil {
			return err
		}
		s.AccountID = a.ID
	}
	if x.Subscriber == "" {
		return nil
	}
	id, account, err := database.SubscriberByLogin(ctx, x.Subscriber)
	if err != nil {
		return err
	}
	s.SubscriberID = id
	if s.AccountID == 0 && s.Role == string(access.Agent) {
		s.AccountID = account
	}
	return nil
}
