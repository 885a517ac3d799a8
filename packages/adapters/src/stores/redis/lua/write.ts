/** Shared by creating and committing; `writeArguments` builds ARGV. */
export const WRITE = `
local id, project, createdAt, commitId = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local firstEvent, requestField = ARGV[5], ARGV[6]
local expected, claimExpiredBy = ARGV[7], ARGV[8]
local state, role, notBefore, expiresAt, completedAt = ARGV[9], ARGV[10], ARGV[11], ARGV[12], ARGV[13]
-- What an older version of Baton has reserved has no rank.
local rank, FIELDS = string.match(ARGV[14], '^r(%d+)$'), 16
if not rank then rank, FIELDS = '100', 15 end
local withdrawn = FIELDS + tonumber(ARGV[FIELDS - 1])
local counters = withdrawn + 1 + tonumber(ARGV[withdrawn])

-- A script whose reply was lost may be sent again: an event tells which commit it came with.
local function isOwn(workflow)
  if firstEvent == '' then return false end
  local event = redis.call('HGET', workflow, firstEvent)
  return event and string.sub(event, 3, 2 + #commitId) == commitId
end

-- What stands among the withdrawn outputs and is what was used: the key, the field and the counts to add.
local function usageIn(text, firstUsage)
  local number, field, counts = string.match(text, '^u(%d+):[%d-]+:(%[.*%])|([%d -]+)$')
  if number then return KEYS[firstUsage + tonumber(number)], field, counts end
end

-- Why a counter cannot be added to, if so.
local function uncountable(key, field, pattern)
  local count = redis.pcall('HGET', key, field)
  if type(count) == 'table' then return unreadable(key, count.err) end
  if count and not string.find(count, pattern) then
    return unreadable(key, field .. ' is no whole number')
  end
end

local function anyUncountable(stats, firstUsage)
  for i = withdrawn + 1, counters - 1 do
    local key, field = usageIn(ARGV[i], firstUsage)
    local refused = key and uncountable(key, field, '^[%d -]+$')
    if refused then return refused end
  end
  for i = counters, #ARGV, 2 do
    local refused = uncountable(stats, ARGV[i], '^-?%d+$')
    if refused then return refused end
  end
end

-- Counts end at 2^53 - 1.
local MOST_COUNTED = 9007199254740991
local function addUsage(key, field, more)
  local sums, known = {}, string.gmatch(redis.call('HGET', key, field) or '', '%S+')
  for count in string.gmatch(more, '%S+') do
    local sum = tonumber(known() or '0') + tonumber(count)
    sums[#sums + 1] = string.format('%.0f', math.min(sum, MOST_COUNTED))
  end
  redis.call('HSET', key, field, table.concat(sums, ' '))
end

-- The first write is one that Redis refuses when it is out of memory, read-only or unable to save:
-- once it has passed, all pass.
local function writeRecords(workflow, stats, firstUsage)
  for i = FIELDS, withdrawn - 1, 1000 do
    redis.call('HSET', workflow, unpack(ARGV, i, math.min(i + 999, withdrawn - 1)))
  end
  for i = withdrawn + 1, counters - 1 do
    local key, field, counts = usageIn(ARGV[i], firstUsage)
    if key then addUsage(key, field, counts) else redis.call('HDEL', workflow, ARGV[i]) end
  end
  for i = counters, #ARGV, 2 do redis.call('HINCRBY', stats, ARGV[i], ARGV[i + 1]) end
end
`;

/**
 * Creates a workflow unless its id is taken. KEYS: the workflow, its shard's index, the project's counters in
 * this shard, the mark of a removed workflow, and by month what the project has used.
 */
