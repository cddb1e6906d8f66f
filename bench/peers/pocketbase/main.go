// Pocketbase is a program to compare with in the benchmark: PocketBase with an audit record that
// a user would add by a hook, written in the transaction of the change. `seed` creates the
// collections and fills them.
//
// It is not part of Mingce and shares no code with it.
package main

import (
	"fmt"
	"log"
	"strconv"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase"
	"github.com/pocketbase/pocketbase/core"
	"github.com/spf13/cobra"
)

func main() {
	app := pocketbase.NewWithConfig(pocketbase.Config{HideStartBanner: true}) // New would print every statement when started from a temporary folder
	app.OnRecordUpdateExecute("contacts").BindFunc(audit)
	app.RootCmd.AddCommand(&cobra.Command{
		Use: "seed N", Args: cobra.ExactArgs(1), Short: "Make the collections and N contacts; print an access token",
		RunE: func(_ *cobra.Command, args []string) error { return seed(app, args[0]) },
	})
	if err := app.Start(); err != nil {
		log.Fatal(err)
	}
}

// audit adds an entry with old and new values to the transaction of an update.
func audit(e *core.RecordEvent) error {
	outer := e.App
	return outer.RunInTransaction(func(tx core.App) error {
		e.App = tx
		defer func() { e.App = outer }()
		old := e.Record.Original()
		if err := e.Next(); err != nil {
			return err
		}
		entries, err := tx.FindCachedCollectionByNameOrId("audit")
		if err != nil {
			return err
		}
		entry := core.NewRecord(entries)
		entry.Set("target", e.Record.Id)
		for column, r := range map[string]*core.Record{"before": old, "after": e.Record} {
			entry.Set(column, map[string]string{
				"title": r.GetString("title"), "address": r.GetString("address"), "remark": r.GetString("remark"),
			})
		}
		return tx.Save(entry)
	})
}

func seed(app core.App, count string) error {
	n, err := strconv.Atoi(count)
	if err != nil {
		return err
	}
	if err := collections(app); err != nil {
		return err
	}
	if err := app.RunInTransaction(func(tx core.App) error { return rows(tx, n) }); err != nil {
		return err
	}
	users, err := app.FindCollectionByNameOrId("users")
	if err != nil {
		return err
	}
	user := core.NewRecord(users)
	user.SetEmail("bench@example.com")
	user.SetPassword("a password of the benchmark")
	if err := app.Save(user); err != nil {
		return err
	}
	token, err := user.NewAuthToken()
	if err == nil {
		fmt.Println("token " + token)
	}
	return err
}

func collections(app core.App) error {
	signedIn := "@request.auth.id != ''"
	open := func(c *core.Collection) {
		c.ListRule, c.ViewRule, c.UpdateRule = &signedIn, &signedIn, &signedIn
	}
	text := func(names ...string) (fs []core.Field) {
		for _, name := range names {
			fs = append(fs, &core.TextField{Name: name})
		}
		return fs
	}
	employees, labels, entries := core.NewBaseCollection("employees"), core.NewBaseCollection("labels"), core.NewBaseCollection("audit")
	employees.Fields.Add(text("name")...)
	labels.Fields.Add(text("name")...)
	entries.Fields.Add(text("target")...)
	entries.Fields.Add(&core.JSONField{Name: "before"}, &core.JSONField{Name: "after"})
	for _, c := range []*core.Collection{employees, labels, entries} {
		open(c)
		if err := app.Save(c); err != nil {
			return err
		}
	}
	contacts := core.NewBaseCollection("contacts")
	contacts.Fields.Add(text("name", "mobile", "title", "company", "address", "remark")...)
	contacts.Fields.Add(
		&core.RelationField{Name: "follower", CollectionId: employees.Id, MaxSelect: 1},
		&core.RelationField{Name: "labels", CollectionId: labels.Id, MaxSelect: 20})
	contacts.AddIndex("contact_by_name", false, "name", "")
	contacts.AddIndex("contact_by_mobile", true, "mobile", "")
	open(contacts)
	return app.Save(contacts)
}

// rows are inserted by SQL, because filling is not measured.
func rows(tx core.App, n int) error {
	insert := func(sql string, p dbx.Params) error {
		_, err := tx.DB().NewQuery(sql).Bind(p).Execute()
		return err
	}
	for i := range 10 {
		if err := insert("INSERT INTO employees (id, name) VALUES ({:id}, 'e')", dbx.Params{"id": fmt.Sprintf("emp%012d", i)}); err != nil {
			return err
		}
		if err := insert("INSERT INTO labels (id, name) VALUES ({:id}, 'l')", dbx.Params{"id": fmt.Sprintf("lab%012d", i)}); err != nil {
			return err
		}
	}
	for i := range n {
		err := insert(`INSERT INTO contacts (id, name, mobile, title, company, address, remark, follower, labels)
			VALUES ({:id}, '张三', {:mobile}, 't', {:company}, 'a', 'r', 'emp000000000001', '["lab000000000001","lab000000000003"]')`,
			dbx.Params{"id": fmt.Sprintf("con%012d", i), "mobile": fmt.Sprintf("86-138%08d", i), "company": fmt.Sprint("company ", i%5000)})
		if err != nil {
			return err
		}
	}
	return nil
}
