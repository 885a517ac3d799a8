/** Takes or extends a lease. KEYS: the lease. ARGV: the holder, milliseconds. */
export const TAKE_LEASE = `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return {'held'} end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return {'taken'}
`;

/** Returns the server's time. KEYS: any key, so that all clients ask the same master of a cluster. */
export const NOW = `
local time = redis.call('TIME')
return {'now', time[1], time[2]}
`;
