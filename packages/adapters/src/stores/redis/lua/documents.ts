/**
 * The documents of a collection: KEYS[1] is a hash of them, by key a version, '|' and JSON; KEYS[2] a sorted set of
 * the keys. A script checks everything before its first write.
 */
const DOCUMENTS = `
local documents, index = KEYS[1], KEYS[2]
local function unreadable(key, problem) return {'unreadable', key, problem} end

local found = redis.pcall('HLEN', documents)
if type(found) == 'table' then return unreadable(documents, found.err) end
found = redis.pcall('ZCARD', index)
if type(found) == 'table' then return unreadable(index, found.err) end

local function versionOf(key)
  local text = redis.call('HGET', documents, key)
  return text and (string.match(text, '^%d+') or '?') or '0'
end
`;

/**
 * A script may be sent again when its answer was lost, and others may have written since: a mark tells it that it
 * has run. KEYS[3]: the mark of this call.
 */
const ONCE = `
local MARKED_MS = 60000
local mark = KEYS[3]
if redis.call('EXISTS', mark) == 1 then return {'written'} end
`;

/** Writes a document. ARGV: its key, the version that it follows, its JSON. */
export const WRITE_DOCUMENT = `${DOCUMENTS}${ONCE}
local key, follows = ARGV[1], ARGV[2]
if versionOf(key) ~= follows then return {'changed'} end
redis.call('HSET', documents, key, string.format('%.0f', tonumber(follows) + 1) .. '|' .. ARGV[3])
redis.call('ZADD', index, 0, key)
redis.call('SET', mark, '1', 'PX', MARKED_MS)
return {'written'}
`;

/**
 * Removes a document. ARGV: its key, its version. A server without memory takes what frees some, and after that,
 * in a script, what needs a little.
 */
export const REMOVE_DOCUMENT = `${DOCUMENTS}${ONCE}
local key = ARGV[1]
if versionOf(key) ~= ARGV[2] then return {'changed'} end
redis.call('HDEL', documents, key)
redis.call('ZREM', index, key)
redis.call('SET', mark, '1', 'PX', MARKED_MS)
return {'written'}
`;

/** Reads a document. ARGV: its key. */
export const READ_DOCUMENT = `${DOCUMENTS}
local text = redis.call('HGET', documents, ARGV[1])
if not text then return {'none'} end
return {'document', text}
`;

/** Lists documents. ARGV: the first place in the index, the end, the limit. Keys and texts alternate. */
export const LIST_DOCUMENTS = `${DOCUMENTS}
local reply = {'documents'}
for _, key in ipairs(redis.call('ZRANGEBYLEX', index, ARGV[1], ARGV[2], 'LIMIT', 0, ARGV[3])) do
  local text = redis.call('HGET', documents, key) or ''
  reply[#reply + 1] = key
  reply[#reply + 1] = text
end
return reply
`;
