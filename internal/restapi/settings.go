package restapi

import (
	"encoding/json"
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/appdock/appdock/internal/entity"
)

// settingRoutes are the settings of the app, which it keeps in the shop without any scope, and
// those of the shop (rest-api-sitepack.md 4).
func (a *api) settingRoutes() []route {
	return []route{
		read("/settings", "getSettings", "Show the app's own settings", showOwnSettings),
		write(http.MethodPut, "/settings", "putSettings", "Replace the app's own settings", http.StatusOK, putOwnSettings).matched().
			saying("What is left out is gone. They stay when the app is uninstalled with its data kept."),
		read("/shop-settings/{domain}", "getShopSettings", "Show settings of the shop", showShopSettings).needs("settings:read").
			saying("A domain is what their keys begin with, such as core.basicInformation. Those of other apps are not shown."),
		write(http.MethodPut, "/shop-settings/{domain}", "putShopSettings", "Replace settings of the shop", http.StatusOK, putShopSettings).needs("settings:write").matched().
			saying("What is left out is gone, and falls back to the shop's default."),
	}
}

// settings are values by their keys, without the domain.
type settings struct {
	Settings map[string]any `json:"settings" doc:"values by key"`
}

// The bounds of what is kept.
const (
	mostSettings   = 200
	longestSetting = 64 << 10
	longestKey     = 100
	mostFound      = 10_000
)

// ownDomain is where the settings of an app are, as those of the other dialect are.
func (c *call) ownDomain() string { return c.bearer.App.Name + ".config" }

// shopDomain is the domain in the path. The settings of apps are their own business.
func (c *call) shopDomain() (string, error) {
	domain := c.path["domain"]
	if domain != "core" && !strings.HasPrefix(domain, "core.") || strings.HasSuffix(domain, ".") {
		return "", c.nothing()
	}
	return domain, nil
}

// settingsOf finds the settings of a domain, each with its record, and notes their tag.
func (c *call) settingsOf(domain string) (*settings, map[string]entity.Record, error) {
	found, err := c.consult(&entity.Criteria{Entity: "system_config", MaxRecords: mostFound, Filters: []entity.Filter{
		{Kind: entity.Prefix, Field: "configurationKey", Values: []any{domain + "."}},
		{Kind: entity.Equals, Field: "salesChannelId", Values: []any{nil}},
	}})
	if err != nil {
		return nil, nil, err
	}
	out, records := &settings{Settings: map[string]any{}}, map[string]entity.Record{}
	sum := fnv.New64a()
	slices.SortFunc(found.Records, func(a, b entity.Record) int {
		return strings.Compare(a.Text("configurationKey"), b.Text("configurationKey"))
	})
	for _, r := range found.Records {
		key := strings.TrimPrefix(r.Text("configurationKey"), domain+".")
		text := r.Document("configurationValue")
		out.Settings[key], records[key] = text, r
		_, _ = sum.Write([]byte(key + "\x00" + string(text) + "\x00")) // never fails
	}
	c.etag = `"settings-` + strconv.FormatUint(sum.Sum64(), 36) + `"`
	return out, records, nil
}

func showOwnSettings(c *call) (*settings, error) {
	out, _, err := c.settingsOf(c.ownDomain())
	return out, err
}

func putOwnSettings(c *call, in *settings) (*settings, error) {
	return c.putSettings(c.ownDomain(), in)
}

func showShopSettings(c *call) (*settings, error) {
	domain, err := c.shopDomain()
	if err != nil {
		return nil, err
	}
	out, _, err := c.settingsOf(domain)
	return out, err
}

func putShopSettings(c *call, in *settings) (*settings, error) {
	domain, err := c.shopDomain()
	if err != nil {
		return nil, err
	}
	return c.putSettings(domain, in)
}

// putSettings makes the settings of a domain those that were sent.
func (c *call) putSettings(domain string, in *settings) (*settings, error) {
	if err := checkSettings(in); err != nil {
		return nil, err
	}
	_, records, err := c.settingsOf(domain)
	if err != nil {
		return nil, err
	}
	if err := c.unchanged(); err != nil {
		return nil, err
	}
	var drafts []*draft
	for key, r := range records {
		if in.Settings[key] == nil {
			drafts = append(drafts, removal("system_config", r.ID()))
		}
	}
	for key, value := range in.Settings {
		if value == nil {
			continue
		}
		id := c.options.NewID()
		if r, there := records[key]; there {
			id = r.ID()
		}
		d := newDraft("system_config", entity.Upsert, id)
		d.put("configurationKey", domain+"."+key, "/settings/"+key)
		d.put("configurationValue", value, "/settings/"+key)
		d.put("salesChannelId", nil, "/settings/"+key)
		drafts = append(drafts, d)
	}
	if err := c.rewrite(drafts...); err != nil {
		return nil, err
	}
	out, _, err := c.settingsOf(domain)
	return out, err
}

// checkSettings refuses what is too much, or has no key.
func checkSettings(in *settings) error {
	var faults []fault
	if len(in.Settings) > mostSettings {
		faults = append(faults, fault{"/settings", "too_long", "There may be " + strconv.Itoa(mostSettings) + " settings."})
	}
	for key, value := range in.Settings {
		at := "/settings/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(short(key))
		wrong := strings.ContainsFunc(key, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("._-", r)
		})
		if key == "" || len(key) > longestKey || wrong {
			faults = append(faults, fault{at, "malformed", "A key has 1 to 100 letters, digits and . _ -"})
		}
		if text, err := json.Marshal(value); err != nil || len(text) > longestSetting {
			faults = append(faults, fault{at, "too_long", "A value has at most 64 KiB."})
		}
	}
	slices.SortFunc(faults, func(a, b fault) int { return strings.Compare(a.Pointer, b.Pointer) })
	if p := invalid(faults); p != nil {
		return p
	}
	return nil
}
