package server

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// metrics are what the host counts, in a registry of its own. Labels have few values, and
// none that a stranger chooses: no path, no shop, no app, but for the blocks of apps in pages, of
// which somebody let in each.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	took     *prometheus.HistogramVec
	running  prometheus.Gauge
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "appdock_http_requests_total", Help: "Requests that were answered, by interface, method and status.",
		}, []string{"interface", "method", "status"}),
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "appdock_http_request_duration_seconds", Help: "Time from the head of a request to the end of its answer.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"interface"}),
		running: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "appdock_http_requests_in_flight", Help: "Requests that are being answered.",
		}),
	}
	m.registry.MustRegister(m.requests, m.took, m.running,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// openMetrics makes the registry of this host. Parts add their own to it.
func (s *Server) openMetrics() {
	s.metrics = newMetrics()
	s.metrics.registry.MustRegister(s.attempts)
	gauge := func(name, help string, value func() float64) {
		s.metrics.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value))
	}
	gauge("appdock_shops", "Shops of this host.", func() float64 { return float64(len(s.shops.all())) })
	gauge("appdock_store_writable", "1 while the store takes writes.", func() float64 {
		if s.store.Healthy() != nil {
			return 0
		}
		return 1
	})
	gauge("appdock_fan_out_lag_seconds", "How long a committed event waits until it is matched with who listens.", func() float64 {
		return s.health.behind().Seconds()
	})
	gauge("appdock_start_time_seconds", "When this process opened its host, in seconds since 1970.", func() float64 {
		return float64(s.opened.UnixMilli()) / 1000
	})
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "appdock_build_info", Help: "1, labelled with what runs.",
		ConstLabels: prometheus.Labels{"version": s.config.Version, "platform": s.config.Platform},
	})
	info.Set(1)
	s.metrics.registry.MustRegister(info)
}

// observe counts the requests of next.
func (m *metrics) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		m.running.Inc()
		seen := &seen{ResponseWriter: w}
		defer func() {
			m.running.Dec()
			where := interfaceOf(r.URL.Path)
			m.requests.WithLabelValues(where, methodOf(r.Method), seen.text()).Inc()
			m.took.WithLabelValues(where).Observe(time.Since(start).Seconds())
		}()
		next.ServeHTTP(seen, r)
	})
}

// interfaceOf names the part of the host that a path belongs to.
func interfaceOf(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch first {
	case "api", "rest", "oauth", "admin", "storefront", "control":
		return first
	case "healthz", "readyz", "metrics", "version":
		return "operation"
	}
	return "other"
}

// methodOf is the method, if it is one that there is.
func methodOf(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}

// seen remembers the status of an answer.
type seen struct {
	http.ResponseWriter
	status int
}

func (s *seen) WriteHeader(status int) {
	if s.status == 0 && status >= 200 {
		s.status = status
	}
	s.ResponseWriter.WriteHeader(status)
}

func (s *seen) Write(p []byte) (int, error) {
	if s.status == 0 {
		s.status = http.StatusOK
	}
	return s.ResponseWriter.Write(p)
}

// Unwrap is for [http.ResponseController].
func (s *seen) Unwrap() http.ResponseWriter { return s.ResponseWriter }

func (s *seen) text() string {
	if s.status == 0 {
		return "none" // the client left, or the answer broke off
	}
	return strconv.Itoa(s.status)
}
