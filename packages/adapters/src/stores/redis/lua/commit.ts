/**
 * Writes one commit, or returns why not. KEYS: the workflow, its shard's index and, when counters change, the
 * project's counters in this shard.
 */
export const COMMIT = `
local workflow, index, stats = KEYS[1], KEYS[2], KEYS[3]

local before, refused = readNow(workflow)
refused = refused or unindexable(index) or (stats and uncountable(stats))
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
writeRecords(workflow, stats)
local newDeadline = deadlinePlace(workflow, id)
local old, new = {}, {}
if oldState ~= state or oldRole ~= role or oldCompletedAt ~= completedAt then
  old = listedPlaces(id, project, createdAt, oldState, oldRole, oldCompletedAt)
  new = listedPlaces(id, project, createdAt, state, role, completedAt)
end
old[#old + 1] = waitingPlace(id, oldRole, oldNotBefore, oldExpiresAt)
new[#new + 1] = waitingPlace(id, role, notBefore, expiresAt)
if oldDeadline ~= newDeadline then
  old[#old + 1] = oldDeadline
  new[#new + 1] = newDeadline
end
leave(index, old)
enter(index, new)
return {'committed'}
`;
