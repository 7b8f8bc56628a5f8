package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// pass is the token that requests to a server show. Appdock's live ten minutes, which is less
// than some parts take on a busy machine.
type pass struct {
	addr, key, secret string // key is empty: the token lives as long as the server

	mu    sync.Mutex
	token string
	taken time.Time
}

const renewAfter = 5 * time.Minute

func newPass(addr string, credentials []string) (*pass, error) {
	if len(credentials) == 1 {
		return &pass{token: credentials[0]}, nil
	}
	p := &pass{addr: addr, key: credentials[0], secret: credentials[1]}
	return p, p.renew()
}

// now gives a token. The old one is shown when no other is given: the answer says what is wrong.
func (p *pass) now() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.key != "" && time.Since(p.taken) > renewAfter {
		_ = p.renew()
	}
	return p.token
}

func (p *pass) renew() error {
	body, err := json.Marshal(map[string]string{"grant_type": "client_credentials", "client_id": p.key, "client_secret": p.secret})
	if err != nil {
		return err
	}
	r, err := http.Post("http://"+p.addr+"/api/oauth/token", "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer r.Body.Close()
	var token struct {
		Access string `json:"access_token"`
	}
	if err := json.NewDecoder(r.Body).Decode(&token); err != nil || token.Access == "" {
		return fmt.Errorf("take a token: %s, %v", r.Status, err)
	}
	p.token, p.taken = token.Access, time.Now()
	return nil
}
