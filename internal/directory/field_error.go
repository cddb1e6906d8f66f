package directory

// FieldError says which value of a noun a rule refused, so that the answer's
// explanation can name it. It wraps one of the core's errors.
type FieldError struct {
	Field string // as the noun's record names it: "label_ids", "optUserId"
	Value string // the refused value; callers show it masked
	Rule  string // the rule in words, without the value; "" takes Err's words
	Err   error
}

func (e *FieldError) Error() string { return e.Field + ": " + e.Err.Error() }
func (e *FieldError) Unwrap() error { return e.Err }

// Broken returns the rule in words.
func (e *FieldError) Broken() string {
	if e.Rule != "" {
		return e.Rule
	}
	return e.Err.Error()
}
