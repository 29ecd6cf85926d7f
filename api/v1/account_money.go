package v1

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tandem/billing"
	"tandem/db"
	"tandem/internal/money"
	"tandem/view"
)

// move is one way to move a balance by hand.
type move struct {
	id, path, summary string
	needsNote, minus  bool
	post              func(ctx context.Context, d *door, t db.TopUp, force bool) ([]billing.Posting, error)
}

func moves() []move {
	return []move{
		{id: "top-up-account", path: "topup", summary: "Put money on an account", post: func(ctx context.Context, d *door, t db.TopUp, _ bool) ([]billing.Posting, error) {
			return d.DB.TopUp(ctx, t)
		}},
		{id: "withdraw-account", path: "withdraw", summary: "Pay money out of an account", post: func(ctx context.Context, d *door, t db.TopUp, force bool) ([]billing.Posting, error) {
			if force {
				t.Amount = -t.Amount
				return d.DB.TopUp(ctx, t)
			}
			return d.DB.Withdraw(ctx, t)
		}},
		{id: "adjust-account", path: "adjust", summary: "Correct a balance by hand, up or down", needsNote: true, minus: true, post: adjust},
	}
}

func adjust(ctx context.Context, d *door, t db.TopUp, _ bool) ([]billing.Posting, error) {
	p := billing.Posting{
		Key: t.Key, At: t.At, Kind: billing.Adjust, Debit: billing.Party{Kind: billing.Adjustment}, Credit: billing.Party{Kind: billing.Customer, ID: t.AccountID},
		Amount: t.Amount, CurrencyID: t.CurrencyID, Note: t.Note,
	}
	if p.Amount < 0 {
		p.Debit, p.Credit, p.Amount = p.Credit, p.Debit, -p.Amount
	}
	return d.DB.Post(ctx, []billing.Posting{p})
}

type moveInput struct {
	AccountID
	IdempotencyKey

	Body struct {
		Amount   money.Amount `json:"amount" pattern:"^-?[0-9]{1,12}([.][0-9]{1,6})?$" patternDescription:"a sum such as 50.00, at most 12 digits before the point and 6 after" doc:"Above zero; of an adjustment also below"`
		Currency string       `json:"currency,omitempty" maxLength:"3" doc:"Of the amount; another than the balance's is converted by the exchange rate in force. None: the balance's"`
		Note     string       `json:"note,omitempty" maxLength:"255" doc:"Why; an adjustment needs it"`
		Force    bool         `json:"force,omitempty" doc:"Of a withdrawal: also more than is free"`
	}
}

// MoneyMoved is what a posting by hand did to a balance.
type MoneyMoved struct {
	AccountID int64          `json:"account_id"`
	Account   string         `json:"account"`
	Currency  string         `json:"currency"`
	Key       string         `json:"key"`
	Repeated  bool           `json:"repeated" doc:"It had been posted before"`
	Before    money.Amount   `json:"before" doc:"The balance"`
	After     money.Amount   `json:"after"`
	Available *money.Amount  `json:"available" doc:"null: no limit"`
	Postings  []view.Posting `json:"postings" nullable:"false"`
}

type moveOutput struct{ Body MoneyMoved }

func (d *door) move(ctx context.Context, in *moveInput, m move) (*moveOutput, error) {
	if err := in.fits(m); err != nil {
		return nil, err
	}
	a, err := d.DB.AccountByID(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	before, err := d.DB.AccountMoney(ctx, a.ID)
	if errors.Is(err, db.ErrNotFound) {
		return nil, huma.NewError(http.StatusConflict, "this account has no balance; set its currency first")
	}
	if err != nil {
		return nil, err
	}
	t := db.TopUp{Key: in.Key, AccountID: a.ID, Amount: in.Body.Amount, CurrencyID: before.CurrencyID, At: before.At, Note: in.Body.Note}
	if in.Body.Currency != "" {
		if t.CurrencyID, err = d.currencyID(ctx, in.Body.Currency); err != nil {
			return nil, err
		}
	}
	posted, err := m.post(ctx, d, t, in.Body.Force)
	if err != nil {
		return nil, postingProblem(err)
	}
	ctx = db.ForDeeds(ctx)
	after, err := d.DB.AccountMoney(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	postings, err := view.NewBooks(d.DB).Postings(ctx, posted...)
	return &moveOutput{MoneyMoved{
		AccountID: a.ID, Account: a.Name, Currency: after.Currency, Key: in.Key, Repeated: repeated(posted, t.At),
		Before: before.Balance.Balance, After: after.Balance.Balance, Available: after.Available, Postings: postings,
	}}, err
}

func (in *moveInput) fits(m move) error {
	switch {
	case in.Body.Amount == 0, in.Body.Amount < 0 && !m.minus:
		return wrong("body.amount", "want a sum above zero")
	case m.needsNote && in.Body.Note == "":
		return wrong("body.note", "an adjustment needs a reason; say why")
	case m.path == "adjust" && in.Body.Currency != "":
		return wrong("body.currency", "an adjustment is in the currency of the balance; leave it away")
	case m.path != "withdraw" && in.Body.Force:
		return wrong("body.force", "only a withdrawal can be forced")
	}
	return in.check()
}

// postingProblem is the answer to a posting that was refused.
func postingProblem(err error) error {
	switch {
	case errors.Is(err, db.ErrPostingKey):
		return huma.NewError(http.StatusConflict, "this Idempotency-Key is taken by another posting; another posting needs another key")
	case errors.Is(err, db.ErrNotFree):
		return wrong("body.amount", "more than is free without what is held for calls in progress; force pays it out all the same")
	case errors.Is(err, db.ErrReversed):
		return huma.NewError(http.StatusConflict, "this posting was taken back before")
	case errors.Is(err, billing.ErrPosting):
		return wrong("body.amount", err.Error())
	case errors.Is(err, money.ErrOverflow):
		return wrong("body.amount", "want a smaller sum")
	}
	return err
}

// repeated says that postings were there already. at is the time that they would
// have been made at.
func repeated(posted []billing.Posting, at time.Time) bool {
	return len(posted) > 0 && !posted[0].At.Equal(at.Truncate(time.Millisecond))
}
