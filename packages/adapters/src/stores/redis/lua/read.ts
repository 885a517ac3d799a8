/** Loads a workflow and one of its replies. KEYS: the workflow. ARGV: the reply's field, or ''. */
export const LOAD = `
local workflow, requestField = KEYS[1], ARGV[1]
local now, refused = readNow(workflow)
if refused then return refused end
if not now then return {'none'} end
local reply = {'found', requestField ~= '' and redis.call('HGET', workflow, requestField) or ''}
appendWorkflow(reply, workflow, now)
return reply
`;

/**
 * Reads a page of a numbered list. KEYS: the workflow. ARGV: `e` for events or `h` for handoffs, the number
 * to start after, the limit.
 */
export const READ_PAGE = `
local workflow, list, after, limit = KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local now, refused = readNow(workflow)
if refused then return refused end
if not now then return {'page'} end
local _, _, _, _, _, _, _, _, sequence, handoffs = string.find(now, NOW)
local count = tonumber(list == 'e' and sequence or handoffs)
local last = math.min(count, after + limit)
if last <= after then return {'page'} end
local names = {}
for number = after + 1, last do names[#names + 1] = string.format('%s:%d', list, number) end
local page = redis.call('HMGET', workflow, unpack(names))
local reply = {'page'}
for i = 1, #names do reply[i + 1] = page[i] or '' end
return reply
`;

/** Lists the request ids that have replies, unordered. KEYS: the workflow. */
export const LIST_REPLIES = `
local workflow = KEYS[1]
local now, refused = readNow(workflow)
if refused then return refused end
local reply = {'replies'}
if not now then return reply end
for _, name in ipairs(redis.call('HKEYS', workflow)) do
  if string.sub(name, 1, 2) == 'r:' then reply[#reply + 1] = string.sub(name, 3) end
end
return reply
`;
