// Package top speaks the wire of Alibaba's TOP gateway at /router/rest: a
// method name and its parameters in the query, in a form, in a multipart body
// or as JSON, optionally signed, answered as XML, JSON or simplified JSON.
//
// It knows no operation by name and no rule of the directory: the pipeline of
// package api carries a call out, and asks this package for what is the wire's.
// It keeps no state of its own and does not limit connections or headers,
// which is the server's business.
package top
