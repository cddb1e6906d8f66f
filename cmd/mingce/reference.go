package main

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/console"
	"github.com/mingce/mingce/internal/instance"
	"github.com/mingce/mingce/internal/records"
	"github.com/mingce/mingce/internal/server"
)

//go:generate go run . reference --out ../../docs/reference

type referenceCommand struct {
	Out string `required:"" placeholder:"DIR" help:"Folder of the pages."`
}

func (c *referenceCommand) Run() error {
	root, err := os.OpenRoot(c.Out)
	if err != nil {
		return err
	}
	defer root.Close()
	for name, text := range referencePages() {
		if err := root.WriteFile(name, text, 0o644); err != nil {
			return errors.Join(err, root.Remove(name))
		}
	}
	return c.removeOthers(root)
}

// removeOthers removes pages that are not generated any more.
func (c *referenceCommand) removeOthers(root *os.Root) error {
	pages := referencePages()
	found, err := filepath.Glob(filepath.Join(c.Out, "*.md"))
	if err != nil {
		return err
	}
	for _, path := range found {
		if name := filepath.Base(path); pages[name] == nil {
			if err := root.Remove(name); err != nil {
				return err
			}
		}
	}
	return nil
}

// referencePages returns the pages of docs/reference by file name.
func referencePages() map[string][]byte {
	pages := map[string][]byte{}
	var list []console.Page
	for _, p := range instance.Products() {
		page := console.ProductPage(p.Name, p.Title, p.Operations)
		pages[page.File], list = page.Markdown, append(list, page)
	}
	for _, g := range server.Gateways() {
		page := console.GatewayPage(g)
		pages[page.File], list = page.Markdown, append(list, page)
	}
	pages["openapi.json"] = records.Document("", "")
	list = append(list, console.Page{File: "openapi.json", Title: api.Text{Zh: "JSON 接口（OpenAPI 3.1）", En: "JSON API (OpenAPI 3.1)"}})
	pages["README.md"] = console.IndexPage(list)
	return pages
}
