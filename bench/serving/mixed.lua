-- Of four hundred requests, one looks at the form, seven are made anew (pages, the list, its table and
-- the count), and the others can be answered from memory.
local fresh = { "", "signatories/", "signatories.csv", "count.json", "signatories/?q=right", "", "" }
local path, number

function init(arguments)
  path, number = arguments[1], 0
end

function request()
  number = number + 1
  local place = number % 400
  if place == 25 then
    return wrk.format("GET", path .. "sign/")
  elseif place % 50 == 0 and place > 0 then
    return wrk.format("GET", path .. fresh[place / 50],
      { ["Cache-Control"] = "no-cache", ["Accept-Encoding"] = "br" })
  end
  return wrk.format("GET", path)
end