export const CREATE = `
local workflow, index, stats, removed = KEYS[1], KEYS[2], KEYS[3], KEYS[4]

local before, refused = readNow(workflow)
refused = refused or unindexable(index) or anyUncountable(stats, 5)
if refused then return refused end
if before then return {isOwn(workflow) and 'created' or 'exists'} end
if redis.call('EXISTS', removed) == 1 then return {'removed'} end

writeRecords(workflow, stats, 5)
enter(index, fixedPlaces(id, project, createdAt))
enter(index, listedPlaces(id, project, createdAt, state, role, completedAt))
enter(index, {waitingPlace(id, role, notBefore, expiresAt, project, rank)})
enter(index, {deadlinePlace(workflow, id)})
enter(index, awaitingPlaces(workflow, id, project, createdAt))
return {'created'}
`;

/**
 * Writes one commit, or returns why not. KEYS: the workflow, its shard's index and, when counters change, the
 * project's counters in this shard and by month what it has used.
 */
export const COMMIT = `
local workflow, index, stats = KEYS[1], KEYS[2], KEYS[3]

local before, refused = readNow(workflow)
refused = refused or unindexable(index) or (stats and anyUncountable(stats, 4))
if refused then return refused end
if not before then return {'conflict'} end

if requestField ~= '' then
  local reply = redis.call('HGET', workflow, requestField)
  if reply then return {'duplicate', reply} end
end
local _, _, revision, oldState, oldRole, oldNotBefore, oldExpiresAt, oldCompletedAt =
  string.find(before, NOW)
-- A version of Baton that knows no 'commit' leaves that of an older revision behind.
local commit = redis.call('HGET', workflow, 'commit')
if not commit or string.match(commit, '^%d+') ~= revision then commit = revision .. '|' end
if commit ~= expected and isOwn(workflow) then return {'committed'} end
local held = claimExpiredBy ~= '' and oldExpiresAt ~= ''
  and tonumber(oldExpiresAt) > tonumber(claimExpiredBy)
if commit ~= expected or held then
  local reply = {'conflict'}
  appendWorkflow(reply, workflow, before)
  return reply
end

local oldDeadline = deadlinePlace(workflow, id)
local oldAwaiting = awaitingPlaces(workflow, id, project, createdAt)
writeRecords(workflow, stats, 4)
local newDeadline = deadlinePlace(workflow, id)
local newAwaiting = awaitingPlaces(workflow, id, project, createdAt)
local old, new = {}, {}
if oldState ~= state or oldRole ~= role or oldCompletedAt ~= completedAt then
  old = listedPlaces(id, project, createdAt, oldState, oldRole, oldCompletedAt)
  new = listedPlaces(id, project, createdAt, state, role, completedAt)
end
old[#old + 1] = waitingPlace(id, oldRole, oldNotBefore, oldExpiresAt, project, rank)
old[#old + 1] = formerPlace(id, oldRole, oldNotBefore)
new[#new + 1] = waitingPlace(id, role, notBefore, expiresAt, project, rank)
if oldDeadline ~= newDeadline then
  old[#old + 1] = oldDeadline
  new[#new + 1] = newDeadline
end
if oldAwaiting[1] ~= newAwaiting[1] then
  leave(index, oldAwaiting)
  enter(index, newAwaiting)
end
leave(index, old)
enter(index, new)
return {'committed'}
`;

/** Extends a claim. KEYS: the workflow, its shard's index. ARGV: its id, the token, the new expiry. */
export const RENEW_CLAIM = `
local workflow, index = KEYS[1], KEYS[2]
local id, token, expiresAt = ARGV[1], ARGV[2], ARGV[3]

local before, refused = readNow(workflow)
refused = refused or unindexable(index)
if refused then return refused end
if not before then return {'refused'} end
local _, _, revision, state, role, notBefore, oldExpiresAt, completedAt, sequence, handoffs, phases,
  oldToken = string.find(before, NOW)
if oldExpiresAt == '' or oldToken ~= token then return {'refused'} end

redis.call('HSET', workflow, 'now', table.concat({revision, state, role, notBefore, expiresAt,
  completedAt, sequence, handoffs, phases, token}, '|'))
leave(index, {waitingPlace(id, role, notBefore, oldExpiresAt)})
enter(index, {waitingPlace(id, role, notBefore, expiresAt)})
return {'renewed'}
`;

