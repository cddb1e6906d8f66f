package transfer

import "io"

func openVCard(io.Reader, string, ReadOptions) (Reader, error) {
	return nil, &FileError{Code: "formatUnsupported", Detail: string(VCard)}
}

func openLDIF(io.Reader, string, ReadOptions) (Reader, error) {
	return nil, &FileError{Code: "formatUnsupported", Detail: string(LDIF)}
}

func openJSONL(io.Reader, string, ReadOptions) (Reader, error) {
	return nil, &FileError{Code: "formatUnsupported", Detail: string(JSONL)}
}
