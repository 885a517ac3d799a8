import type { JsonObject, JsonValue } from '@baton/core/api';

/** What events and outputs say is read leniently: a server of another version may say more, or less. */
export function text(data: JsonObject, name: string): string | undefined {
  const value = data[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function number(data: JsonObject, name: string): number | undefined {
  const value = data[name];
  return typeof value === 'number' ? value : undefined;
}

export function texts(data: JsonObject, name: string): readonly string[] {
  const value = data[name];
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

export function object(data: JsonObject, name: string): JsonObject | undefined {
  return asObject(data[name]);
}

export function asObject(value: JsonValue | undefined): JsonObject | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined;
  return value as JsonObject;
}
