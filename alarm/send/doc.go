// Package send brings messages of alarms to their receivers.
//
//	Store ──Take──▶ Courier ──▶ Webhook ──▶ HTTP, signed
//	  ▲                │   └──▶ Mail ─────▶ SMTP
//	  ╰── sent, failed ╯
//
// What is to be sent is in the store before, and marked there afterwards: a message
// comes at least once, and may come twice. Its id tells the receiver.
package send
