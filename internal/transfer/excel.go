package transfer

func openExcel(src Source, o ReadOptions) (Reader, error) {
	return nil, &FileError{Code: "formatUnsupported", Detail: string(Excel)}
}
