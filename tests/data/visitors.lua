-- For wrk: many visitors, each at an address of their own, who read the same few pages and now and then one that nobody
-- has read before. ARGUMENTS: how many of a hundred requests are for such a page (default 0), then the pages.

local pages, fresh, turn = {}, 0, 0

function init(arguments)
  fresh = tonumber(arguments[1]) or 0
  for place = 2, #arguments do pages[#pages + 1] = arguments[place] end
  if #pages == 0 then pages = {"/"} end
  math.randomseed(os.time())
end

function request()
  turn = turn + 1
  local page = pages[turn % #pages + 1]
  if math.random(100) <= fresh then page = "/search?q=word" .. math.random(1000000000) end
  local visitor = string.format("10.%d.%d.%d", math.random(0, 255), math.random(0, 255), math.random(0, 255))
  return wrk.format("GET", page, {["X-Forwarded-For"] = visitor})
end
