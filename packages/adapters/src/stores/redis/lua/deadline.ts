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
