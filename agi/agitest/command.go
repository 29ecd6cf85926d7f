package agitest

import (
	"fmt"
	"strings"
)

// command is an entry of Asterisk's table.
type command struct {
	words []string
	dead  bool // allowed on a channel that was hung up
	usage string
	// run answers, or reports false for wrong usage.
	run func(a *Asterisk, argv []string) (string, bool)
}

// commands is the part of Asterisk's table that is played here.
func commands() []command {
	return []command{
		{words: []string{"answer"}, usage: "ANSWER", run: func(*Asterisk, []string) (string, bool) { return "200 result=0\n", true }},
		{words: []string{"exec"}, dead: true, usage: "EXEC <application> <options>", run: (*Asterisk).runExec},
		{words: []string{"get", "variable"}, dead: true, usage: "GET VARIABLE <variablename>", run: (*Asterisk).runGetVariable},
		{words: []string{"noop"}, dead: true, usage: "NOOP", run: func(*Asterisk, []string) (string, bool) { return "200 result=0\n", true }},
		{words: []string{"set", "variable"}, dead: true, usage: "SET VARIABLE <variablename> <value>", run: (*Asterisk).runSetVariable},
		{words: []string{"stream", "file"}, usage: "STREAM FILE <filename> <escape digits>", run: func(_ *Asterisk, argv []string) (string, bool) {
			return "200 result=0 endpos=8000\n", len(argv) >= 4
		}},
	}
}

// find matches a command's words without regard to case.
func find(argv []string) (command, bool) {
	for _, c := range commands() {
		if len(argv) >= len(c.words) && strings.EqualFold(strings.Join(argv[:len(c.words)], " "), strings.Join(c.words, " ")) {
			return c, true
		}
	}
	return command{}, false
}

// execute is agi_handle_command: one element for each of Asterisk's writes.
func (a *Asterisk) execute(line string) ([]string, error) {
	argv, err := SplitArgs(line)
	if err != nil {
		return nil, err
	}
	c, ok := find(argv)
	if !ok {
		return []string{"510 Invalid or unknown command\n"}, nil
	}
	if a.Dead && !c.dead {
		return []string{"511 Command Not Permitted on a dead channel or intercept routine\n"}, nil
	}
	reply, ok := c.run(a, argv)
	if !ok {
		return []string{
			"520-Invalid command syntax.  Proper usage follows:\n",
			"Usage: " + c.usage + "\n",
			"520 End of proper usage.\n",
		}, nil
	}
	return []string{reply}, nil
}

func (a *Asterisk) runExec(argv []string) (string, bool) {
	if len(argv) < 2 {
		return "", false
	}
	options := ""
	if len(argv) > 2 {
		options = argv[2]
	}
	result := -2
	name := strings.ToLower(argv[1])
	if app, ok := a.Apps[name]; ok {
		result = app(options)
	} else if name == "mset" {
		result = 0
		for name, value := range MSetVars(options) {
			a.set(name, value)
		}
	}
	return fmt.Sprintf("200 result=%d\n", result), true
}

func (a *Asterisk) runSetVariable(argv []string) (string, bool) {
	if len(argv) != 4 {
		return "", false
	}
	a.set(argv[2], argv[3])
	return "200 result=1\n", true
}

func (a *Asterisk) runGetVariable(argv []string) (string, bool) {
	if len(argv) != 3 {
		return "", false
	}
	value, ok := a.Vars[argv[2]]
	if !ok {
		return "200 result=0\n", true
	}
	return "200 result=1 (" + value[:min(len(value), 1023)] + ")\n", true
}

// set keeps a variable. One or two leading underscores only say that it is
// inherited; it is read without them.
func (a *Asterisk) set(name, value string) {
	name = strings.TrimPrefix(strings.TrimPrefix(name, "_"), "_")
	a.Vars[name] = value
}
