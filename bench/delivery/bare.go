package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// order is what the loop or the engine shall do.
type order struct {
	Requests  int // deliveries in all
	Endpoints int
	Port      int
	Rate      int           // deliveries per second; 0: as fast as it goes
	Open      time.Duration // with Rate
}

// report is what came of it.
type report struct {
	Took    time.Duration
	CPU     time.Duration
	Done    int
	Commits int64
	RssAnon int64 // the most, in bytes
	Bytes   int64 // by which the database grew
}

// bare signs and posts the same bodies to the same hosts: what net/http allows on this
// machine. 64 workers, keep-alive, HMAC-SHA256 as Standard Webhooks have it, no queue and
// no store. It does one order and ends.
func bare() error {
	var o order
	if err := json.NewDecoder(os.Stdin).Decode(&o); err != nil {
		return err
	}
	const workers = 64
	client := &http.Client{
		Transport: &http.Transport{MaxIdleConns: 4096, MaxIdleConnsPerHost: workers, DisableCompression: true},
		Timeout:   15 * time.Second,
	}
	var next, failed atomic.Int64
	began := time.Now()
	cpu := cpuTime()
	var all sync.WaitGroup
	if o.Rate > 0 {
		o.Requests = int(float64(o.Rate) * o.Open.Seconds())
	}
	for range workers {
		all.Go(func() {
			mac := hmac.New(sha256.New, []byte(secret))
			for {
				i := int(next.Add(1) - 1)
				if i >= o.Requests {
					return
				}
				at := time.Now()
				if o.Rate > 0 {
					at = began.Add(time.Duration(i) * time.Second / time.Duration(o.Rate))
					time.Sleep(time.Until(at))
				}
				n, k := int64(i/o.Endpoints), i%o.Endpoints
				if err := post(client, mac, n, k, o.Port, at); err != nil {
					failed.Add(1)
				}
			}
		})
	}
	all.Wait()
	if n := failed.Load(); n > 0 {
		return fmt.Errorf("%d of %d requests of the bare loop failed", n, o.Requests)
	}
	return json.NewEncoder(os.Stdout).Encode(report{Took: time.Since(began), CPU: cpuTime() - cpu, Done: o.Requests})
}

const secret = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func post(client *http.Client, mac interface {
	io.Writer
	Reset()
	Sum([]byte) []byte
}, n int64, k, port int, at time.Time,
) error {
	body := append(append([]byte(`{"data":{"payload":`), payload(n, at)...),
		`,"event":"shopware.updated"},"source":{"url":"https:\/\/shop.example","eventId":"0190000000007000800000000000000a","shopId":"CaseShopAAAAAAAA","appVersion":"1.0.0","sequence":1},"timestamp":1700000010}`...)
	id, stamp := "msg_"+strconv.FormatInt(n, 10), strconv.FormatInt(at.Unix(), 10)
	mac.Reset()
	_, _ = io.WriteString(mac, id+"."+stamp+".")
	_, _ = mac.Write(body)
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, fmt.Sprintf("http://%s:%d/e/%d", address(k), port, k), bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header["Content-Type"] = []string{"application/json"}
	request.Header["Webhook-Id"] = []string{id}
	request.Header["Webhook-Timestamp"] = []string{stamp}
	request.Header["Webhook-Signature"] = []string{"v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))}
	answer, err := client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 64<<10))
	if answer.StatusCode/100 != 2 {
		return errors.New(answer.Status)
	}
	return nil
}
