package main

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	_ "github.com/pocketbase/pocketbase/migrations" // its system tables
	"github.com/pocketbase/pocketbase/tools/types"
)

// pocketBase serves the shop with PocketBase as it comes: its settings but for batches,
// which are off by default, and its log of requests.
func pocketBase(p plan) error {
	app := core.NewBaseApp(core.BaseAppConfig{DataDir: p.folder})
	if err := app.Bootstrap(); err != nil {
		return err
	}
	if err := app.RunAllMigrations(); err != nil {
		return err
	}
	settings := app.Settings()
	settings.Batch.Enabled, settings.Batch.MaxRequests, settings.Batch.Timeout = true, 2000, 120
	if err := app.Save(settings); err != nil {
		return err
	}
	token, err := superuser(app)
	if err != nil {
		return err
	}
	if err := fillPocketBase(app, p); err != nil {
		return err
	}
	addr, err := freeAddr()
	if err != nil {
		return err
	}
	app.OnServe().BindFunc(func(e *core.ServeEvent) error {
		if err := e.Next(); err != nil {
			return err
		}
		return announce(addr, token)
	})
	go obey(func(index string) error { return indexPocketBase(app, index) })
	return apis.Serve(app, apis.ServeConfig{HttpAddr: addr})
}

func superuser(app core.App) (string, error) {
	users, err := app.FindCollectionByNameOrId(core.CollectionNameSuperusers)
	if err != nil {
		return "", err
	}
	user := core.NewRecord(users)
	user.SetEmail("bench@example.com")
	user.SetPassword("a long enough password")
	if err := app.Save(user); err != nil {
		return "", err
	}
	return user.NewStaticAuthToken(24 * time.Hour)
}

func fillPocketBase(app core.App, p plan) error {
	stamps := []core.Field{
		&core.AutodateField{Name: "created", OnCreate: true},
		&core.AutodateField{Name: "updated", OnCreate: true, OnUpdate: true},
	}
	create := func(name string, fields ...core.Field) (*core.Collection, error) {
		c := core.NewBaseCollection(name)
		c.Fields.Add(fields...)
		c.Fields.Add(stamps...)
		rule := types.Pointer("@request.auth.id != ''")
		c.ListRule, c.ViewRule, c.CreateRule, c.UpdateRule = rule, rule, rule, rule
		return c, app.Save(c)
	}
	makers, err := create("manufacturers", &core.TextField{Name: "name", Required: true}, &core.URLField{Name: "link"})
	if err != nil {
		return err
	}
	categories, err := create("categories", &core.TextField{Name: "name", Required: true})
	if err != nil {
		return err
	}
	products, err := create("products",
		&core.TextField{Name: "number", Required: true}, &core.TextField{Name: "name", Required: true},
		&core.NumberField{Name: "price"}, &core.NumberField{Name: "stock"}, &core.BoolField{Name: "active"},
		&core.RelationField{Name: "manufacturer", CollectionId: makers.Id, MaxSelect: 1},
		&core.RelationField{Name: "category", CollectionId: categories.Id, MaxSelect: 1})
	if err != nil {
		return err
	}
	products.AddIndex("product_number", true, "number", "")
	if err := app.Save(products); err != nil {
		return err
	}
	return app.RunInTransaction(func(tx core.App) error {
		put := func(table string, row dbx.Params) error {
			row["created"], row["updated"] = stamp, stamp
			_, err := tx.NonconcurrentDB().Insert(table, row).Execute()
			return err
		}
		for i := range manyMakers {
			if err := put("manufacturers", dbx.Params{"id": shortID(tableMaker, i), "name": makerName(i), "link": makerLink(i)}); err != nil {
				return err
			}
		}
		for i := range manyCategories {
			if err := put("categories", dbx.Params{"id": shortID(tableCategory, i), "name": categoryName(i)}); err != nil {
				return err
			}
		}
		for i := range p.products {
			r := row15(i)
			if err := put("products", dbx.Params(r)); err != nil {
				return err
			}
		}
		return nil
	})
}

// indexPocketBase gives the products one of two sets of indexes.
func indexPocketBase(app core.App, index string) error {
	products, err := app.FindCollectionByNameOrId("products")
	if err != nil {
		return err
	}
	products.RemoveIndex("by_manufacturer")
	products.AddIndex("by_category", false, "category", "")
	switch index {
	case "references":
		products.AddIndex("by_manufacturer", false, "manufacturer", "")
	case "best":
		products.AddIndex("by_manufacturer", false, "manufacturer, active, price, name", "")
	default:
		return fmt.Errorf("%q is no set of indexes", index)
	}
	if err := app.Save(products); err != nil {
		return err
	}
	_, err = app.NonconcurrentDB().NewQuery("ANALYZE").Execute()
	return err
}
