// Package q850 knows the causes of ITU-T Q.850: what ended a call, how Asterisk
// tells it in SIP, and whose fault it was.
//
//	SIP answer --FromSIP--> Cause --SIP--> SIP answer to the caller
//	                          |
//	                          +--Blame--> caller, called, route, us
package q850
