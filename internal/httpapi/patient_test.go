package httpapi_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/httpapi"
	"github.com/appdock/appdock/internal/shop"
)

// stuck is a shop that goes on, whatever it is asked for, until whoever asked gives up. It
// answers what stands on the way to something else at once.
type stuck struct {
	at    string // where it is stuck
	asked bool   // for that
}

func (s *stuck) do(ctx context.Context, what string) error {
	if what != s.at {
		return nil
	}
	s.asked = true
	<-ctx.Done()
	return ctx.Err()
}

func (s *stuck) Transit(ctx context.Context, _ appdock.Actor, _ shop.Transition) (entity.Record, error) {
	return entity.Record{}, s.do(ctx, "Transit")
}

func (s *stuck) Transitions(ctx context.Context, _ appdock.Actor, _ shop.Transition) ([]entity.Record, error) {
	return nil, s.do(ctx, "Transitions")
}

func (s *stuck) Reserve(ctx context.Context, _ appdock.Actor, _ string, _ bool) (string, error) {
	return "", s.do(ctx, "Reserve")
}

func (s *stuck) Clone(ctx context.Context, _ appdock.Actor, _ shop.Clone) (appdock.ID, error) {
	return appdock.ID{}, s.do(ctx, "Clone")
}

func (s *stuck) Refund(ctx context.Context, _ appdock.Actor, _ appdock.ID) error {
	return s.do(ctx, "Refund")
}

func (s *stuck) Resolve(ctx context.Context, _ appdock.Actor, _ []entity.Operation) error {
	return s.do(ctx, "Resolve")
}

func (s *stuck) TriggerFlow(ctx context.Context, _ appdock.Actor, _ string, _ []byte) error {
	return s.do(ctx, "TriggerFlow")
}

func (s *stuck) CreateDocument(ctx context.Context, _ appdock.Actor, _ shop.NewDocument) (shop.Document, error) {
	return shop.Document{}, s.do(ctx, "CreateDocument")
}

func (s *stuck) AttachDocument(ctx context.Context, _ appdock.Actor, _ appdock.ID, _ shop.File) (shop.Document, error) {
	return shop.Document{}, s.do(ctx, "AttachDocument")
}

func (s *stuck) DocumentOf(ctx context.Context, _ appdock.ShopID, _ appdock.ID) (shop.Document, error) {
	return shop.Document{}, s.do(ctx, "DocumentOf")
}

func (s *stuck) Attach(ctx context.Context, _ appdock.Actor, _ appdock.ID, _ shop.File) error {
	return s.do(ctx, "Attach")
}

func (s *stuck) Rename(ctx context.Context, _ appdock.Actor, _ appdock.ID, _ string) error {
	return s.do(ctx, "Rename")
}

func (s *stuck) FreeFileName(ctx context.Context, _ appdock.Actor, _ shop.File, _ appdock.ID) (string, error) {
	return "", s.do(ctx, "FreeFileName")
}

func (s *stuck) FileOf(ctx context.Context, _ appdock.ShopID, _ appdock.ID) (shop.File, error) {
	return shop.File{}, s.do(ctx, "FileOf")
}

func (s *stuck) Notify(ctx context.Context, _ appdock.Actor, _ string, _ shop.Notification) (appdock.ID, error) {
	return appdock.ID{}, s.do(ctx, "Notify")
}

func (s *stuck) Notifications(ctx context.Context, _ appdock.Actor, _ time.Time, _ int) ([]entity.Record, time.Time, error) {
	return nil, time.Time{}, s.do(ctx, "Notifications")
}

func (s *stuck) SettingCards(ctx context.Context, _ appdock.ShopID, _ string) ([]httpapi.SettingCard, error) {
	return nil, s.do(ctx, "SettingCards")
}

func (s *stuck) Settings(ctx context.Context, _ appdock.Actor, _ string, _ appdock.ID, _ bool) (map[string]json.RawMessage, error) {
	return nil, s.do(ctx, "Settings")
}

func (s *stuck) SetSettings(ctx context.Context, _ appdock.Actor, _ map[appdock.ID]map[string]any) error {
	return s.do(ctx, "SetSettings")
}

func (s *stuck) CreateVersion(ctx context.Context, _ appdock.Actor, _ shop.Version) (shop.Version, error) {
	return shop.Version{}, s.do(ctx, "CreateVersion")
}

func (s *stuck) MergeVersion(ctx context.Context, _ appdock.Actor, _ string, _ appdock.ID) error {
	return s.do(ctx, "MergeVersion")
}

func (s *stuck) DeleteVersion(ctx context.Context, _ appdock.Actor, _ shop.Version) error {
	return s.do(ctx, "DeleteVersion")
}

// kept is a store of files that keeps none.
type kept struct{}

func (kept) Put(content io.Reader) (string, int64, error) {
	n, err := io.Copy(io.Discard, content)
	return "hash", n, err
}

func (kept) Get(string) (io.ReadSeekCloser, error) {
	return struct {
		io.ReadSeeker
		io.Closer
	}{strings.NewReader(""), io.NopCloser(nil)}, nil
}

