package sip

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// RawSpec is an INVITE that is written as it stands, however wrong: for what no
// SIP library would send. Empty fields take sane values.
type RawSpec struct {
	Local  netip.Addr     // address to call from, on a free port
	Server netip.AddrPort // address to call
	URI    string         // Request-URI
	From   string         // value of From; the tag is added
	To     string         // value of To
	Lines  []string       // further header lines
	// Login and Password answer a challenge.
	Login, Password string
}

// RawAnswer is what came back.
type RawAnswer struct {
	Provisionals []int  // status codes before the final one
	Status       int    // final response
	Reason       string // its phrase
	Text         string // the whole final response
}

// rawCall is a RawSpec on its way.
type rawCall struct {
	spec   RawSpec
	conn   *net.UDPConn
	callID string
	tag    string
	branch string // of the INVITE now in progress
	seq    int
	auth   []string
}

// RawInvite sends the INVITE, repeats it until something comes back, and clears
// the call should it be answered. Nonsense may rightly be met with silence:
// if ctx ends before a final response the error is ErrNoResponse.
func RawInvite(ctx context.Context, spec RawSpec) (RawAnswer, error) {
	conn, err := listenUDP(ctx, netip.AddrPortFrom(spec.Local, 0))
	if err != nil {
		return RawAnswer{}, fmt.Errorf("sip: raw INVITE: %w", err)
	}
	defer func() { _ = conn.Close() }()
	defer context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Unix(1, 0)) })()

	c := &rawCall{spec: spec, conn: conn, callID: newTag(), tag: newTag()}
	answer, err := c.try(ctx)
	if challenge := lineOf(answer.Text, "WWW-Authenticate", "Proxy-Authenticate"); err == nil && challenge != "" && spec.Login != "" {
		auth, err := credentials(answer.Status, challenge, "INVITE", c.uri(), spec.Login, spec.Password)
		if err != nil {
			return answer, err
		}
		c.auth = []string{auth.Name + ": " + auth.Value}
		return c.try(ctx)
	}
	return answer, err
}

// try sends one INVITE and reads up to its final response.
func (c *rawCall) try(ctx context.Context) (RawAnswer, error) {
	c.seq++
	c.branch = newBranch()
	invite := c.text("INVITE", c.branch, c.to(), c.auth, offerSDP(localAddr(c.conn)))
	var answer RawAnswer
	buf := make([]byte, 65535)
	for pause := t1; ; pause = min(2*pause, t2) {
		if len(answer.Provisionals) == 0 {
			if err := c.write(invite); err != nil {
				return answer, err
			}
		}
		if err := c.conn.SetReadDeadline(time.Now().Add(pause)); err != nil {
			return answer, fmt.Errorf("sip: raw INVITE: %w", err)
		}
		if ctx.Err() != nil { // the deadline of its end may just have been overwritten
			return answer, c.silence(answer)
		}
		for {
			n, err := c.conn.Read(buf)
			if err != nil {
				break // time to repeat it, or ctx is over, which comes up above
			}
			text := string(buf[:n])
			status, reason := statusLine(text)
			switch {
			case status == 0 || !strings.HasPrefix(lineOf(text, "CSeq"), strconv.Itoa(c.seq)+" INVITE"):
			case status < statusOK:
				answer.Provisionals = append(answer.Provisionals, status)
			default:
				answer.Status, answer.Reason, answer.Text = status, reason, text
				return answer, c.acknowledge(answer)
			}
		}
	}
}

// silence ends an INVITE that got no final response.
func (c *rawCall) silence(answer RawAnswer) error {
	if len(answer.Provisionals) > 0 {
		if err := c.write(c.text("CANCEL", c.branch, c.to(), nil, nil)); err != nil {
			return err
		}
	}
	return fmt.Errorf("sip: raw INVITE: %w", ErrNoResponse)
}

// acknowledge sends ACK, and BYE after an answer.
func (c *rawCall) acknowledge(answer RawAnswer) error {
	to := lineOf(answer.Text, "To", "t")
	if answer.Status >= statusMultiple {
		return c.write(c.text("ACK", c.branch, to, nil, nil))
	}
	err := c.write(c.text("ACK", newBranch(), to, nil, nil))
	c.seq++
	return errors.Join(err, c.write(c.text("BYE", newBranch(), to, nil, nil)))
}

// text writes a request.
func (c *rawCall) text(method, branch, to string, lines []string, body []byte) string {
	from := c.spec.From
	if from == "" {
		from = "<sip:raw@" + c.spec.Local.String() + ">"
	}
	local := localAddr(c.conn).String()
	all := []string{
		method + " " + c.uri() + " SIP/2.0",
		"Via: SIP/2.0/UDP " + local + ";branch=" + branch + ";rport",
		"From: " + from + ";tag=" + c.tag,
		"To: " + to,
		"Call-ID: " + c.callID,
		"CSeq: " + strconv.Itoa(c.seq) + " " + method,
		"Max-Forwards: 70",
		"Contact: <sip:raw@" + local + ">",
	}
	if method == "INVITE" {
		all = append(all, c.spec.Lines...)
	}
	all = append(all, lines...)
	if len(body) > 0 {
		all = append(all, "Content-Type: application/sdp")
	}
	all = append(all, "Content-Length: "+strconv.Itoa(len(body)), "", string(body))
	return strings.Join(all, "\r\n")
}

func (c *rawCall) uri() string {
	if c.spec.URI != "" {
		return c.spec.URI
	}
	return "sip:" + c.spec.Server.String()
}

func (c *rawCall) to() string {
	if c.spec.To != "" {
		return c.spec.To
	}
	return "<" + c.uri() + ">"
}

func (c *rawCall) write(text string) error {
	if _, err := c.conn.WriteToUDPAddrPort([]byte(text), c.spec.Server); err != nil {
		return fmt.Errorf("sip: raw INVITE: %w", err)
	}
	return nil
}

// statusLine reads the first line of a response; status 0 if it is none.
func statusLine(text string) (status int, reason string) {
	line, _, _ := strings.Cut(text, "\r\n")
	rest, ok := strings.CutPrefix(line, "SIP/2.0 ")
	if !ok {
		return 0, ""
	}
	code, reason, _ := strings.Cut(rest, " ")
	status, err := strconv.Atoi(code)
	if err != nil {
		return 0, ""
	}
	return status, reason
}

// lineOf is the value of the first header line that has one of these names.
func lineOf(text string, names ...string) string {
	head, _, _ := strings.Cut(text, "\r\n\r\n")
	for line := range strings.SplitSeq(head, "\r\n") {
		name, value, _ := strings.Cut(line, ":")
		for _, want := range names {
			if strings.EqualFold(strings.TrimSpace(name), want) {
				return strings.TrimSpace(value)
			}
		}
	}
	return ""
}
