import { useState } from 'react';

/** The places in the page that rows take. */
export type Slots = ReadonlyMap<string, number>;

/**
 * Rows that stay keep their place, and new ones take over the places of those that have gone: to change what a row says
 * takes less time than to make one.
 */
export function takeSlots(before: Slots, keys: readonly string[]): Slots {
  const kept = new Set(keys.flatMap((key) => before.get(key) ?? []));
  const free = [...before.values()].filter((slot) => !kept.has(slot));
  let next = Math.max(-1, ...before.values());
  const placeOf = (key: string) => before.get(key) ?? free.shift() ?? ++next;
  return new Map(keys.map((key) => [key, placeOf(key)]));
}

export function useSlots(keys: readonly string[]): Slots {
  const [slots, setSlots] = useState<Slots>(new Map());
  const isSame = keys.length === slots.size && keys.every((key) => slots.has(key));
  if (isSame) return slots;
  const taken = takeSlots(slots, keys);
  setSlots(taken);
  return taken;
}
