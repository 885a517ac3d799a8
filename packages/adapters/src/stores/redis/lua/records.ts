/**
 * Shared by the scripts: how to read a workflow, and its places in the shard's index. A script checks
 * everything before its first write, because Redis does not undo a script's writes.
 */
export const RECORDS = `
local NUL = string.char(0)
-- revision, state, role, notBefore, claimExpiresAt, completedAt, sequence, handoffs, phases, claimToken
local NOW = '^(%d+)|([^|]*)|([^|]*)|(%d+)|(%d*)|(%d*)|(%d+)|(%d+)|([^|]*)|(.*)$'

local function unreadable(key, problem) return {'unreadable', key, problem} end

-- The workflow's field 'now', false when there is no workflow; second, why it cannot be read.
local function readNow(workflow)
  local now = redis.pcall('HGET', workflow, 'now')
  if type(now) == 'table' then return nil, unreadable(workflow, now.err) end
  if now and not string.find(now, NOW) then return nil, unreadable(workflow, 'field now') end
  if not now and redis.call('EXISTS', workflow) == 1 then
    return nil, unreadable(workflow, 'field now is missing')
  end
  return now
end

-- Why the shard's index cannot be written, if so.
local function unindexable(index)
  local size = redis.pcall('ZCARD', index)
  if type(size) == 'table' then return unreadable(index, size.err) end
end

-- An output that a handoff passed on is stored once, under that handoff's number.
local function output(workflow, phase)
  local text = redis.call('HGET', workflow, 'o:' .. phase) or ''
  if string.sub(text, 1, 2) == 'h:' then return redis.call('HGET', workflow, text) or '' end
  return text
end

local function appendWorkflow(reply, workflow, now)
  local found = redis.call('HMGET', workflow, 'fixed', 'head')
  local size = #reply
  reply[size + 1], reply[size + 2], reply[size + 3] = now, found[1] or '', found[2] or ''
  local _, _, _, _, _, _, _, _, _, _, phases = string.find(now, NOW)
  for phase in string.gmatch(phases, '[^,]+') do reply[#reply + 1] = output(workflow, phase) end
end

-- Where listClaimable finds it: the free ones by notBefore, the claimed ones by expiry.
local function waitingPlace(id, role, notBefore, expiresAt)
  if role == '' then return nil end
  if expiresAt == '' then return table.concat({'w', role, notBefore, id}, NUL) end
  return table.concat({'h', role, expiresAt, notBefore, id}, NUL)
end

-- Where listWorkflows and the retention find it, as far as that changes during its life.
local function listedPlaces(id, project, createdAt, state, role, completedAt)
  local place = table.concat({role, state, createdAt, id}, NUL)
  local places = {'s' .. NUL .. place, table.concat({'t', project, place}, NUL)}
  if completedAt ~= '' then places[3] = table.concat({'c', completedAt, id}, NUL) end
  return places
end

-- ... and as far as it does not.
local function fixedPlaces(id, project, createdAt)
  local place = createdAt .. NUL .. id
  return {'a' .. NUL .. place, table.concat({'p', project, place}, NUL)}
end

-- Where listOverdue finds it, as it is stored at the moment.
local function deadlinePlace(workflow, id)
  local deadline = redis.call('HGET', workflow, 'deadline')
  if not deadline or deadline == '' then return nil end
  return table.concat({'d', deadline, id}, NUL)
end

local function enter(index, places)
  local scored = {}
  for i, place in ipairs(places) do scored[2 * i - 1], scored[2 * i] = '0', place end
  if #scored > 0 then redis.call('ZADD', index, unpack(scored)) end
end

local function leave(index, places)
  if #places > 0 then redis.call('ZREM', index, unpack(places)) end
end
`;
