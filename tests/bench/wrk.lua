-- Asks the paths that a file lists, one a line, and tells what came of it as one line of JSON.
-- `again` starts over at the end of the list; `once` ends the round there, so that nothing is asked twice.

local ffi = require("ffi")
ffi.cdef[[
typedef struct { long seconds; long nanoseconds; } moment;
int clock_gettime(int clock, moment *now);
]]

local moment = ffi.new("moment")
local threads = {}

local function now()
  ffi.C.clock_gettime(1, moment)
  return tonumber(moment.seconds) + tonumber(moment.nanoseconds) / 1e9
end

function setup(thread)
  table.insert(threads, thread)
end

function init(args)
  again = args[2] == "again"
  local headers = { Accept = args[3] }
  if args[4] then headers["If-None-Match"] = args[4] end
  requests = {}
  for path in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("GET", path, headers)
  end
  at = 0
  started = 0
  ended = 0
end

function request()
  if at == 0 then started = now() end
  at = at + 1
  if at > #requests then
    if not again then
      if ended == 0 then ended = now() end
      wrk.thread:stop()
      return requests[#requests]
    end
    at = 1
  end
  return requests[at]
end

function done(summary, latency)
  local thread = threads[1]
  local ended, seconds = thread:get("ended"), summary.duration / 1e6
  if ended > 0 then seconds = ended - thread:get("started") end
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"seconds":%.6f,"bytes":%d,"exhausted":%s,"failures":%d,"median":%.6f,"p99":%.6f}\n',
    summary.requests, seconds, summary.bytes, tostring(ended > 0),
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50) / 1e6, latency:percentile(99) / 1e6))
end
