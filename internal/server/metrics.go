package server

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/mingce/mingce/internal/api"
)

// metrics counts calls. No label holds text that a caller can choose freely, which
// bounds the number of series: all unknown operations count as one.
type metrics struct {
	registry  *prometheus.Registry
	catalogue *api.Catalogue
	calls     *prometheus.CounterVec
	seconds   *prometheus.HistogramVec
	refused   prometheus.Counter
	slow      *prometheus.CounterVec
	logins    *prometheus.CounterVec
}

func newMetrics(catalogue *api.Catalogue, a *admission, version string) *metrics {
	m := &metrics{
		registry:  prometheus.NewRegistry(),
		catalogue: catalogue,
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "mingce_calls_total", Help: "Finished calls; code is empty for success.",
		}, []string{"family", "operation", "code"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "mingce_call_duration_seconds", Help: "Time from the request's headers to the answer.",
			Buckets: []float64{.0005, .001, .002, .005, .01, .02, .05, .1, .25, .5, 1, 5},
		}, []string{"family", "operation"}),
		refused: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "mingce_calls_refused_total", Help: "Calls answered with busy because too many were waiting.",
		}),
	}
	m.slow = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "mingce_slow_transfers_cut_total", Help: "Requests and answers cut off because others needed their memory.",
	}, []string{"of"})
	m.logins = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "mingce_logins_total", Help: "Login attempts; result is ok, or the reason for the refusal.",
	}, []string{"result"})
	inFlight := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "mingce_calls_in_flight", Help: "Calls being carried out.",
	}, func() float64 { return float64(a.inFlight()) })
	queued := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "mingce_calls_queued", Help: "Calls waiting for their turn.",
	}, func() float64 { return float64(a.queued.Load()) })
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "mingce_build_info", Help: "1, with the version as label.",
		ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	m.registry.MustRegister(m.calls, m.seconds, m.refused, m.slow, m.logins, inFlight, queued, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// measure adds the metrics of what callers hold.
func (m *metrics) measure(receiving, unread *budget, connections func() (open int, closed int64)) {
	gauge := func(name, help string, value func() float64) {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value))
	}
	gauge("mingce_receiving_bytes", "Memory of requests being received or carried out.", func() float64 { return float64(receiving.held()) })
	gauge("mingce_unread_bytes", "Memory of answers that clients have not read.", func() float64 { return float64(unread.held()) })
	if connections == nil {
		return
	}
	gauge("mingce_connections", "Open connections.", func() float64 { open, _ := connections(); return float64(open) })
	m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "mingce_connections_closed_total", Help: "Connections closed or refused to make room for others.",
	}, func() float64 { _, closed := connections(); return float64(closed) }))
}

// loggedIn counts a login attempt.
func (m *metrics) loggedIn(result string) { m.logins.WithLabelValues(result).Inc() }

// observe implements api.Gateway.Observe.
func (m *metrics) observe(family, operation, code string, took time.Duration) {
	if m.catalogue.Named(operation) == nil {
		operation = "unknown"
	}
	m.calls.WithLabelValues(family, operation, code).Inc()
	m.seconds.WithLabelValues(family, operation).Observe(took.Seconds())
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Histogram counts values: how many, their sum, and for each limit how many are at most
// that.
type Histogram struct {
	Count uint64
	Sum   float64
	UpTo  map[float64]uint64
}

// commitCounts collects what the store counts about commits.
type commitCounts func() (calls, seconds Histogram)

var (
	commitCallsText   = prometheus.NewDesc("mingce_commit_calls", "Calls that shared one commit (SQLite).", nil, nil)
	commitSecondsText = prometheus.NewDesc("mingce_commit_seconds", "For how long the writer worked for one commit (SQLite).", nil, nil)
)

// Describe implements prometheus.Collector.
func (commitCounts) Describe(to chan<- *prometheus.Desc) {
	to <- commitCallsText
	to <- commitSecondsText
}

// Collect implements prometheus.Collector.
func (c commitCounts) Collect(to chan<- prometheus.Metric) {
	calls, seconds := c()
	to <- prometheus.MustNewConstHistogram(commitCallsText, calls.Count, calls.Sum, calls.UpTo)
	to <- prometheus.MustNewConstHistogram(commitSecondsText, seconds.Count, seconds.Sum, seconds.UpTo)
}
