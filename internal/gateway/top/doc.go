// Package top implements the wire format of Alibaba's TOP gateway at
// /router/rest: a method name and its parameters in the query, in a form, in a
// multipart body or as JSON, optionally signed, answered as XML, JSON or
// simplified JSON.
//
// It is a Wire of the pipeline in package api. It knows no operation by name,
// contains no rule of the directory and keeps no state. Package server limits
// connections and headers.
package top
