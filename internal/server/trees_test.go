package server_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/internal/server"
)

// TestTreesUnderManyWriters has writers in each other's way move, rename and delete categories and
// what is in them, and holds what the host keeps of their tree against the tree.
func TestTreesUnderManyWriters(t *testing.T) {
	t.Parallel()
	treesUnderManyWriters(t, development(folder(t)))
}

func TestTreesUnderManyWritersOnPostgres(t *testing.T) {
	t.Parallel()
	treesUnderManyWriters(t, onPostgres(t, development(folder(t))))
}

func treesUnderManyWriters(t *testing.T, config server.Config) {
	t.Helper()
	const writers, requests = 8, 30
	c := callerOf(t, open(t, config))
	german, _ := c.found("language", `{"filter":[{"type":"equals","field":"locale.code","value":"de-DE"}]}`)["id"].(string)
	tax, _ := c.found("tax", `{"limit":1}`)["id"].(string)
	var all sync.WaitGroup
	for n := range writers {
		g := gardener{c, rand.New(rand.NewPCG(uint64(n), 20260504)), german, tax}
		all.Go(func() {
			for range requests {
				body := g.request()
				// What leads nowhere, stands below itself or is gone is refused.
				if status, answer := c.do("POST", "/api/_action/sync", body); status != http.StatusOK && status != http.StatusBadRequest {
					t.Errorf("%s: %d %s", body, status, answer)
				}
			}
		})
	}
	all.Wait()
	c.treesAreRight(german)
}

// gardener is one of those who write.
type gardener struct {
	caller
	*rand.Rand
	german, tax string
}

func (g gardener) category() string {
	return fmt.Sprintf("018c000000007000800000000000f1%02x", g.IntN(10))
}

func (g gardener) product() string {
	return fmt.Sprintf("018c000000007000800000000000f2%02x", g.IntN(5))
}

// request is what one writes.
func (g gardener) request() string {
	switch g.IntN(10) {
	default:
		parent := "null"
		if g.IntN(3) > 0 {
			parent = `"` + g.category() + `"`
		}
		return fmt.Sprintf(`[{"entity":"category","action":"upsert","payload":[{"id":%q,"name":"%c","parentId":%s,"active":%t,"translations":{%q:{"name":"%c"}}}]}]`,
			g.category(), 'a'+g.IntN(3), parent, g.IntN(3) > 0, g.german, 'A'+g.IntN(3))
	case 5, 6, 7:
		id := g.product()
		return fmt.Sprintf(`[{"entity":"product","action":"upsert","payload":[{"id":%q,"productNumber":%q,"name":"x","stock":1,"taxId":%q,
			"price":[{"currencyId":"b7d2554b0ce847cd82f3ac9bd1c0dfca","net":1,"gross":1,"linked":false}],"categories":[{"id":%q}]}]}]`, id, id, g.tax, g.category())
	case 8:
		return fmt.Sprintf(`[{"entity":"category","action":"delete","payload":[{"id":%q}]}]`, g.category())
	case 9:
		return fmt.Sprintf(`[{"entity":"product_category","action":"delete","criteria":[{"type":"equals","field":"categoryId","value":%q}]}]`, g.category())
	}
}

// leaf is a category, or a product, as it is told.
type leaf struct {
	ID                            string
	ParentID                      string // none: it stands at the top
	Name                          string
	Active                        bool
	ChildCount, VisibleChildCount int
	Path                          string
	Level                         int
	Translated                    struct {
		Name       string
		Breadcrumb []string
	}
	Categories, CategoriesRo  []leaf
	CategoryIDs, CategoryTree []string
}

func (c caller) leaves(entity, criteria string, headers ...string) map[string]leaf {
	c.t.Helper()
	status, answer := c.do("POST", "/api/search/"+entity, criteria, headers...)
	var page struct{ Data []leaf }
	if err := json.Unmarshal(answer, &page); err != nil || status != http.StatusOK {
		c.t.Fatalf("%d %v: %s", status, err, answer)
	}
	all := make(map[string]leaf, len(page.Data))
	for _, l := range page.Data {
		all[l.ID] = l
	}
	return all
}

func (c caller) treesAreRight(german string) {
	c.t.Helper()
	const most = `{"limit":500}`
	for _, language := range []string{"", german} {
		categories := c.leaves("category", most, "sw-language-id: "+language)
		below, seen := map[string]int{}, map[string]int{}
		for _, l := range categories {
			below[l.ParentID]++
			if l.Active {
				seen[l.ParentID]++
			}
		}
		for _, l := range categories {
			var names, way []string
			at, there := l, true
			for ; there; at, there = categories[at.ParentID] {
				names, way = append(names, at.Translated.Name), append(way, at.ID)
			}
			slices.Reverse(names)
			slices.Reverse(way)
			path := ""
			if len(way) > 1 {
				path = "|" + strings.Join(way[:len(way)-1], "|") + "|"
			}
			got := []any{l.Translated.Breadcrumb, l.Path, l.Level, l.ChildCount, l.VisibleChildCount}
			if diff := cmp.Diff([]any{names, path, len(way), below[l.ID], seen[l.ID]}, got); diff != "" {
				c.t.Errorf("category %s in language %q: names, path, level, children, visible children (-want +got):\n%s", l.ID, language, diff)
			}
			if categories[way[0]].ParentID != "" {
				c.t.Errorf("category %s stands below one that is not there", l.ID)
			}
		}
	}
	categories := c.leaves("category", most)
	products := c.leaves("product", `{"limit":500,"associations":{"categories":{},"categoriesRo":{}}}`)
	for _, p := range products {
		if got, want := sorted(p.CategoryIDs), ids(p.Categories); !slices.Equal(got, want) {
			c.t.Errorf("product %s is in %v, and says %v", p.ID, want, got)
		}
		tree := sorted(p.CategoryTree)
		if want := ids(p.CategoriesRo); !slices.Equal(tree, want) {
			c.t.Errorf("product %s stands below %v, and says %v", p.ID, want, tree)
		}
		above := map[string]bool{}
		for _, in := range p.CategoryIDs {
			for at, there := categories[in]; there; at, there = categories[at.ParentID] {
				above[at.ID] = true
			}
		}
		if want := slices.Sorted(maps.Keys(above)); !slices.Equal(tree, want) {
			c.t.Errorf("product %s stands below %v, want %v", p.ID, tree, want)
		}
	}
	if len(categories) < 2 || len(products) == 0 {
		c.t.Errorf("%d categories and %d products are left, which proves little", len(categories), len(products))
	}
}

func sorted(ids []string) []string { return slices.Sorted(slices.Values(ids)) }

func ids(all []leaf) []string {
	var list []string
	for _, l := range all {
		list = append(list, l.ID)
	}
	return sorted(list)
}
