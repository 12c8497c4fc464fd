-- wrk: POST /v1/check with the events of a file (WARD_EVENTS, one JSON object a line), in turn.
-- WARD_KEY, when set, is sent as a bearer token.
local requests = {}
local headers = { ["Content-Type"] = "application/json" }
local at = 0

function init(args)
  local key = os.getenv("WARD_KEY")
  if key then headers["Authorization"] = "Bearer " .. key end
  for line in io.lines(os.getenv("WARD_EVENTS")) do
    table.insert(requests, wrk.format("POST", "/v1/check", headers, line))
  end
  at = math.random(#requests)
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('{"checks_per_s":%.0f,"p50_us":%d,"p99_us":%d,"max_us":%d,"not_2xx":%d,"errors":%d}\n',
    summary.requests / summary.duration * 1e6, latency:percentile(50), latency:percentile(99),
    latency.max, errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
