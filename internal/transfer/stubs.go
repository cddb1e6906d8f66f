package transfer

import "io"

func openLDIF(io.Reader, string, ReadOptions) (Reader, error) {
	return nil, &FileError{Code: "formatUnsupported", Detail: string(LDIF)}
}

func openJSONL(io.Reader, string, ReadOptions) (Reader, error) {
	return nil, &FileError{Code: "formatUnsupported", Detail: string(JSONL)}
}
