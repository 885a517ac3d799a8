export type Body = Readonly<Record<string, unknown>>;

/** Undefined for what is no JSON object. */
export function parseObject(text: string): Body | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function objectAt(value: unknown, name: string): Body {
  const member = isObject(value) ? value[name] : undefined;
  return isObject(member) ? member : {};
}

export function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
