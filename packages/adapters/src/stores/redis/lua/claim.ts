/** Extends a claim. KEYS: the workflow, its shard's index. ARGV: its id, the token, the new expiry. */
export const RENEW_CLAIM = `
local workflow, index = KEYS[1], KEYS[2]
local id, token, expiresAt = ARGV[1], ARGV[2], ARGV[3]

local refused = mistyped(workflow, 'hash') or mistyped(index, 'zset')
if refused then return refused end

local held = redis.call('HMGET', workflow, 'claimToken', 'claimExpiresAt', 'role', 'notBefore')
if not held[1] or held[1] ~= token then return {'refused'} end
if not (held[2] and held[3] and held[4]) then
  return unreadable(workflow, 'a field of its claim is missing')
end

redis.call('HSET', workflow, 'claimExpiresAt', expiresAt)
leave(index, {waitingPlace(id, held[3], held[4], held[2])})
enter(index, {waitingPlace(id, held[3], held[4], expiresAt)})
return {'renewed'}
`;