// TestEachActionIsGivenUp calls all that asks the shop for more than records: nothing of it is
// waited for longer than the host has patience.
func TestEachActionIsGivenUp(t *testing.T) {
	t.Parallel()
	id := teaID.String()
	get := func(path string) send { return send{method: "GET", path: "/api/" + path} }
	post := func(path, body string) send { return send{method: "POST", path: "/api/" + path, body: body} }
	file := func(path string) send {
		return send{method: "POST", path: "/api/" + path, body: "content", headers: []string{"Content-Type: image/png"}}
	}
	const document, order = `[{"orderId":"018c0000000070008000000000000001"}]`, `[{"entity":"product","action":"upsert","payload":[{"name":"x"}]}]`
	for _, tt := range []struct {
		what string
		call send
	}{
		{"Transit", post("_action/order/"+id+"/state/process", "")},
		{"Transitions", get("_action/state-machine/order/" + id + "/state")},
		{"Reserve", get("_action/number-range/reserve/order")},
		{"Clone", post("_action/clone/product/"+id, "")},
		{"Refund", post("_action/order_transaction_capture_refund/"+id, "")},
		{"Resolve", post("_action/sync", order)},
		{"TriggerFlow", post("_action/trigger-event/x", "{}")},
		{"CreateDocument", post("_action/order/document/invoice/create", document)},
		{"AttachDocument", file("_action/document/" + id + "/upload")},
		{"DocumentOf", get("_action/document/" + id + "/abc")},
		{"Attach", file("_action/media/" + id + "/upload?extension=png")},
		{"Rename", post("_action/media/"+id+"/rename", `{"fileName":"x"}`)},
		{"FreeFileName", get("_action/media/provide-name?fileName=x&extension=png")},
		{"FileOf", file("_action/media/" + id + "/upload?extension=png")},
		{"Notify", post("notification", `{"status":"info","message":"x"}`)},
		{"Notifications", get("notification/message")},
		{"SettingCards", get("_action/system-config/schema?domain=Notes.config")},
		{"Settings", get("_action/system-config?domain=Notes.config")},
		{"SetSettings", post("_action/system-config", `{"Notes.config.a":1}`)},
		{"CreateVersion", post("_action/version/product/"+id, "")},
		{"MergeVersion", post("_action/version/merge/product/"+id, "")},
		{"DeleteVersion", post("_action/version/"+id+"/product/"+id, "")},
		{"DocumentOf", file("_action/document/" + id + "/upload")},
	} {
		synctest.Test(t, func(t *testing.T) {
			f, s := newFake(t), &stuck{at: tt.what}
			f.rights = appdock.NewPrivileges(append(f.rights, "document:create", "document:update", "document:read", "media:update", "system_config:create", "system_config:update", "system_config:delete")...)
			o := optionsOf(f)
			o.Actions, o.Flows, o.Documents, o.Media, o.Files, o.Notifications = s, s, s, s, kept{}, s
			o.SettingCards, o.Settings, o.Versions = s, s, s
			begun := time.Now()
			w := tt.call.to(httpapi.New(o))
			if took := time.Since(begun); !s.asked || took != 5*time.Second || w.Code != http.StatusServiceUnavailable {
				t.Errorf("%s by %s: asked %t, after %s: %d %s", tt.what, tt.call.path, s.asked, took, w.Code, w.Body)
			}
		})
	}
}

// TestAFileIsGivenUp is that for what anybody may fetch.
func TestAFileIsGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := optionsOf(newFake(t))
		o.Media = &stuck{at: "FileOf"}
		r := httptest.NewRequest(http.MethodGet, base+"/media/"+teaID.String()+"/a.png", nil)
		r.SetPathValue("id", teaID.String())
		begun := time.Now()
		err := httpapi.New(o).MediaFile(httptest.NewRecorder(), r)
		if took := time.Since(begun); took != 5*time.Second || appdock.KindOf(err) != appdock.Unavailable {
			t.Errorf("after %s: %v", took, err)
		}
	})
}

// slow makes each document in three seconds.
type slow struct {
	*stuck
	made int
}

func (s *slow) CreateDocument(ctx context.Context, _ appdock.Actor, _ shop.NewDocument) (shop.Document, error) {
	select {
	case <-ctx.Done():
		return shop.Document{}, ctx.Err()
	case <-time.After(3 * time.Second):
		s.made++
		return shop.Document{}, nil
	}
}

// TestDocumentsHaveOneTimeTogether: a list of a hundred must not take a hundred times as long as
// a request may, and those that were made in its time are told.
func TestDocumentsHaveOneTimeTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, s := newFake(t), &slow{stuck: &stuck{}}
		f.rights = appdock.NewPrivileges("document:create")
		o := optionsOf(f)
		o.Documents = s
		order := `{"orderId":"018c0000000070008000000000000001"}`
		begun := time.Now()
		w := send{method: "POST", path: "/api/_action/order/document/invoice/create", body: "[" + order + "," + order + "," + order + "]"}.to(httpapi.New(o))
		var told struct {
			Data   []any
			Errors map[string][]struct{ Status string }
		}
		err := json.Unmarshal(w.Body.Bytes(), &told)
		if took := time.Since(begun); took != 5*time.Second || s.made != 1 || w.Code != http.StatusOK {
			t.Errorf("%d made after %s: %d %s", s.made, took, w.Code, w.Body)
		}
		late := told.Errors["018c0000000070008000000000000001"]
		if err != nil || len(told.Data) != 1 || len(late) != 2 || late[0].Status != "503" {
			t.Errorf("the one that is there and the two that are not: %v %s", err, w.Body)
		}
	})
}
