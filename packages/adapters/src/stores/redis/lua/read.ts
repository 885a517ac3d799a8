/** A workflow and one of its replies. KEYS: the workflow. ARGV: the reply's field, or ''. */
export const LOAD = `
local workflow, requestField = KEYS[1], ARGV[1]
local refused = mistyped(workflow, 'hash')
if refused then return refused end
local reply = {'found', requestField ~= '' and redis.call('HGET', workflow, requestField) or ''}
if not readWorkflow(workflow, reply) then return {'none'} end
return reply
`;

/**
 * A page of a numbered list. KEYS: the workflow. ARGV: the field that counts the list, the prefix of
 * its fields, the number after which to begin, how many at most.
 */
export const READ_PAGE = `
local workflow, prefix, after = KEYS[1], ARGV[2], tonumber(ARGV[3])
local refused = mistyped(workflow, 'hash')
if refused then return refused end
local count = redis.call('HGET', workflow, ARGV[1])
local last = math.min(tonumber(count or 0), after + tonumber(ARGV[4]))
if last <= after then return {'page'} end
local names = {}
for number = after + 1, last do names[#names + 1] = prefix .. string.format('%d', number) end
local page = redis.call('HMGET', workflow, unpack(names))
local reply = {'page'}
for i = 1, #names do reply[i + 1] = page[i] or '' end
return reply
`;

/**
 * The workflows of a shard that some roles may take. KEYS: the shard's index. ARGV: the time, how
 * many at most of each list, the roles. Of the claims that have expired, as many as have: only all
 * of them together give the order.
 */
export const FIND_CLAIMABLE = `
local index, now, limit = KEYS[1], ARGV[1], ARGV[2]
local refused = mistyped(index, 'zset')
if refused then return refused end
local reply = {'places'}
local function find(list, role, ...)
  local prefix = list .. NUL .. role .. NUL
  local places = redis.call('ZRANGEBYLEX', index, '[' .. prefix, '(' .. prefix .. now .. string.char(1), ...)
  for _, place in ipairs(places) do reply[#reply + 1] = place end
end
for i = 3, #ARGV do
  find('w', ARGV[i], 'LIMIT', 0, limit)
  find('h', ARGV[i])
end
return reply
`;
