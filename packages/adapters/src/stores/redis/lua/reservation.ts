/** Reserves a build id, or returns the existing reservation. KEYS: the reservation. ARGV: its content. */
export const RESERVE = `
local held = redis.call('GET', KEYS[1])
if held then return {'held', held} end
redis.call('SET', KEYS[1], ARGV[1])
return {'reserved'}
`;

/**
 * Replaces a reservation if it has the expected content; '' for none. A server without free memory accepts a
 * SET in a script only after a command that frees some.
 */
export const REPLACE_RESERVATION = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'changed'} end
redis.call('DEL', KEYS[1])
if ARGV[2] ~= '' then redis.call('SET', KEYS[1], ARGV[2]) end
return {'replaced'}
`;
