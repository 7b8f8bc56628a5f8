package protocol_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/appdock/appdock/protocol"
)

// sitepackVectors are what apps with an app.json are sent, made by other code.
type sitepackVectors struct {
	Messages []struct {
		Name, Source string
		Keys         []string
		Message      struct {
			ID, Topic  string
			Timestamp  int64
			ShopID     string `json:"shop_id"`
			ShopURL    string `json:"shop_url"`
			App        string
			AppVersion string `json:"app_version"`
		}
		Data    string // as it stands in the body
		Body    string
		Headers map[string]string
	}
	Pages []struct {
		Name, Source, Key string
		Page              struct {
			Source, App, Locale, User, Session, Location, Resource string

			ShopID    string `json:"shop_id"`
			ShopURL   string `json:"shop_url"`
			Timestamp int64
		}
		Token    string `json:"session_token"`
		Query    string `json:"signed_query"`
		Expected string
	}
}

func readSitepackVectors(t *testing.T) (v sitepackVectors) {
	t.Helper()
	text, err := os.ReadFile("testdata/sitepack-vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Messages) == 0 || len(v.Pages) == 0 {
		t.Fatal("there are no vectors")
	}
	return v
}

func TestTopicMessageVectors(t *testing.T) {
	t.Parallel()
	for _, v := range readSitepackVectors(t).Messages {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			m := v.Message
			call := protocol.TopicMessage{
				ID: m.ID, Topic: m.Topic, At: time.Unix(m.Timestamp, 0), ShopID: m.ShopID, ShopURL: m.ShopURL, App: m.App, AppVersion: m.AppVersion,
				Data: json.RawMessage(v.Data),
			}.Call("https://ship.example/hook", "Appdock/1", 0, v.Keys...)
			if string(call.Body) != v.Body {
				t.Errorf("body\ngot  %s\nwant %s", call.Body, v.Body)
			}
			for name, want := range v.Headers {
				if got := call.Get(name); got != want {
					t.Errorf("%s: got %q, want %q", name, got, want)
				}
			}
			if signature := call.Get(protocol.HeaderStandardSignature); (signature != "") != (len(v.Keys) > 0) {
				t.Errorf("with %d keys it is signed with %q", len(v.Keys), signature)
			}
		})
	}
}

func TestPageVectors(t *testing.T) {
	t.Parallel()
	for _, v := range readSitepackVectors(t).Pages {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			p := v.Page
			got, err := protocol.Page{
				ShopID: p.ShopID, ShopURL: p.ShopURL, App: p.App, Locale: p.Locale, User: p.User, Session: p.Session,
				Location: p.Location, Resource: p.Resource, At: time.Unix(p.Timestamp, 0),
			}.Sign(p.Source, v.Key)
			if err != nil || got != v.Expected {
				t.Errorf("got  %s, %v\nwant %s", got, err, v.Expected)
			}
			if !strings.Contains(v.Query, v.Token) || !strings.HasPrefix(v.Expected, strings.SplitN(p.Source, "?", 2)[0]+"?"+v.Query) {
				t.Error("the vector does not fit together")
			}
		})
	}
}
