package sip

import gosip "github.com/emiago/sipgo/sip"

// reply sends one response other than 200.
func (in *inbound) reply(r Reply) {
	res := in.response(r.Status, r.Phrase)
	if r.Media {
		setSDP(res, in.description())
		in.startMedia()
	}
	for _, h := range r.Headers {
		res.AppendHeader(gosip.NewHeader(h.Name, h.Value))
	}
	if r.Status > statusTrying && r.Status < statusMultiple {
		res.AppendHeader(in.agent.contact())
	}
	switch {
	case r.Status >= statusMultiple:
		in.entry.finish(r.Status, Called)
	case r.Status > statusTrying:
		in.entry.rang()
	}
	in.send(res)
}

// response builds a response with our tag, the same in every response.
func (in *inbound) response(status int, text string) *gosip.Response {
	if text == "" {
		text = phrase(status)
	}
	res := gosip.NewResponseFromRequest(in.invite.req, status, text, nil)
	if status > statusTrying {
		res.To().Params.Add("tag", in.tag)
	}
	return res
}

// send hands a response to the transaction. A response that cannot be sent is
// the same as one that got lost.
func (in *inbound) send(res *gosip.Response) {
	if err := in.tx.Respond(res); err != nil {
		in.agent.log.Debug().Err(err).Str("agent", in.agent.name).Str("call_id", in.callID).Msg("response not sent")
	}
}

// answer is our 200 to the INVITE.
func (in *inbound) answer() *gosip.Response {
	res := in.response(statusOK, "")
	res.AppendHeader(in.agent.contact())
	res.AppendHeader(gosip.NewHeader("Allow", allowed))
	setSDP(res, in.description())
	return res
}

// description implements party. It is made once, so that each answer in the
// call names the same socket.
func (in *inbound) description() []byte {
	in.sdpOnce.Do(func() {
		in.media = in.agent.openMedia(in.agent.countsMedia)
		in.sdp = answerSDP(in.agent.mediaAddr(in.media), in.invite.req.Body())
	})
	return in.sdp
}

// startMedia sends silence to where the offer asks for it, if we do media.
func (in *inbound) startMedia() {
	in.description()
	if in.agent.sendsMedia {
		in.media.sendTo(remoteMedia(in.invite.req.Body()), in.lose)
	}
}

// closeMedia releases the socket; one that was never opened stays closed.
func (in *inbound) closeMedia() {
	in.sdpOnce.Do(func() {})
	in.media.close()
}
