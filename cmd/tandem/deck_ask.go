package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"
)

// errNobodyToAsk ends a command that needs a yes and has nobody to ask.
var errNobodyToAsk = errors.New("this asks before it changes anything, and there is no terminal to ask on: say --yes")

// askable makes sure, before any work, that a question can be asked later.
func askable(yes bool) error {
	if !yes && !term.IsTerminal(int(os.Stdin.Fd())) {
		return errNobodyToAsk
	}
	return nil
}

// ask puts a question to the terminal; only y and yes are a yes. ctx ends the
// waiting.
func ask(ctx context.Context, e *env, yes bool, question string) (bool, error) {
	if yes {
		return true, nil
	}
	fmt.Fprintf(e.errOut, "%s [y/N] ", question)
	answer := make(chan string, 1)
	go func() {
		// The reading ends with the process if nobody answers.
		line, _ := bufio.NewReader(os.Stdin).ReadString('\n')
		answer <- strings.ToLower(strings.TrimSpace(line))
	}()
	select {
	case <-ctx.Done():
		fmt.Fprintln(e.errOut)
		return false, context.Cause(ctx)
	case line := <-answer:
		return line == "y" || line == "yes", nil
	}
}
