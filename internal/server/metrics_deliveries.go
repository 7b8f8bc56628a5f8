package server

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/appdock/appdock/internal/webhook"
)

// deliveryMetrics show what the engine counts. Their labels have the values that the engine
// knows: no app, no URL.
type deliveryMetrics struct {
	engine *webhook.Engine
	took   *prometheus.HistogramVec

	matched, made, skipped, attempts, delivered, dead   *prometheus.Desc
	inFlight, inMemory, waiting, lag, parked, unhealthy *prometheus.Desc
}

func newDeliveryMetrics(engine *webhook.Engine) *deliveryMetrics {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("appdock_"+name, help, labels, nil)
	}
	return &deliveryMetrics{
		engine: engine,
		took: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "appdock_attempt_duration_seconds", Help: "Time from the beginning of an attempt to its answer, by what it came to.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"class"}),
		matched:   desc("events_matched_total", "Events that were matched with who listens."),
		made:      desc("deliveries_made_total", "Deliveries that were made of them."),
		skipped:   desc("deliveries_skipped_total", "Subscriptions to an event that did not get it, by reason.", "reason"),
		attempts:  desc("attempts_total", "Attempts, by what they came to.", "class"),
		delivered: desc("deliveries_delivered_total", "Deliveries that were accepted."),
		dead:      desc("deliveries_dead_total", "Deliveries that were given up after an attempt, by reason.", "reason"),
		inFlight:  desc("deliveries_in_flight", "Attempts that are on their way."),
		inMemory:  desc("deliveries_in_memory", "Deliveries that wait in memory or are on their way; more may be on the disk."),
		waiting:   desc("deliveries_waiting", "Deliveries that wait on the disk, those in memory among them; counted each minute and followed meanwhile."),
		lag:       desc("deliveries_lag_seconds", "How long the oldest delivery waited that stands in an order and waits; looked at each minute, 0 once nothing waits."),
		parked:    desc("deliveries_parked", "Deliveries that are parked for webhooks that are not healthy, about."),
		unhealthy: desc("webhooks_unhealthy", "Webhooks that are not healthy, by state.", "state"),
	}
}

// Describe lists what is shown.
func (m *deliveryMetrics) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{
		m.matched, m.made, m.skipped, m.attempts, m.delivered, m.dead, m.inFlight, m.inMemory, m.waiting, m.lag, m.parked, m.unhealthy,
	} {
		to <- d
	}
	m.took.Describe(to)
}

// Collect shows the figures of now.
func (m *deliveryMetrics) Collect(to chan<- prometheus.Metric) {
	f := m.engine.Figures()
	count := func(d *prometheus.Desc, n int64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), labels...)
	}
	gauge := func(d *prometheus.Desc, n int, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(n), labels...)
	}
	count(m.matched, f.Events)
	count(m.made, f.Made)
	count(m.delivered, f.Delivered)
	for reason, n := range f.Skipped {
		count(m.skipped, n, string(reason))
	}
	for class, n := range f.Attempts {
		count(m.attempts, n, string(class))
	}
	for reason, n := range f.Dead {
		count(m.dead, n, reason)
	}
	gauge(m.inFlight, f.InFlight)
	gauge(m.inMemory, f.InMemory)
	gauge(m.waiting, f.Waiting)
	to <- prometheus.MustNewConstMetric(m.lag, prometheus.GaugeValue, f.Lag.Seconds())
	gauge(m.parked, f.Parked)
	for _, state := range []webhook.HealthState{webhook.Degraded, webhook.Suspended, webhook.Disabled} {
		gauge(m.unhealthy, f.Health[state], string(state))
	}
	m.took.Collect(to)
}

// observe notes how long an attempt took.
func (m *deliveryMetrics) observe(o webhook.Observation) {
	if o.Answered {
		m.took.WithLabelValues(string(o.Class)).Observe(o.Outcome.Took.Seconds())
	}
}
