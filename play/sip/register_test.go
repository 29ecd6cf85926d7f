package sip_test

import (
	"testing"
	"time"

	"tandem/play/sip"
)

func TestRegister(t *testing.T) {
	t.Parallel()
	carrier := startCarrier(t, sip.CarrierConfig{Logins: map[string]string{"alice": "wonder"}})
	phone := startPhone(t, carrier.Addr())
	must(t, phone.Register(soon(t), time.Minute))
	must(t, phone.Register(soon(t), time.Minute))
	got, err := carrier.WaitRegistration(soon(t), "alice")
	must(t, err)
	equal(t, "source", got.Source, phone.Addr().String())
	equal(t, "contact", got.Contact, "sip:alice@"+phone.Addr().String())
	equal(t, "count", got.Count, 2)
	equal(t, "life", got.Until.Sub(got.At), time.Minute)
	equal(t, "registrations", len(carrier.Registrations()), 1)
	must(t, phone.Register(soon(t), 0))
	equal(t, "registrations afterwards", len(carrier.Registrations()), 0)
	equal(t, "counted", carrier.Counters().Registers, 3)
}

func TestRegisteredFor(t *testing.T) {
	t.Parallel()
	carrier := startCarrier(t, sip.CarrierConfig{Logins: map[string]string{"alice": "wonder"}, RegisteredFor: time.Minute})
	must(t, startPhone(t, carrier.Addr()).Register(soon(t), time.Hour))
	got, err := carrier.WaitRegistration(soon(t), "alice")
	must(t, err)
	equal(t, "life", got.Until.Sub(got.At), time.Minute)
}

func TestRegisterRefused(t *testing.T) {
	t.Parallel()
	carrier := startCarrier(t, sip.CarrierConfig{Logins: map[string]string{"alice": "wonder"}})
	thief := startPhone(t, carrier.Addr(), func(cfg *sip.PhoneConfig) { cfg.Password = "guess" })
	equal(t, "wrong password", rejected(thief.Register(soon(t), time.Minute)), 401)
	stranger := startPhone(t, carrier.Addr(), func(cfg *sip.PhoneConfig) { cfg.Login = "bob" })
	equal(t, "unknown login", rejected(stranger.Register(soon(t), time.Minute)), 401)
	closed := startCarrier(t, sip.CarrierConfig{})
	equal(t, "nobody may", rejected(startPhone(t, closed.Addr()).Register(soon(t), time.Minute)), 403)
	equal(t, "registrations", len(carrier.Registrations()), 0)
}

// TestAuthCalls: calls that must prove a login.
func TestAuthCalls(t *testing.T) {
	t.Parallel()
	carrier := startCarrier(t, sip.CarrierConfig{Logins: map[string]string{"alice": "wonder"}, AuthCalls: true})
	phone := startPhone(t, carrier.Addr())
	for _, to := range []string{"74950000001", `12"34`, "12&34%0A", "12@34"} {
		call := talkTo(t, phone, to)
		must(t, call.Hangup(soon(t)))
		equal(t, "called", record(t, carrier, call).Called, to)
	}
	thief := startPhone(t, carrier.Addr(), func(cfg *sip.PhoneConfig) { cfg.Password = "guess" })
	equal(t, "wrong password", rejected(dial(t, thief, "74950000001").WaitAnswer(soon(t))), 407)
	equal(t, "offered", carrier.Counters().Invites, 4)
}
