package agitest_test

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"tandem/agi/agitest"
)

// The cases were worked out by hand from parse_args of res_agi.c 22.10.1.
func TestSplitArgs(t *testing.T) {
	for line, want := range map[string][]string{
		``:                            nil,
		`   `:                         nil,
		`NOOP`:                        {"NOOP"},
		`  SET	 VARIABLE  A B `:       {"SET", "VARIABLE", "A", "B"},
		`SET VARIABLE "A" ""`:         {"SET", "VARIABLE", "A", ""},
		`A "b c" d`:                   {"A", "b c", "d"},
		`A "b	c"`:                     {"A", "b	c"},
		`A b"c d"e`:                   {"A", "bc de"},
		`A "b""c"`:                    {"A", "bc"},
		`A "b\"c"`:                    {"A", `b"c`},
		`A "b\\"`:                     {"A", `b\`},
		`A "b\tc"`:                    {"A", "btc"},
		`A "\xe9"`:                    {"A", "xe9"},
		`A b\ c`:                      {"A", "b c"},
		`A \ b`:                       {"A", " b"},
		`A \"b c\"`:                   {"A", `"b`, `c"`},
		`A b\`:                        {"A", "b"},
		`A "b c`:                      {"A", "b c"},
		`EXEC MSet "A=1,B=\"x y\",C"`: {"EXEC", "MSet", `A=1,B="x y",C`},
	} {
		got, err := agitest.SplitArgs(line)
		if err != nil || fmt.Sprintf("%q", got) != fmt.Sprintf("%q", want) {
			t.Errorf("%s is %q, %v, want %q", line, got, err, want)
		}
	}
}

func TestSplitArgsAtItsLimit(t *testing.T) {
	got, err := agitest.SplitArgs(strings.Repeat("a ", 200))
	if err != nil || len(got) != 127 {
		t.Errorf("200 words are %d, %v, want 127", len(got), err)
	}
	if got, err := agitest.SplitArgs(strings.Repeat(`"a" `, 127)); err != nil || len(got) != 127 {
		t.Errorf("127 quoted words are %d, %v", len(got), err)
	}
	if _, err := agitest.SplitArgs(strings.Repeat(`"a" `, 128)); !errors.Is(err, agitest.ErrArgsOverflow) {
		t.Errorf("128 quoted words: %v, want ErrArgsOverflow", err)
	}
}

// The cases were worked out by hand from __ast_app_separate_args of main/app.c
// and pbx_builtin_setvar_multiple of main/pbx_variables.c 22.10.1.
func TestMSetVars(t *testing.T) {
	for options, want := range map[string]map[string]string{
		``:                {},
		`A=1`:             {"A": "1"},
		`A=1,B=2`:         {"A": "1", "B": "2"},
		`A=`:              {"A": ""},
		`A=,B=`:           {"A": "", "B": ""},
		`A,B=2`:           {"B": "2"},
		`A=1,`:            {"A": "1"},
		`A=b=c`:           {"A": "b=c"},
		`A="x,y",B=2`:     {"A": "x,y", "B": "2"},
		`A=(x,y),B=[1,2]`: {"A": "(x,y)", "B": "[1,2]"},
		`A=x),B=2`:        {"A": "x)", "B": "2"},
		`A=(x,B=2`:        {"A": "(x,B=2"},
		`A=x\,y,B=2`:      {"A": "x,y", "B": "2"},
		`A=x\`:            {"A": "x"},
		`__A=1`:           {"__A": "1"},
		`A=PJSIP/1@g:5/6`: {"A": "PJSIP/1@g:5/6"},
	} {
		if got := agitest.MSetVars(options); !maps.Equal(got, want) {
			t.Errorf("%s sets %q, want %q", options, got, want)
		}
	}
}

func TestMSetVarsAtItsLimit(t *testing.T) {
	pairs := make([]string, 100)
	for i := range pairs {
		pairs[i] = fmt.Sprintf("V%d=%d", i, i)
	}
	if got := agitest.MSetVars(strings.Join(pairs[:99], ",")); len(got) != 99 || got["V98"] != "98" {
		t.Errorf("99 pairs set %d, the last to %q", len(got), got["V98"])
	}
	if got := agitest.MSetVars(strings.Join(pairs, ",")); len(got) != 99 || got["V98"] != "98,V99=99" {
		t.Errorf("100 pairs set %d, the last to %q", len(got), got["V98"])
	}
}
