-- Contacts of organisations nobody has heard of fill in the form, one after another.
local path, letters, run, number

function init(arguments)
  path, letters, run = arguments[1], arguments[2], arguments[3]
  number = 0
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
  wrk.headers["Cookie"] = "csrftoken=" .. string.rep("c", 32)
end

function request()
  number = number + 1
  local who = run .. number
  -- Each from a network of its own, as in life: one may send a limited number of forms.
  wrk.headers["X-Forwarded-For"] = string.format("10.%d.%d.%d",
    math.floor(number / 65536) % 256, math.floor(number / 256) % 256, number % 256)
  return wrk.format("POST", path, nil, "csrfmiddlewaretoken=" .. string.rep("c", 32)
    .. "&name=Organisation+" .. who .. "&local_name=&acronym=&country=KE&website="
    .. "https%3A%2F%2Fwatch" .. who .. ".example&contact_name=Alice+Achieng&contact_title=Director"
    .. "&email=alice%40watch" .. who .. ".example&authorized=on" .. letters)
end
