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

-- Where listClaimable finds it: the free ones by project and urgency, the claimed ones by expiry.
local function waitingPlace(id, role, notBefore, expiresAt, project, rank)
  if role == '' then return nil end
  if expiresAt == '' then return table.concat({'q', role, project, rank, notBefore, id}, NUL) end
  return table.concat({'h', role, expiresAt, notBefore, id}, NUL)
end

-- Where versions of Baton without priorities list a free one.
local function formerPlace(id, role, notBefore)
  return table.concat({'w', role, notBefore, id}, NUL)
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

-- Where listWorkflows finds it while it waits for a person, as it is stored at the moment.
local function awaitingPlaces(workflow, id, project, createdAt)
  local kind = redis.call('HGET', workflow, 'awaiting')
  if not kind or kind == '' then return {} end
  local place = createdAt .. NUL .. id
  return {table.concat({'n', kind, place}, NUL), table.concat({'m', kind, project, place}, NUL)}
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

/** Loads a workflow and one of its replies. KEYS: the workflow. ARGV: the reply's field, or ''. */
export const LOAD = `
local workflow, requestField = KEYS[1], ARGV[1]
local now, refused = readNow(workflow)
if refused then return refused end
if not now then return {'none'} end
local reply = {'found', requestField ~= '' and redis.call('HGET', workflow, requestField) or ''}
appendWorkflow(reply, workflow, now)
return reply
`;

/**
 * Reads a page of a numbered list. KEYS: the workflow. ARGV: `e` for events or `h` for handoffs, the number
 * to start after, the limit.
 */
export const READ_PAGE = `
local workflow, list, after, limit = KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local now, refused = readNow(workflow)
if refused then return refused end
if not now then return {'page'} end
local _, _, _, _, _, _, _, _, sequence, handoffs = string.find(now, NOW)
local count = tonumber(list == 'e' and sequence or handoffs)
local last = math.min(count, after + limit)
if last <= after then return {'page'} end
local names = {}
for number = after + 1, last do names[#names + 1] = string.format('%s:%d', list, number) end
local page = redis.call('HMGET', workflow, unpack(names))
local reply = {'page'}
for i = 1, #names do reply[i + 1] = page[i] or '' end
return reply
`;

/**
 * Reads the names of workflows. KEYS: the workflows. The answer has one text for each: the names, or what has them
 * where an older version of Baton wrote the workflow, or '' where there is none.
 */
export const READ_NAMES = `
local reply = {'names'}
for i, workflow in ipairs(KEYS) do
  local found = redis.pcall('HGET', workflow, 'names')
  if not found then found = redis.pcall('HGET', workflow, 'fixed') end
  reply[i + 1] = type(found) == 'string' and found or ''
end
return reply
`;

/** Lists the request ids that have replies, unordered. KEYS: the workflow. */
export const LIST_REPLIES = `
local workflow = KEYS[1]
local now, refused = readNow(workflow)
if refused then return refused end
local reply = {'replies'}
if not now then return reply end
for _, name in ipairs(redis.call('HKEYS', workflow)) do
  if string.sub(name, 1, 2) == 'r:' then reply[#reply + 1] = string.sub(name, 3) end
end
return reply
`;

/** Reserves a build id, or returns the existing reservation. KEYS: the reservation. ARGV: its content. */
export const RESERVE = `
local held = redis.call('GET', KEYS[1])
if held then return {'held', held} end
redis.call('SET', KEYS[1], ARGV[1])
return {'reserved'}
`;

/**
 * Replaces a reservation if it has the expected content; '' for none. A server without free memory accepts a
 * SET in a script only after a command that frees some.
 */
export const REPLACE_RESERVATION = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'changed'} end
redis.call('DEL', KEYS[1])
if ARGV[2] ~= '' then redis.call('SET', KEYS[1], ARGV[2]) end
return {'replaced'}
`;

/**
 * Removes a complete workflow and sets its mark. KEYS: the workflow, its shard's index, the mark. ARGV: its
 * id, project, createdAt, the expected revision; milliseconds until the mark expires.
 */
export const REMOVE = `
local workflow, index, removed = KEYS[1], KEYS[2], KEYS[3]
local id, project, createdAt = ARGV[1], ARGV[2], ARGV[3]
local now, refused = readNow(workflow)
refused = refused or unindexable(index)
if refused then return refused end
if not now then return {'kept'} end
local _, _, revision, state, role, notBefore, expiresAt, completedAt = string.find(now, NOW)
if completedAt == '' or revision ~= ARGV[4] then return {'kept'} end

-- A server without memory takes what frees some, and after that, in a script, what needs a little.
leave(index, fixedPlaces(id, project, createdAt))
leave(index, listedPlaces(id, project, createdAt, state, role, completedAt))
leave(index, {deadlinePlace(workflow, id)})
leave(index, awaitingPlaces(workflow, id, project, createdAt))
redis.call('UNLINK', workflow)
enter(index, {'o' .. NUL .. project})
redis.call('SET', removed, '1', 'PX', ARGV[5])
return {'removed'}
`;
