package directory

import (
	"context"
	"errors"
	"fmt"
)

// Errors of accounts that pay. Methods wrap them with context; compare with
// errors.Is.
var (
	ErrAccountPayer = errors.New("the account that pays is not in the resource directory")
	ErrPayerPaidFor = errors.New("an account that another pays for cannot pay for others")
)

// Payer is the account that pays for another.
type Payer struct{ ID, Name string }

// PayerOf returns the account that pays for the account, or none ("") for one
// that pays for itself. Nobody pays for the management account, which may be
// asked about too (docs/spec/resource-directory.md#asking-who-pays). It returns
// ErrDirectoryNotEnabled or ErrAccountNotFound.
func (s *Session) PayerOf(ctx context.Context, id string) (p Payer, err error) {
	err = s.view(ctx, func(tx Tx) error {
		rd, err := tx.ResourceDirectory().ResourceDirectory()
		if err != nil {
			return err
		}
		if id == rd.AccountID {
			return nil
		}
		a, err := tx.Accounts().Account(id)
		if err != nil {
			return err
		}
		switch a.PayerID {
		case "":
			return nil
		case rd.AccountID:
			p = Payer{rd.AccountID, rd.AccountName}
			return nil
		}
		payer, err := tx.Accounts().Account(a.PayerID)
		p = Payer{payer.ID, payer.Name}
		return err
	})
	if err != nil {
		return Payer{}, fmt.Errorf("payer of account %s: %w", id, err)
	}
	return p, nil
}

// SetPayer makes another account pay for the account, from the management
// account and the members; "" and the account itself let it pay for itself. It
// returns ErrDirectoryNotEnabled, ErrAccountNotFound, ErrAccountPayer or, when a
// payer would have a payer, ErrPayerPaidFor
// (docs/spec/tags-and-members.md#changing-who-pays).
func (s *Session) SetPayer(ctx context.Context, id, payerID string) error {
	if payerID == id {
		payerID = ""
	}
	err := s.updateWaiting(ctx, func(tx Tx) error {
		before, err := lockedAccount(tx, id)
		if err != nil {
			return err
		}
		if err := mayPay(tx, id, payerID); err != nil || before.PayerID == payerID {
			return err
		}
		after := before
		after.PayerID, after.ModifiedAt = payerID, s.now
		s.changeAccount(tx, "update", before, after)
		return nil
	})
	if err != nil {
		return fmt.Errorf("payer of account %s: %w", id, err)
	}
	return nil
}

func mayPay(tx Tx, id, payerID string) error {
	if payerID == "" {
		return nil
	}
	paid, err := tx.Accounts().AccountsPaidBy(id)
	if err != nil {
		return err
	}
	rd, err := tx.ResourceDirectory().ResourceDirectory()
	if err != nil {
		return err
	}
	if payerID != rd.AccountID {
		payer, err := tx.Accounts().Account(payerID)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrAccountPayer, err)
		}
		if payer.PayerID != "" {
			return ErrPayerPaidFor
		}
	}
	if paid > 0 {
		return ErrPayerPaidFor
	}
	return nil
}

// CanPay reports whether the account could pay for others: no member does that
// another pays for. It returns ErrDirectoryNotEnabled or ErrAccountNotFound.
func (s *Session) CanPay(ctx context.Context, id string) (bool, error) {
	p, err := s.PayerOf(ctx, id)
	return p.ID == "", err
}
