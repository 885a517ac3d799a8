/** Takes a build id, or tells who has it. KEYS: the reservation. ARGV: what to keep there. */
export const RESERVE = `
local held = redis.call('GET', KEYS[1])
if held then return {'held', held} end
redis.call('SET', KEYS[1], ARGV[1])
return {'reserved'}
`;

/**
 * Replaces what a reservation holds, if that is what is expected; '' for none. A server without memory
 * takes a SET in a script only after something that frees some.
 */
export const REPLACE_RESERVATION = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'changed'} end
redis.call('DEL', KEYS[1])
if ARGV[2] ~= '' then redis.call('SET', KEYS[1], ARGV[2]) end
return {'replaced'}
`;
