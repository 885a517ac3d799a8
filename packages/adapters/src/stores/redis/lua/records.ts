/**
 * What the scripts share: how a workflow is read, and where it stands in its shard's index. A script
 * checks everything before its first write, because Redis does not undo what a script has written.
 */
export const RECORDS = `
local NUL = string.char(0)

local function unreadable(key, problem) return {'unreadable', key, problem} end

local function mistyped(key, expected)
  local found = redis.call('TYPE', key)['ok']
  if found == expected or found == 'none' then return nil end
  return unreadable(key, 'expected a ' .. expected .. ', found a ' .. found)
end

-- An output that a handoff passed on is stored once, as that handoff's number.
local function output(key, phase)
  local text = redis.call('HGET', key, 'o:' .. phase) or ''
  if string.sub(text, 1, 2) == 'h:' then return redis.call('HGET', key, text) or '' end
  return text
end

-- Appends the workflow to reply; false when there is none.
local function readWorkflow(key, reply)
  if redis.call('EXISTS', key) == 0 then return false end
  local found = redis.call('HMGET', key, 'fixed', 'head', 'claimToken', 'claimExpiresAt', 'phases')
  for i = 1, 5 do reply[#reply + 1] = found[i] or '' end
  for phase in string.gmatch(found[5] or '', '[^,]+') do reply[#reply + 1] = output(key, phase) end
  return true
end

-- Where listClaimable finds it: the free ones by notBefore, the claimed ones by expiry.
local function waitingPlace(id, role, notBefore, expiresAt)
  if role == '' then return nil end
  if expiresAt == '' then return table.concat({'w', role, notBefore, id}, NUL) end
  return table.concat({'h', role, expiresAt, notBefore, id}, NUL)
end

-- Where listWorkflows and the retention find it, as far as that changes during its life.
local function listedPlaces(id, project, createdAt, state, role, completedAt)
  local places = {
    table.concat({'s', state, createdAt, id}, NUL),
    table.concat({'ps', project, state, createdAt, id}, NUL),
  }
  if role ~= '' then
    places[3] = table.concat({'r', role, createdAt, id}, NUL)
    places[4] = table.concat({'pr', project, role, createdAt, id}, NUL)
  end
  if completedAt ~= '' then
    places[#places + 1] = table.concat({'c', completedAt, id}, NUL)
  end
  return places
end

-- …and as far as it does not.
local function fixedPlaces(id, project, createdAt)
  return {
    table.concat({'a', createdAt, id}, NUL),
    table.concat({'p', project, createdAt, id}, NUL),
  }
end

local function enter(index, places)
  for _, place in ipairs(places) do redis.call('ZADD', index, 0, place) end
end

local function leave(index, places)
  if #places > 0 then redis.call('ZREM', index, unpack(places)) end
end
`;
