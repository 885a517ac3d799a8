/**
 * Creates a workflow unless its id is taken. KEYS: the workflow, its shard's index, the project's counters in
 * this shard, and the mark of a removed workflow.
 */
export const CREATE = `
local workflow, index, stats, removed = KEYS[1], KEYS[2], KEYS[3], KEYS[4]

local before, refused = readNow(workflow)
refused = refused or unindexable(index) or uncountable(stats)
if refused then return refused end
if before then return {isOwn(workflow) and 'created' or 'exists'} end
if redis.call('EXISTS', removed) == 1 then return {'removed'} end

writeRecords(workflow, stats)
enter(index, fixedPlaces(id, project, createdAt))
enter(index, listedPlaces(id, project, createdAt, state, role, completedAt))
enter(index, {waitingPlace(id, role, notBefore, expiresAt)})
enter(index, {deadlinePlace(workflow, id)})
return {'created'}
`;
