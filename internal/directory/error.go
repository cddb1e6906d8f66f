package directory

import (
	"errors"
	"fmt"
)

// The core's errors. Methods wrap them with context; compare with errors.Is.
var (
	// ErrBusy: the store is overloaded, lost a race too often or cannot write
	// now; nothing was changed and the call may be repeated.
	ErrBusy = errors.New("the directory is busy")
	// ErrConflict: a row that was free when it was read is taken now.
	ErrConflict = errors.New("conflicting change")

	ErrOrgNotFound = errors.New("organisation not found")
	ErrOrgDisabled = errors.New("organisation is disabled")
	ErrAppNotFound = errors.New("app not found")
	ErrAppSecret   = errors.New("wrong app secret")
	ErrAppAddress  = errors.New("the app may not be used from this address")
	// ErrAppPermission: an app that shows its secret in place of a token lacks the
	// permission for the call.
	ErrAppPermission = errors.New("the app lacks the permission for the call")
	ErrTokenInvalid  = errors.New("token is unknown or expired")
	// ErrTokenOrg and ErrTokenKind are kinds of ErrTokenInvalid.
	ErrTokenOrg    = fmt.Errorf("its organisation is disabled: %w", ErrTokenInvalid)
	ErrTokenKind   = fmt.Errorf("the call takes another kind of token: %w", ErrTokenInvalid)
	ErrKeyNotFound = errors.New("access key not found")
	ErrKeyInactive = errors.New("access key is disabled")
	ErrAdminBound  = errors.New("this admin key is of one organisation; it takes one made with key create --admin --all-organisations")

	ErrKeyExpired     = errors.New("temporary access key has expired")
	ErrDuration       = errors.New("life of the credential is out of bounds")
	ErrPolicyNotFound = errors.New("policy not found")
	ErrPolicyName     = errors.New("name of a policy is 1 to 128 letters, digits and hyphens, and not that of a built-in one")
	ErrPolicyInUse    = errors.New("policy is carried by an access key")

	ErrEmployeeNotFound   = errors.New("employee not found")
	ErrDepartmentNotFound = errors.New("department not found")
	ErrLabelNotFound      = errors.New("label not found")

	ErrContactNotFound   = errors.New("external contact not found")
	ErrContactExists     = errors.New("external contact with this mobile exists")
	ErrContactIsEmployee = errors.New("mobile belongs to an employee of the organisation")
	ErrContactQuota      = errors.New("too many external contacts")
	ErrContactsOff       = errors.New("external contacts are switched off for the organisation")
	ErrContactName       = errors.New("name of the external contact is not acceptable")
	ErrContactText       = errors.New("text of the external contact is too long")
	ErrContactEntries    = errors.New("list of the external contact has too many entries")
	ErrContactMobile     = errors.New("mobile of the external contact is not acceptable")
	ErrMobileTaken       = errors.New("another external contact has this mobile")
	ErrOutOfScope        = errors.New("employee is outside the app's range")
	ErrEmployeeFollows   = errors.New("employee is the owner of external contacts")
	ErrHandOverToSelf    = errors.New("contacts cannot be handed over to the employee who has them")
	ErrLabelName         = errors.New("name of the label is not acceptable")
	ErrLabelExists       = errors.New("a label or group with this name exists")
	ErrSearchTooVague    = errors.New("search has nothing to look for")
	ErrSearchCursor      = errors.New("search cursor is not one of ours")

	ErrGrantTarget   = errors.New("organisation cannot receive the grant")
	ErrGrantOperator = errors.New("operator is no active employee of the organisation")

	ErrMessageContactNotFound = errors.New("message contact not found")
	ErrMessageContactName     = errors.New("another message contact has this name")
	ErrMessageContactStatus   = errors.New("status of the message contact does not allow this")
	ErrMessageContactQuota    = errors.New("too many message contacts")
	ErrMemberNotFound         = errors.New("no such member, or not bound to it")
	ErrMemberQuota            = errors.New("too many members bound to the message contact")
	// ErrMessageContactDeleting is an ErrBusy that waiting does not end soon.
	ErrMessageContactDeleting = fmt.Errorf("message contact is being deleted: %w", ErrBusy)
	ErrDirectoryNotEnabled    = errors.New("the organisation has no resource directory")

	ErrDirectoryEnabled       = errors.New("the organisation has a resource directory already")
	ErrDirectoryHasAccounts   = errors.New("the resource directory has accounts")
	ErrFolderNotFound         = errors.New("folder not found")
	ErrFolderNameLength       = errors.New("the name of a folder is empty or too long")
	ErrFolderName             = errors.New("another folder under the same parent has this name")
	ErrFolderDepth            = errors.New("folder would lie too deep")
	ErrFolderQuota            = errors.New("too many folders")
	ErrFolderIsRoot           = errors.New("the root folder cannot be changed")
	ErrFolderHasFolders       = errors.New("folder has folders in it")
	ErrFolderHasAccounts      = errors.New("folder has accounts in it")
	ErrAccountNotFound        = errors.New("account not found")
	ErrAccountDisplayName     = errors.New("another account has this display name")
	ErrAccountName            = errors.New("another account has this name")
	ErrAccountQuota           = errors.New("too many accounts")
	ErrAccountPayer           = errors.New("the account that pays is not in the resource directory")
	ErrAccountType            = errors.New("type of the account does not allow this")
	ErrAccountSameType        = errors.New("account has this type already")
	ErrAccountDeletionUnknown = errors.New("nobody asked for the deletion of the account")
	// ErrAccountUnbinding is an ErrBusy that waiting does not end soon.
	ErrAccountUnbinding = fmt.Errorf("a message contact is being taken away from a folder above the account: %w", ErrBusy)

	ErrVerificationNotOpen    = errors.New("address of the message contact is not to be verified")
	ErrVerificationLimit      = errors.New("too many verification messages")
	ErrVerificationNotFound   = errors.New("verification is unknown")
	ErrVerificationUsed       = errors.New("verification was used already")
	ErrVerificationExpired    = errors.New("verification has expired")
	ErrVerificationSuperseded = errors.New("verification was replaced by a newer one, or its address has changed")
	ErrVerificationKilled     = errors.New("verification was ended by wrong codes")
	ErrVerificationCode       = errors.New("wrong verification code")

	ErrMessageType      = errors.New("not a type of messages")
	ErrNotificationText = errors.New("subject or text of the notification is not acceptable")

	ErrMessageNotFound = errors.New("message not found")
	ErrMessageClaimed  = errors.New("message was claimed by another process")

	ErrSubscriptionNotFound = errors.New("the app has not subscribed to events")
	ErrSubscriptionExists   = errors.New("the app has subscribed to events already")
	ErrSubscriptionOwned    = errors.New("another process delivers for the subscription")
	ErrReceiverToken        = errors.New("token of the receiver is too short or too long")
	ErrReceiverKey          = errors.New("key of the receiver is not acceptable")
	ErrReceiverURL          = errors.New("address of the receiver is not acceptable")
	ErrReceiverForbidden    = errors.New("events may not be pushed to this address")
	ErrReceiverUnreachable  = errors.New("the receiver cannot be reached") // see ReceiverError
	ErrReceiverAnswer       = errors.New("the receiver gave a wrong answer")
)
