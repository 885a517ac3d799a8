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
leave(index, {waitingPlace(id, role, notBefore, expiresAt)})
leave(index, {deadlinePlace(workflow, id)})
redis.call('UNLINK', workflow)
redis.call('SET', removed, '1', 'PX', ARGV[5])
return {'removed'}
`;
