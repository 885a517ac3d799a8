/** Shared by creating and committing; `writeArguments` builds ARGV. */
export const WRITE = `
local id, project, createdAt, commitId = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local firstEvent, requestField = ARGV[5], ARGV[6]
local expected, claimExpiredBy = ARGV[7], ARGV[8]
local state, role, notBefore, expiresAt, completedAt = ARGV[9], ARGV[10], ARGV[11], ARGV[12], ARGV[13]
local FIELDS = 15
local withdrawn = FIELDS + tonumber(ARGV[14])
local counters = withdrawn + 1 + tonumber(ARGV[withdrawn])

-- A script whose reply was lost may be sent again: an event tells which commit it came with.
local function isOwn(workflow)
  if firstEvent == '' then return false end
  local event = redis.call('HGET', workflow, firstEvent)
  return event and string.sub(event, 3, 2 + #commitId) == commitId
end

local function uncountable(stats)
  for i = counters, #ARGV, 2 do
    local count = redis.pcall('HGET', stats, ARGV[i])
    if type(count) == 'table' then return unreadable(stats, count.err) end
    if count and not string.find(count, '^-?%d+$') then
      return unreadable(stats, ARGV[i] .. ' is no whole number')
    end
  end
end

-- The first write is one that Redis refuses when it is out of memory, read-only or unable to save:
-- once it has passed, all pass.
local function writeRecords(workflow, stats)
  for i = FIELDS, withdrawn - 1, 1000 do
    redis.call('HSET', workflow, unpack(ARGV, i, math.min(i + 999, withdrawn - 1)))
  end
  if counters > withdrawn + 1 then
    redis.call('HDEL', workflow, unpack(ARGV, withdrawn + 1, counters - 1))
  end
  for i = counters, #ARGV, 2 do redis.call('HINCRBY', stats, ARGV[i], ARGV[i + 1]) end
end
`;
