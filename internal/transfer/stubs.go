package transfer

import "io"

func openJSONL(io.Reader, string, ReadOptions) (Reader, error) {
	return nil, &FileError{Code: "formatUnsupported", Detail: string(JSONL)}
}
