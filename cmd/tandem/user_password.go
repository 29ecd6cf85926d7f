package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"tandem/api/access"
)

// newPassword is a password that somebody is about to have.
type newPassword struct {
	hash   string
	madeUp string // to be shown once; empty: they know it
}

// tell shows a password that was made up.
func (p newPassword) tell(e *env) error {
	if p.madeUp == "" {
		return nil
	}
	_, err := fmt.Fprintf(e.out, "password: %s\nIt is not shown again; let them change it when they sign in.\n", p.madeUp)
	return err
}

// passwordFor takes a password from a file, asks the terminal, or makes one up.
func passwordFor(ctx context.Context, e *env, login, file string) (p newPassword, err error) {
	password := ""
	switch {
	case file != "":
		password, err = passwordIn(file)
	case term.IsTerminal(int(os.Stdin.Fd())):
		password, err = askPassword(ctx, e)
	}
	if err != nil {
		return newPassword{}, err
	}
	if password == "" {
		password = access.NewPassword()
		p.madeUp = password
	}
	if err := access.CheckPassword(login, password); err != nil {
		return newPassword{}, userTold(err)
	}
	p.hash, err = access.HashPassword(password)
	return p, err
}

func passwordIn(file string) (password string, err error) {
	if file != "-" {
		password, err = secret("--password-file", file)
	} else {
		var text []byte
		text, err = io.ReadAll(io.LimitReader(os.Stdin, 4096))
		password = strings.TrimRight(string(text), "\r\n")
	}
	if err == nil && password == "" {
		err = errors.New("--password-file: there is no password in it")
	}
	return password, err
}

// askPassword asks twice, without showing what is typed. ctx ends the waiting; the
// terminal is as before then.
func askPassword(ctx context.Context, e *env) (string, error) {
	terminal := int(os.Stdin.Fd())
	before, err := term.GetState(terminal)
	if err != nil {
		return "", fmt.Errorf("terminal: %w", err)
	}
	type typed struct {
		text string
		err  error
	}
	answer := make(chan typed, 1)
	go func() {
		// The reading ends with the process if nobody answers.
		text, err := typeTwice(e, terminal)
		answer <- typed{text, err}
	}()
	select {
	case <-ctx.Done():
		return "", errors.Join(context.Cause(ctx), term.Restore(terminal, before))
	case a := <-answer:
		return a.text, a.err
	}
}

func typeTwice(e *env, terminal int) (string, error) {
	var texts [2]string
	for i, prompt := range []string{"password (empty: one is made up): ", "again: "} {
		fmt.Fprint(e.errOut, prompt)
		text, err := term.ReadPassword(terminal)
		fmt.Fprintln(e.errOut)
		if err != nil {
			return "", fmt.Errorf("terminal: %w", err)
		}
		if texts[i] = string(text); texts[0] == "" {
			return "", nil
		}
	}
	if texts[0] != texts[1] {
		return "", errors.New("the two are not the same")
	}
	return texts[0], nil
}
