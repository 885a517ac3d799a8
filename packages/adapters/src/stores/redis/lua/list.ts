/** Shared by the listing scripts. */
const RANGES = `
local index = KEYS[1]
local refused = unindexable(index)
if refused then return refused end
local reply = {'places'}

local function append(from, to, ...)
  local places = redis.call('ZRANGEBYLEX', index, from, to, ...)
  for _, place in ipairs(places) do reply[#reply + 1] = place end
  return #places
end

local function upTo(prefix) return '(' .. string.sub(prefix, 1, -2) .. string.char(1) end

-- The name that comes next below prefix, and where to go on: one seek, however many workflows it has.
local function nextName(prefix, from)
  local place = redis.call('ZRANGEBYLEX', index, from, upTo(prefix), 'LIMIT', 0, 1)[1]
  if not place then return nil end
  local name = string.match(place, '^[^%z]*', #prefix + 1)
  return name, '(' .. prefix .. name .. string.char(1)
end
`;

/**
 * Finds the workflows of a shard that some roles may claim. KEYS: the shard's index. ARGV: the time, the limit, the
 * most of one project, the project behind which to begin or '', how many projects to look at or '' for all, these
 * projects in order, the roles. Of each role it returns the first of each project, up to the limit, and all expired claims, because they are not listed by project.
 */
export const FIND_CLAIMABLE = `${RANGES}
local now, limit, perProject, after = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local named = tonumber(ARGV[5])

local function findOfProject(prefix, most)
  local left = most
  local rank, from = nextName(prefix, '[' .. prefix)
  while rank and left > 0 do
    local ranked = prefix .. rank .. NUL
    left = left - append('[' .. ranked, '(' .. ranked .. now .. string.char(1), 'LIMIT', 0, left)
    rank, from = nextName(prefix, from)
  end
  return most - left
end

local function findNamed(list)
  local left = limit
  for i = 6, 5 + named do
    if left <= 0 then return end
    left = left - findOfProject(list .. ARGV[i] .. NUL, math.min(perProject, left))
  end
end

local function findFree(list)
  if named then return findNamed(list) end
  local left = limit
  local start = after == '' and '[' .. list or '(' .. list .. after .. string.char(1)
  local project, from = nextName(list, start)
  while project and left > 0 do
    left = left - findOfProject(list .. project .. NUL, math.min(perProject, left))
    project, from = nextName(list, from)
  end
end

for i = 6 + (named or 0), #ARGV do
  findFree('q' .. NUL .. ARGV[i] .. NUL)
  local held = 'h' .. NUL .. ARGV[i] .. NUL
  append('[' .. held, '(' .. held .. now .. string.char(1))
end
return reply
`;

/**
 * Says what waits in a shard. KEYS: the shard's index. ARGV: the time, the most to look at, the roles. For each role it
 * returns how many it looked at, how many of those wait, and since when the oldest of them does, or ''.
 */
export const READ_QUEUES = `${RANGES}
local now, limit = ARGV[1], tonumber(ARGV[2])

local function range(from, to)
  return redis.call('ZRANGEBYLEX', index, from, to, 'LIMIT', 0, limit)
end

for i = 3, #ARGV do
  local length, since = 0, ''
  local function count(at)
    if at > now then return end
    length = length + 1
    if since == '' or at < since then since = at end
  end
  local free = 'q' .. NUL .. ARGV[i] .. NUL
  local waiting = range('[' .. free, upTo(free))
  for _, place in ipairs(waiting) do count(string.match(place, '(%d+)%z[^%z]*$')) end
  local held = 'h' .. NUL .. ARGV[i] .. NUL
  local expired = range('[' .. held, '(' .. held .. now .. string.char(1))
  for _, place in ipairs(expired) do
    local expiresAt, notBefore = string.match(place, '^(%d+)%z(%d+)', #held + 1)
    count(expiresAt > notBefore and expiresAt or notBefore)
  end
  reply[#reply + 1] = tostring(#waiting + #expired)
  reply[#reply + 1] = tostring(length)
  reply[#reply + 1] = since
end
return reply
`;

/**
 * Finds the workflows of a shard that time out by a given time. KEYS: the shard's index. ARGV: the time, the
 * limit.
 */
export const FIND_OVERDUE = `${RANGES}
append('[d' .. NUL, '(d' .. NUL .. ARGV[1] .. string.char(1), 'LIMIT', 0, ARGV[2])
return reply
`;

/**
 * Finds the projects of a shard. KEYS: the shard's index. ARGV: the project behind which to begin or '', the limit,
 * the projects that are asked for, if not all. Those that have workflows and those that had some come one after the
 * other, each in order and up to the limit; a project may come twice.
 */
export const FIND_PROJECTS = `${RANGES}
local after, limit = ARGV[1], tonumber(ARGV[2])

local function findIn(list)
  local left = limit
  local name, from = nextName(list, after == '' and '[' .. list or '(' .. list .. after .. string.char(1))
  while name and left > 0 do
    reply[#reply + 1] = name
    left = left - 1
    name, from = nextName(list, from)
  end
end

local function isThere(project)
  local prefix = 'p' .. NUL .. project .. NUL
  if redis.call('ZRANGEBYLEX', index, '[' .. prefix, upTo(prefix), 'LIMIT', 0, 1)[1] then return true end
  return redis.call('ZSCORE', index, 'o' .. NUL .. project)
end

if #ARGV == 2 then
  findIn('p' .. NUL)
  findIn('o' .. NUL)
end
for i = 3, #ARGV do
  if isThere(ARGV[i]) then reply[#reply + 1] = ARGV[i] end
end
return reply
`;

/**
 * Finds the workflows of a shard by creation. KEYS: the shard's index. ARGV: 'newest' or 'oldest' for what comes
 * first, the list ('a', 'p' and a project, 's', 't' and a project, 'n' and what is awaited, 'm', what is awaited and a
 * project) with a final NUL, the place to start after or '', the limit; for 's' and 't' also a role and a state, '*'
 * for any. With several roles or states, the limit applies to each.
 */
export const FIND_WORKFLOWS = `${RANGES}
local first, list, after, limit, role, state = unpack(ARGV)

local function names(prefix)
  local found = {}
  local name, from = nextName(prefix, '[' .. prefix)
  while name do
    found[#found + 1] = name
    name, from = nextName(prefix, from)
  end
  return found
end

local function findNewest(prefix)
  local from = after == '' and upTo(prefix) or '(' .. prefix .. after
  local places = redis.call('ZREVRANGEBYLEX', index, from, '[' .. prefix, 'LIMIT', 0, limit)
  for _, place in ipairs(places) do reply[#reply + 1] = place end
end

local function find(prefix)
  if first == 'newest' then return findNewest(prefix) end
  local from = after == '' and '[' .. prefix or '(' .. prefix .. after
  append(from, upTo(prefix), 'LIMIT', 0, limit)
end

if not role then
  find(list)
  return reply
end
for _, one in ipairs(role == '*' and names(list) or {role}) do
  local prefix = list .. one .. NUL
  for _, other in ipairs(state == '*' and names(prefix) or {state}) do
    find(prefix .. other .. NUL)
  end
end
return reply
`;
