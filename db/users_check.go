package db

import (
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode"
)

const (
	roleAdmin    = "admin"
	roleAgent    = "agent"
	roleCustomer = "customer"
)

// tidy brings settings into the form in which they are kept, and names what is
// wrong with them.
func (s *UserSettings) tidy() error {
	s.Login = strings.ToLower(s.Login)
	switch {
	case !shaped(s.Login, lowerOrDigit, lowerOrDigit+"._@+-", 64):
		return &FieldError{Field: "login", Text: "want 1 to 64 letters, digits, . _ @ + or -, and a letter or digit first"}
	case len([]rune(s.Name)) > 128 || strings.TrimSpace(s.Name) != s.Name || strings.ContainsFunc(s.Name, unicode.IsControl):
		return &FieldError{Field: "name", Text: "want at most 128 characters, without blanks at the ends"}
	case s.Email != "" && !plainEmail(s.Email):
		return &FieldError{Field: "email", Text: "want an address such as name@example.com"}
	case !slices.Contains([]string{roleAdmin, "operator", "analyst", roleAgent, roleCustomer}, s.Role):
		return &FieldError{Field: "role", Text: "want admin, operator, analyst, agent or customer"}
	}
	if err := s.checkBelonging(); err != nil {
		return err
	}
	return checkLocale(s.Language, s.TimeZone)
}

// checkBelonging: customers and agents belong to an account, others to none.
func (s *UserSettings) checkBelonging() error {
	belongs := s.Role == roleCustomer || s.Role == roleAgent
	switch {
	case belongs && s.AccountID == 0:
		return &FieldError{Field: "account_id", Text: "a " + s.Role + " belongs to an account: name it"}
	case !belongs && s.AccountID != 0:
		return &FieldError{Field: "account_id", Text: "only customers and agents belong to an account"}
	case s.Role == roleAgent && s.SubscriberID == 0:
		return &FieldError{Field: "subscriber_id", Text: "an agent has a telephone: name it"}
	case s.Role != roleAgent && s.SubscriberID != 0:
		return &FieldError{Field: "subscriber_id", Text: "only agents have a telephone"}
	}
	return nil
}

func plainEmail(text string) bool {
	a, err := mail.ParseAddress(text)
	return err == nil && a.Address == text && len(text) <= 254
}

func checkLocale(language, timeZone string) error {
	if !slices.Contains([]string{"", "en", "ru"}, language) {
		return &FieldError{Field: "language", Text: "want en or ru, or nothing for the browser's"}
	}
	if _, err := time.LoadLocation(timeZone); err != nil || timeZone == "Local" || len(timeZone) > 64 {
		return &FieldError{Field: "time_zone", Text: "want an IANA name such as Europe/Berlin, or nothing for the browser's"}
	}
	return nil
}
