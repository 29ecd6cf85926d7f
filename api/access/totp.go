package access

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"tandem/db"
)

// totpPeriod is how long a code is good, by RFC 6238; the one before and the one
// after are taken too, for clocks that are not quite right.
const totpPeriod = 30

// OfferTOTP makes a second factor for who asks. It is in force when a code confirms
// that their device has it.
func (g *Guard) OfferTOTP(ctx context.Context, password string) (secret, url string, err error) {
	c, err := g.prove(ctx, password)
	if err != nil {
		return "", "", err
	}
	if c.TOTPSecret != "" {
		return "", "", &db.FieldError{Field: "totp", Text: "there is a second factor already; turn it off first"}
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "Tandem", AccountName: c.User.Login, Period: totpPeriod})
	if err != nil {
		return "", "", fmt.Errorf("make second factor: %w", err)
	}
	return key.Secret(), key.URL(), g.DB.OfferTOTP(ctx, c.User.ID, key.Secret())
}

// ConfirmTOTP puts the second factor in force that was offered.
func (g *Guard) ConfirmTOTP(ctx context.Context, code string) error {
	c, err := g.DB.CredentialOfUser(ctx, From(ctx).UserID)
	if err != nil {
		return err
	}
	if c.TOTPPending == "" {
		return &db.FieldError{Field: "code", Text: "no second factor is waiting to be confirmed; begin anew"}
	}
	return g.withCode(ctx, c, c.TOTPPending, code, func() error {
		return g.DB.SetTOTP(ctx, c.User.ID, c.TOTPPending, SessionID(ctx))
	})
}

// DropTOTP turns the second factor off of who asks.
func (g *Guard) DropTOTP(ctx context.Context, code string) error {
	c, err := g.DB.CredentialOfUser(ctx, From(ctx).UserID)
	if err != nil {
		return err
	}
	if c.TOTPSecret == "" {
		return nil
	}
	return g.withCode(ctx, c, c.TOTPSecret, code, func() error { return g.DB.SetTOTP(ctx, c.User.ID, "", 0) })
}

// withCode goes on if the code is right; wrong ones are counted.
func (g *Guard) withCode(ctx context.Context, c db.Credential, secret, code string, then func() error) error {
	a, err := g.attemptInside(ctx, c.User.Login)
	if err != nil {
		return err
	}
	good, err := g.useCode(ctx, c.User.ID, secret, code)
	switch {
	case err != nil:
		return err
	case !good:
		return &db.FieldError{Field: "code", Text: ErrCode.Error() + "; is the device's clock right?"}
	}
	if err := a.was(ctx, true, false); err != nil {
		return err
	}
	return then()
}

// useCode says whether a code is right and was not used before.
func (g *Guard) useCode(ctx context.Context, user int64, secret, code string) (bool, error) {
	step, good := stepOf(secret, code, time.Now())
	if !good {
		return false, nil
	}
	return g.DB.UseTOTP(ctx, user, step)
}

// stepOf finds the step of time whose code this is.
func stepOf(secret, code string, now time.Time) (step int64, good bool) {
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	for _, skew := range []int64{0, -1, 1} {
		at := now.Add(time.Duration(skew*totpPeriod) * time.Second)
		is, err := totp.ValidateCustom(code, secret, at, totp.ValidateOpts{Period: totpPeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && is {
			return at.Unix() / totpPeriod, true
		}
	}
	return 0, false
}
