-- Requests of one scenario, each with another number. Arguments: the scenario, a seed; `jdbc` as the
-- third asks the peer, which wants the number alone.
local scenario, peer

function init(arguments)
  math.randomseed(tonumber(arguments[2]))
  scenario = arguments[1]
  peer = arguments[3] == "jdbc"
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["Prefer"] = scenario == "insert" and "return=representation" or nil
end

function request()
  local own = math.random(0, 999) * 100 + 11
  if peer then
    return wrk.format("GET", "/" .. scenario .. "?" .. own)
  end
  if scenario == "row" then
    return wrk.format("GET", "/items?id=eq." .. own .. "&select=*")
  elseif scenario == "list" then
    return wrk.format("GET", "/items?select=id,title,price,made&price=gt.10&id=gt."
      .. own .. "&order=made.desc&limit=20")
  elseif scenario == "embed" then
    return wrk.format("GET", "/items?select=id,title,shops(name),reviews(stars,words)&id=gt."
      .. own .. "&order=id&limit=5")
  elseif scenario == "insert" then
    return wrk.format("POST", "/notes", nil, '{"body":"Note ' .. own .. '"}')
  else
    return wrk.format("GET", "/rpc/add?a=" .. own .. "&b=2")
  end
end
