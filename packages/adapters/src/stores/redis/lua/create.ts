/**
 * A new workflow, unless its id is taken. KEYS: the workflow, its shard's index, the project's
 * counters in this shard, and what says that the workflow was there and its time was over.
 */
export const CREATE = `
local workflow, index, stats, removed = KEYS[1], KEYS[2], KEYS[3], KEYS[4]

local refused = mistyped(workflow, 'hash') or mistyped(index, 'zset') or mistyped(stats, 'hash')
  or uncountable(stats)
if refused then return refused end

if redis.call('EXISTS', workflow) == 1 then
  return {isOwn(workflow) and 'created' or 'exists'}
end
if redis.call('EXISTS', removed) == 1 then return {'removed'} end

writeRecords(workflow, stats)
enter(index, fixedPlaces(id, project, createdAt))
enter(index, places())
return {'created'}
`;
