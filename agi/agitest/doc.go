// Package agitest plays the other side of FastAGI.
//
//	            *.agi file                       Asterisk              RawServer
//	          ┌────────────┐                  behaves as res_agi     answers without
//	 as       │ > Asterisk │  as              splits, sets, refuses      thinking
//	Asterisk◀─┤ < server   ├─▶server               │                       ▲
//	    │     └────────────┘    │                  │                       │
//	    ▼                       ▼                  ▼                       │
//	our server            a client side        our server         Load ────┘
//
// A recorded conversation ([Conversation]) is played as either side over any
// net.Conn. [Asterisk] is a small client that behaves as Asterisk 22 does: it
// writes the environment line by line, splits commands and MSet's options as
// Asterisk does, keeps variables, and answers 200, 510, 511 and 520.
// [RawServer] is the anchor for benchmarks, [Load] the traffic for both.
// [Listener] is a listener in memory, for tests in a testing/synctest bubble.
//
// # The format of a conversation
//
// One thing a line; empty lines and lines that begin with # mean nothing.
//
//	@key value        what a test wants to know: @result hangup
//	> text            Asterisk writes the text and a newline, in one write
//	< text            the server does
//	>                 the empty line
//	>& text           a line that goes out in one write with the one below it
//	>+ text           the text without a newline
//	>* 9000 text      a line whose last byte is repeated up to 9000 bytes
//	>= "text\r\n"     a Go string, written as it is, no newline added
//	>! close          Asterisk closes the connection
//	>! hang           Asterisk says nothing more (for the reader; does nothing)
//
// All of them stand with < too. A line that the other side writes is waited
// for and compared byte by byte; how it was cut into writes does not matter.
// Writing to a side that has closed is no error by itself, as it is none for
// Asterisk: the line after it tells what was expected.
package agitest
