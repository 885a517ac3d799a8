/** Shared by the listing scripts. */
const RANGES = `
local index = KEYS[1]
local refused = unindexable(index)
if refused then return refused end
local reply = {'places'}

local function append(from, to, ...)
  local places = redis.call('ZRANGEBYLEX', index, from, to, ...)
  for _, place in ipairs(places) do reply[#reply + 1] = place end
end
`;

/**
 * Finds the workflows of a shard that some roles may claim. KEYS: the shard's index. ARGV: the time, the
 * limit for unclaimed ones, the roles. It returns all expired claims, because only all of them give the
 * order.
 */
export const FIND_CLAIMABLE = `${RANGES}
local function find(list, role, ...)
  local prefix = list .. NUL .. role .. NUL
  append('[' .. prefix, '(' .. prefix .. ARGV[1] .. string.char(1), ...)
end
for i = 3, #ARGV do
  find('w', ARGV[i], 'LIMIT', 0, ARGV[2])
  find('h', ARGV[i])
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
 * Finds the workflows of a shard by creation. KEYS: the shard's index. ARGV: the list ('a', 'p' and a
 * project, 's', 't' and a project) with a final NUL, the place to start after or '', the limit; for 's' and
 * 't' also a role and a state, '*' for any. With several roles or states, the limit applies to each.
 */
export const FIND_WORKFLOWS = `${RANGES}
local list, after, limit, role, state = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

local function upTo(prefix) return '(' .. string.sub(prefix, 1, -2) .. string.char(1) end

-- The names that come next below prefix: one seek for each, however many workflows it has.
local function names(prefix)
  local found, from = {}, '[' .. prefix
  while true do
    local place = redis.call('ZRANGEBYLEX', index, from, upTo(prefix), 'LIMIT', 0, 1)[1]
    if not place then return found end
    local name = string.match(place, '^[^%z]*', #prefix + 1)
    found[#found + 1] = name
    from = '(' .. prefix .. name .. string.char(1)
  end
end

local function find(prefix)
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
