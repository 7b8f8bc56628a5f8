package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/sdk/apptest"
)

// TestTasksAreRecords finds what the host does again and again as monitoring clients look for it
// (entities.md, "scheduled_task"): with the time of its last run, for those who may read it, and
// written by nobody.
func TestTasksAreRecords(t *testing.T) {
	t.Parallel()
	c, shop := newCaller(t)
	type task struct {
		ID                  string
		Name, Status        string
		RunInterval         float64
		LastExecutionTime   *time.Time
		NextExecutionTime   time.Time
		DefaultRunInterval  float64
		ScheduledTaskClass  string
		CreatedAt, ApiAlias string
	}
	read := func() (tasks []task) {
		t.Helper()
		var page struct{ Data []task }
		if err := json.Unmarshal(c.done("POST", "/api/search/scheduled-task", `{"sort":[{"field":"name"}]}`, http.StatusOK), &page); err != nil {
			t.Fatal(err)
		}
		return page.Data
	}
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	ran := func(tasks []task, name string) bool {
		for _, task := range tasks {
			if task.Name == name && task.LastExecutionTime != nil {
				return true
			}
		}
		return false
	}
	ctx, tasks := within(t, soon), read()
	for ; !ran(tasks, "appdock.delivery.cleanup") || !ran(tasks, "appdock.system.heartbeat"); tasks = read() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("these have not run: %+v", tasks)
		}
	}
	intervals := map[string]float64{}
	for _, task := range tasks {
		intervals[task.Name] = task.RunInterval
		if task.Status != "scheduled" || !task.NextExecutionTime.After(time.Now()) {
			t.Errorf("%+v", task)
		}
	}
	if diff := cmp.Diff(map[string]float64{"appdock.delivery.cleanup": 600, "appdock.app.manifests": 600, "appdock.system.heartbeat": 604800, "appdock.version.cleanup": 86400}, intervals); diff != "" {
		t.Errorf("tasks and their intervals (-want +got)\n%s", diff)
	}
	for _, refused := range [][2]string{
		{"PATCH", `{"status":"inactive"}`}, {"DELETE", ""},
	} {
		if answer := c.done(refused[0], "/api/scheduled-task/"+tasks[0].ID, refused[1], http.StatusForbidden); !strings.Contains(string(answer), "FRAMEWORK__WRITE_PROTECTED") {
			t.Errorf("%s: %s", refused[0], answer)
		}
	}
	for name, right := range map[string]string{"Blind": "product:read", "Watching": "scheduled_task:read"} {
		app := apptest.New(t, apptest.App{Name: name, Permissions: []string{right}})
		installed(t, shop, write(t, app.App.Name, app.Manifest()))
		own := c
		own.token = tokenFrom(t, c.calls, c.url, app.Shops.All()[0].APIKey, app.Shops.All()[0].SecretKey)
		own.done("POST", "/api/search/scheduled-task", `{}`, map[string]int{"Blind": http.StatusForbidden, "Watching": http.StatusOK}[name])
	}
}
