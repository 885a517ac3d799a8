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
