// Package v1 is the HTTP API under /api/v1: what the console does, and what
// scripts may do. One file a resource; the OpenAPI document is made from the code.
//
//	request ──▶ access.Guard ──▶ rule of the operation ──▶ huma: decode, validate
//	                                                            │
//	          answer ◀── problem.go ◀── error ◀── handler ──▶ db, callflow, desk
//
// Answers have money as strings, times in UTC, lists as pages with a cursor.
// Errors are application/problem+json (RFC 9457) and name the field; they never
// repeat what was sent.
package v1
