package appdock_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/appdock/appdock"
)

// However a secret is printed, logged or marshalled, alone or inside something else, it
// does not show.
func TestSecretsDoNotShow(t *testing.T) {
	t.Parallel()
	const text = "canary"
	secret := appdock.NewSecret(text)
	type holder struct {
		Secret  appdock.Secret
		Secrets []appdock.Secret
		ByName  map[string]appdock.Secret `xml:"-"`
		Pointer *appdock.Secret
	}
	inside := holder{secret, []appdock.Secret{secret}, map[string]appdock.Secret{"a": secret}, &secret}
	shown := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		shown[verb] = fmt.Sprintf(verb, secret)
		shown[verb+" inside"] = fmt.Sprintf(verb, inside)
		shown[verb+" of a pointer"] = fmt.Sprintf(verb, &secret)
	}
	for name, marshal := range map[string]func(any) ([]byte, error){"json": json.Marshal, "xml": xml.Marshal} {
		got, err := marshal(inside)
		if err != nil || !strings.Contains(string(got), "[redacted]") {
			t.Errorf("%s: got %s, %v", name, got, err)
		}
		shown[name] = string(got)
	}
	key, err := json.Marshal(map[appdock.Secret]int{secret: 1})
	shown["json key"] = string(key)
	if err != nil {
		t.Error(err)
	}
	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(handler).Info("test", slog.Any("secret", secret), slog.Any("inside", inside), slog.Any("error", errors.New(fmt.Sprint(secret))))
	}
	shown["log"] = log.String()
	for how, got := range shown {
		for _, form := range []string{text, fmt.Sprintf("%x", text), fmt.Sprintf("%X", text), fmt.Sprintf("%d", []byte(text))} {
			if strings.Contains(got, form) {
				t.Errorf("%s shows it: %s", how, got)
			}
		}
	}
	if secret.Reveal() != text {
		t.Errorf("got %q", secret.Reveal())
	}
	if other := appdock.NewSecret(text); !secret.Equal(other) || secret.Equal(appdock.Secret{}) || secret.IsZero() || !(appdock.Secret{}).IsZero() {
		t.Error("secrets are not compared by their texts")
	}
}
