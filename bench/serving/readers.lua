-- Readers who come at a rate that does not depend on how fast they are served: each of the
-- connections waits for as long as it takes them together to make that rate.
local pause

function init(arguments)
  pause = tonumber(arguments[1])
  math.randomseed(os.time())
end

function delay()
  return math.random(0, 2 * pause)
end
