/**
 * One commit, or why it was not written. KEYS: the workflow, its shard's index and, where counters
 * change, the project's counters in this shard.
 */
export const COMMIT = `
local workflow, index, stats = KEYS[1], KEYS[2], KEYS[3]

local refused = mistyped(workflow, 'hash') or mistyped(index, 'zset')
if not refused and stats then refused = mistyped(stats, 'hash') or uncountable(stats) end
if refused then return refused end

local before = redis.call('HMGET', workflow,
  'revision', 'claimExpiresAt', 'state', 'role', 'notBefore', 'completedAt')
local revision, claimed = before[1], before[2]

if requestField ~= '' then
  local reply = redis.call('HGET', workflow, requestField)
  if reply then return {'duplicate', reply} end
end
if revision ~= expectedRevision and isOwn(workflow) then return {'committed'} end
local held = claimExpiredBy ~= '' and claimed and claimed > claimExpiredBy
if revision ~= expectedRevision or held then
  local reply = {'conflict'}
  readWorkflow(workflow, reply)
  return reply
end
for i = 2, 6 do
  if not before[i] then return unreadable(workflow, 'a field of its index entries is missing') end
end

local stays = before[3] == state and before[4] == role and before[6] == completedAt
local wait = waitingPlace(id, before[4], before[5], before[2])
writeRecords(workflow, stats)
if stays then
  local now = waitingPlace(id, role, notBefore, expiresAt)
  if now ~= wait then
    leave(index, {wait})
    enter(index, {now})
  end
else
  local old = listedPlaces(id, project, createdAt, before[3], before[4], before[6])
  old[#old + 1] = wait
  leave(index, old)
  enter(index, places())
end
return {'committed'}
`;
