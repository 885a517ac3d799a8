/**
 * Ends the time of a complete workflow. KEYS: the workflow, its shard's index, the key that says so.
 * ARGV: its id, project, createdAt, state, completedAt, revision; milliseconds for which the key lasts.
 */
export const REMOVE = `
local workflow, index, removed = KEYS[1], KEYS[2], KEYS[3]
local id, project, createdAt, state, completedAt = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local refused = mistyped(workflow, 'hash') or mistyped(index, 'zset')
if refused then return refused end
local found = redis.call('HMGET', workflow, 'revision', 'completedAt')
if found[1] ~= ARGV[6] or found[2] ~= completedAt then return {'kept'} end
redis.call('SET', removed, '1', 'PX', ARGV[7])
leave(index, fixedPlaces(id, project, createdAt))
leave(index, listedPlaces(id, project, createdAt, state, '', completedAt))
redis.call('UNLINK', workflow)
return {'removed'}
`;
