// Package plainjson writes and reads JSON of a fixed form without reflection: no
// white space, fields in one order, text that needs no escapes. What is kept with
// every call in progress is written and read several times a call.
//
// A Reader takes nothing but that form. Whoever uses it falls back to
// encoding/json, so other JSON is read as well, only slower.
package plainjson
