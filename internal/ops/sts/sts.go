// Package sts holds the operations of Alibaba Cloud's security token service
// (docs/spec/sts.md). Roles and their sessions are in package directory,
// signature and envelope in the gateway.
package sts

import (
	"regexp"

	"github.com/mingce/mingce/internal/api"
)

const (
	version = "2015-04-01"
	service = "sts" // in RAM actions
	group   = "STS"

	dateAndSecond = "2006-01-02T15:04:05Z"
)

// Operations are the operations of this package.
var Operations api.Registry

var (
	roleARN      = regexp.MustCompile(`^acs:ram::([0-9]{16}):role/([0-9A-Za-z.-]{1,64})$`)
	sessionForm  = regexp.MustCompile(`^[0-9A-Za-z.@_-]{2,64}$`)
	externalForm = regexp.MustCompile(`^[\w+=,.@:/-]+$`)
)
