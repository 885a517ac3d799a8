/** JSON with sorted keys; undefined members are left out, as JSON does. Equal values, equal text. */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  let members = '';
  for (const key of sortedKeys(value)) {
    const member = (value as Record<string, unknown>)[key];
    if (member === undefined) continue;
    members += `${members === '' ? '' : ','}${quoted(key)}:${canonicalJson(member)}`;
  }
  return `{${members}}`;
}

/** Most come sorted, or are few: to look costs less than to sort. */
function sortedKeys(value: object): readonly string[] {
  const keys = Object.keys(value);
  const isSorted = keys.every((key, i) => i === 0 || (keys[i - 1] as string) <= key);
  return isSorted ? keys : keys.sort();
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON escapes them.
const MAY_NEED_ESCAPES = /["\\\u0000-\u001f\ud800-\udfff]/;
/** Of a text that is this short, to look costs less than to have the engine write it. */
const SHORT_CHARACTERS = 64;

function quoted(text: string): string {
  const isPlain = text.length <= SHORT_CHARACTERS && !MAY_NEED_ESCAPES.test(text);
  return isPlain ? `"${text}"` : JSON.stringify(text);
}