/**
 * Lists the deadline of a workflow from an older version of Baton, unless it has changed since. KEYS: the
 * workflow, its shard's index. ARGV: its id, the expected revision, the deadline.
 */
export const LIST_DEADLINE = `
local workflow, index = KEYS[1], KEYS[2]
local now, refused = readNow(workflow)
refused = refused or unindexable(index)
if refused then return refused end
if not now or redis.call('HEXISTS', workflow, 'deadline') == 1 then return {'known'} end
local _, _, revision = string.find(now, NOW)
if revision ~= ARGV[2] then return {'changed'} end
redis.call('HSET', workflow, 'deadline', ARGV[3])
enter(index, {deadlinePlace(workflow, ARGV[1])})
return {'listed'}
`;

/**
 * Lists a workflow that waits for a person, of an older version of Baton, unless it has changed since. KEYS: the
 * workflow, its shard's index. ARGV: its id, project, createdAt, the expected revision, what it waits for.
 */
export const LIST_AWAITING = `
local workflow, index = KEYS[1], KEYS[2]
local now, refused = readNow(workflow)
refused = refused or unindexable(index)
if refused then return refused end
if not now or redis.call('HEXISTS', workflow, 'awaiting') == 1 then return {'known'} end
local _, _, revision = string.find(now, NOW)
if revision ~= ARGV[4] then return {'changed'} end
redis.call('HSET', workflow, 'awaiting', ARGV[5])
enter(index, awaitingPlaces(workflow, ARGV[1], ARGV[2], ARGV[3]))
return {'listed'}
`;

/**
 * Lists a free workflow by its project, which an older version of Baton has listed otherwise. KEYS: the workflow,
 * its shard's index. ARGV: its id, its project, the older place.
 */
export const LIST_READY = `
local workflow, index = KEYS[1], KEYS[2]
local now, refused = readNow(workflow)
refused = refused or unindexable(index)
if refused then return refused end
leave(index, {ARGV[3]})
if not now then return {'gone'} end
local _, _, _, _, role, notBefore, expiresAt = string.find(now, NOW)
if expiresAt ~= '' then return {'held'} end
enter(index, {waitingPlace(ARGV[1], role, notBefore, expiresAt, ARGV[2], '100')})
return {'listed'}
`;

/**
 * Takes a permit of each key, or returns the numbers of those that have none left. KEYS: the permits. ARGV: the
 * holder, the one whose permits do not count or '', the time, when they end, and of each key how many there are.
 */
export const TAKE_PERMITS = `
local holder, other, now, expiresAt = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local function holds(key, one)
  local score = one ~= '' and redis.call('ZSCORE', key, one)
  return score and tonumber(score) > now and 1 or 0
end
local full = {'full'}
for i, key in ipairs(KEYS) do
  local held = redis.call('ZCOUNT', key, '(' .. now, '+inf') - holds(key, other)
  if holds(key, holder) == 0 and held >= tonumber(ARGV[4 + i]) then full[#full + 1] = tostring(i) end
end
if #full > 1 then return full end
for _, key in ipairs(KEYS) do
  redis.call('ZADD', key, expiresAt, holder)
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
  local last = redis.call('ZRANGE', key, -1, -1, 'WITHSCORES')
  redis.call('PEXPIRE', key, math.ceil(tonumber(last[2]) - now) + 60000)
end
return {'taken'}
`;

/** Gives permits back. KEYS: the permits. ARGV: the holder. */
export const RETURN_PERMITS = `
for _, key in ipairs(KEYS) do redis.call('ZREM', key, ARGV[1]) end
return {'returned'}
`;

/** Takes or extends a lease. KEYS: the lease. ARGV: the holder, milliseconds. */
export const TAKE_LEASE = `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return {'held'} end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return {'taken'}
`;

/** Returns the server's time. KEYS: any key, so that all clients ask the same master of a cluster. */
export const NOW = `
local time = redis.call('TIME')
return {'now', time[1], time[2]}
`;
