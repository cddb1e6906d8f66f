package directory

// sendPassword tells a person the password that was set for an org account: by
// text message where a mobile is known, else by mail. The message is
// encrypted at rest and erased after delivery like any other. It returns
// ErrEmployeeIdentity when neither address is known.
func (s *Session) sendPassword(tx Tx, e Employee, password string) error {
	channel, to := SMSChannel, e.Mobile
	if to == "" {
		channel, to = EmailChannel, e.Private.Email
	}
	if to == "" {
		return ErrEmployeeIdentity
	}
	tx.InsertMessage(Message{
		ID: s.dir.ids.Base62(verificationIDLength), Org: s.org, Channel: channel, Topic: NotificationMessage, Object: e.UserID, To: to,
		Content: MessageContent{Name: e.Name, Subject: "企业账号 / Org account",
			Text: "登录名 / login: " + e.Private.LoginID + "\n密码 / password: " + password},
		CreatedAt: s.now, NextAt: s.now, State: MessageQueued,
	})
	return nil
}
