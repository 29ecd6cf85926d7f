package main

import (
	"context"
	"fmt"

	"tandem/db"
)

type userSetPasswordCmd struct {
	Login        string `arg:"" help:"Whose."`
	PasswordFile string `help:"File with the password; - is standard input. Without it the terminal is asked, or one is made up." placeholder:"FILE"`
}

// Run gives a user another password.
func (x userSetPasswordCmd) Run(ctx context.Context, e *env) error {
	return withDB(ctx, e, func(database *db.DB) error {
		u, err := database.UserByLogin(ctx, x.Login)
		if err != nil {
			return err
		}
		p, err := passwordFor(ctx, e, u.Login, x.PasswordFile)
		if err != nil {
			return err
		}
		if err := database.SetPassword(ctx, u.ID, p.hash, false); err != nil {
			return err
		}
		fmt.Fprintf(e.out, "user %d, %s: has another password, is signed out everywhere, and has no API keys any more\n", u.ID, u.Login)
		return p.tell(e)
	})
}

type userDisableCmd struct {
	Login string `arg:"" help:"Whom."`
}

// Run lets a user in no more.
func (x userDisableCmd) Run(ctx context.Context, e *env) error {
	if err := changeUser(ctx, e, x.Login, func(s *db.UserSettings) { s.Enabled = false }); err != nil {
		return err
	}
	_, err := fmt.Fprintf(e.out, "user %s: disabled, signed out everywhere; keys are refused\n", printable(x.Login))
	return err
}

type userEnableCmd struct {
	Login string `arg:"" help:"Whom."`
}

// Run lets a user in again.
func (x userEnableCmd) Run(ctx context.Context, e *env) error {
	if err := changeUser(ctx, e, x.Login, func(s *db.UserSettings) { s.Enabled = true }); err != nil {
		return err
	}
	_, err := fmt.Fprintf(e.out, "user %s: enabled\n", printable(x.Login))
	return err
}

type userResetTOTPCmd struct {
	Login string `arg:"" help:"Whose."`
}

// Run turns a second factor off.
func (x userResetTOTPCmd) Run(ctx context.Context, e *env) error {
	return withDB(ctx, e, func(database *db.DB) error {
		u, err := database.UserByLogin(ctx, x.Login)
		if err != nil {
			return err
		}
		if err := database.SetTOTP(ctx, u.ID, "", 0); err != nil {
			return err
		}
		_, err = fmt.Fprintf(e.out, "user %d, %s: signs in with the password alone\n", u.ID, u.Login)
		return err
	})
}
