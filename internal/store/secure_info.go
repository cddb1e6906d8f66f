package store

import "github.com/mingce/mingce/internal/directory"

// secureInfoTx implements [directory.SecureInfoTx]; its reading has the name of
// the noun.
type secureInfoTx struct{ *tx }

// SecureInfo implements [directory.SecureInfoTx].
func (t secureInfoTx) SecureInfo(accountID string) (i directory.SecureInfo, err error) {
	i.AccountID = accountID
	_, err = t.One(t.toWrite("SELECT email, new_email, email_state, email_until, phone FROM secure_info WHERE org = ? AND account_id = ?"),
		args{t.Org, accountID}, func(r *row) (err error) {
			i.EmailState = r.Text(2)
			if until := r.Int(3); until != 0 {
				i.EmailUntil = fromMillis(until)
			}
			for column, place := range map[int]*string{0: &i.Email, 1: &i.NewEmail, 4: &i.Phone} {
				if *place, err = t.Open("secure_info", accountID, secureColumns[column], r.Bytes(column)); err != nil {
					return err
				}
			}
			return nil
		})
	return i, err
}

// secureColumns are the sealed columns by their place in the reading.
var secureColumns = map[int]string{0: "email", 1: "new_email", 4: "phone"}

// PutSecureInfo implements [directory.SecureInfoTx].
func (t secureInfoTx) PutSecureInfo(i directory.SecureInfo) {
	seal := func(column, text string) any {
		if text == "" {
			return nil
		}
		return t.Seal("secure_info", i.AccountID, column, text)
	}
	until := int64(0)
	if !i.EmailUntil.IsZero() {
		until = millis(i.EmailUntil)
	}
	t.Write(`INSERT INTO secure_info (org, account_id, email, new_email, email_state, email_until, phone) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (org, account_id) DO UPDATE SET email = excluded.email, new_email = excluded.new_email, email_state = excluded.email_state,
			email_until = excluded.email_until, phone = excluded.phone`,
		t.Org, i.AccountID, seal("email", i.Email), seal("new_email", i.NewEmail), i.EmailState, until, seal("phone", i.Phone))
}
