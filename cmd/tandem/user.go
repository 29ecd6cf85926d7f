package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"tandem/db"
)

// userCmd is everything about the people who sign in.
//
//	user_create.go    add one
//	user_list.go      all of them
//	user_set.go       enable, disable, another password, no second factor
//	user_password.go  where passwords come from
type userCmd struct {
	Create      userCreateCmd      `cmd:"" help:"Add somebody who signs in."`
	List        userListCmd        `cmd:"" help:"List who signs in, with their roles."`
	SetPassword userSetPasswordCmd `cmd:"" name:"set-password" help:"Give somebody another password; their sessions end."`
	Disable     userDisableCmd     `cmd:"" help:"Let somebody in no more; their sessions and keys end at once."`
	Enable      userEnableCmd      `cmd:"" help:"Let somebody in again."`
	ResetTOTP   userResetTOTPCmd   `cmd:"" name:"reset-totp" help:"Turn off the second factor of somebody who has lost their device."`
}

// userTold is an error in the words of the command line.
func userTold(err error) error {
	var field *db.FieldError
	switch {
	case errors.As(err, &field) && field.Field == "enabled":
		return errors.New(field.Text)
	case errors.As(err, &field):
		name := strings.TrimSuffix(strings.ReplaceAll(field.Field, "_", "-"), "-id")
		return fmt.Errorf("--%s: %s", name, field.Text)
	case errors.Is(err, db.ErrChanged):
		return errors.New("somebody has changed it meanwhile; try again")
	}
	return err
}

// changeUser changes settings of the user with a login.
func changeUser(ctx context.Context, e *env, login string, change func(s *db.UserSettings)) error {
	return withDB(ctx, e, func(database *db.DB) error {
		u, err := database.UserByLogin(ctx, login)
		if err != nil {
			return err
		}
		after := u.UserSettings
		change(&after)
		_, err = database.UpdateUser(ctx, u.ID, after, func(now db.User) error {
			if now.UserSettings != u.UserSettings {
				return db.ErrChanged
			}
			return nil
		})
		return userTold(err)
	})
}
