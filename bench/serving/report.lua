-- What came of a run, as a line of JSON.
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "failed": %d, "rate": %.1f, "p50": %.2f, "p95": %.2f, "longest": %.1f}\n',
    summary.requests, e.connect + e.read + e.write + e.status + e.timeout,
    summary.requests * 1e6 / summary.duration,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency.max / 1000))
end
