-- Of a hundred requests, ninety-two can be answered from memory, one looks at the form, and seven
-- are made anew: pages, the list, its table and the count.
local fresh = { "", "signatories/", "signatories.csv", "count.json", "signatories/?q=right", "", "" }
local path, number

function init(arguments)
  path, number = arguments[1], 0
end

function request()
  number = number + 1
  local place = number % 100
  if place == 50 then
    return wrk.format("GET", path .. "sign/")
  elseif place % 14 == 0 and place > 0 then
    return wrk.format("GET", path .. fresh[place / 14],
      { ["Cache-Control"] = "no-cache", ["Accept-Encoding"] = "br" })
  end
  return wrk.format("GET", path)
end
