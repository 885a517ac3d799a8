import type { JsonObject } from '@baton/core';
import type { Message, JsonObject as WireJson } from '@bufbuild/protobuf';

/**
 * A message with every field written out, unset ones as undefined: the compiler finds the field that
 * a conversion forgot. Such a literal is a message already; `create` would only copy it.
 */
export type Wire<T extends Message> = Whole<Omit<T, '$unknown'>>;

/** `T` with every key written out. */
export type Whole<T> = { [K in keyof Required<T>]: T[K] };

/** Messages hold a Struct as the JSON that it stands for; only the mutability differs. */
export function struct(data: JsonObject): WireJson {
  return data as WireJson;
}

/** A list as messages type it. It is not copied. */
export function list<T>(items: readonly T[]): T[] {
  return items as T[];
}

/** Without the keys that have no value, as core keeps its objects. */
export function present<T extends object>(
  members: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(kept) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
