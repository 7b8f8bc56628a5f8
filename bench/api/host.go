package main

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime/pprof"
	"strings"

	"github.com/appdock/appdock/internal/server"
)

// profileVariable names a file for a profile of the host's CPU while it is measured.
const profileVariable = "BENCH_PROFILE"

// host serves the demo shop with Appdock, in production mode. Its products come over its API.
func host(p plan) error {
	ctx := context.Background()
	server.Collect()
	addr, err := freeAddr()
	if err != nil {
		return err
	}
	c := server.Default()
	c.Data, c.Create, c.Listen, c.Demo = p.folder, true, addr, true
	c.Shop.URL = "http://" + addr
	c.EarnIndexes = false // when the parent says so, not when it is quiet
	s, err := server.Open(ctx, c)
	if err != nil {
		return err
	}
	shop, err := s.Find("")
	if err != nil {
		return err
	}
	key, secret, err := shop.NewAPIClient(ctx, "bench")
	if err != nil {
		return err
	}
	if err := announce(addr, key, secret.Reveal()); err != nil {
		return err
	}
	profile, stop := os.Getenv(profileVariable), func() {}
	obey(func(index string) error {
		if profile != "" { // from here on: what went before has filled the shop
			if stop, err = profiled(profile); err != nil {
				return err
			}
			profile = ""
		}
		if index == "earned" {
			return earnIndex(ctx, s, p.folder)
		}
		return indexHost(ctx, p.folder, index)
	})
	stop()
	return s.Close()
}

func profiled(name string) (stop func(), err error) {
	file, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	return pprof.StopCPUProfile, pprof.StartCPUProfile(file)
}

// earnIndex has the host make the index that searches have earned; an error if they have not.
func earnIndex(ctx context.Context, s *server.Server, folder string) error {
	if err := s.TendIndexes(ctx); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(folder, "appdock.db")+"?mode=ro")
	if err != nil {
		return err
	}
	defer db.Close()
	made := 0
	if err = db.QueryRowContext(ctx, "SELECT count(*) FROM earned_index").Scan(&made); err == nil && made == 0 {
		err = errors.New("the searches have not earned an index")
	}
	return err
}

// indexHost gives the products one of two sets of indexes, as somebody who runs the shop
// could: on the file, beside the host.
func indexHost(ctx context.Context, folder, index string) error {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(folder, "appdock.db")+"?_pragma=busy_timeout(60000)")
	if err != nil {
		return err
	}
	defer db.Close()
	statements := []string{`DROP INDEX IF EXISTS "bench_best"`}
	switch index {
	case "references": // as it comes
	case "best":
		statements = []string{`CREATE INDEX IF NOT EXISTS "bench_best" ON "product" ("shop", "manufacturer_id", "version_id", "active", "price_gross", "name_fold", "id")`}
	default:
		return fmt.Errorf("%q is no set of indexes", index)
	}
	for _, s := range statements {
		if _, err := db.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// announce tells the parent that the server takes requests, and what they are made with: a
// token, or the key and secret that tokens are taken for.
func announce(addr string, credentials ...string) error {
	_, err := fmt.Println(addr, strings.Join(credentials, " "))
	return err
}

// obey makes the indexes that the parent names, until it closes the standard input.
func obey(index func(string) error) {
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		answer := "ok"
		if err := index(strings.TrimSpace(in.Text())); err != nil {
			answer = err.Error()
		}
		fmt.Println(answer)
	}
}
