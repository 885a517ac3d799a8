import { type Body, isObject, objectAt } from '../gateway/json-body.ts';

/** A part of a text in an event. */
interface Part {
  readonly place: readonly (string | number)[];
  /** Whether it is of an event that begins something, and so goes on from no part before it. */
  readonly begins?: boolean;
  /** Which text it is a part of; absent: that of an event that is the same but for the part. */
  readonly of?: string;
}

/** Undefined: the event has no text, or something else, too. */
function partOf(data: Body): Part | undefined {
  const { type, delta, choices, candidates } = data;
  if (type === 'content_block_delta') {
    const name = ['text', 'thinking', 'partial_json'].find((one) => one in objectAt(data, 'delta'));
    return name === undefined ? undefined : { place: ['delta', name] };
  }
  if (typeof type === 'string' && type.endsWith('.delta') && typeof delta === 'string') {
    return { place: ['delta'] };
  }
  if (Array.isArray(choices) && choices.length === 1)
    return chatPart(objectAt(choices[0], 'delta'));
  if (!Array.isArray(candidates) || candidates.length !== 1) return undefined;
  const { parts } = objectAt(candidates[0], 'content');
  const isText = Array.isArray(parts) && parts.length === 1 && 'text' in Object(parts[0]);
  return isText ? { place: ['candidates', 0, 'content', 'parts', 0, 'text'] } : undefined;
}

function chatPart(delta: Body): Part | undefined {
  const names = Object.keys(delta);
  const [name = ''] = names;
  if (names.length !== 1) return undefined;
  if (name !== 'tool_calls') return { place: ['choices', 0, 'delta', name] };
  const calls = delta['tool_calls'];
  const [call] = Array.isArray(calls) && calls.length === 1 ? calls : [];
  if (!isObject(call)) return undefined;
  return {
    place: ['choices', 0, 'delta', 'tool_calls', 0, 'function', 'arguments'],
    begins: call['id'] !== undefined,
    of: `call ${call['index']}`,
  };
}

/** Members that count events, or fill them up. */
const OF_ONE_EVENT = ['sequence_number', 'obfuscation'];

/** A server-sent event. */
export interface StreamEvent {
  readonly event?: string | undefined;
  /** Its JSON object, or its text. */
  readonly data: Body | string;
}

/** Puts the parts of a text that come one after another into one event, so that a path within it is whole. */
export function mergeDeltas(events: readonly StreamEvent[]): StreamEvent[] {
  const merged: StreamEvent[] = [];
  let open: Open | undefined;
  const close = () => {
    if (open !== undefined) merged.push(joined(open));
    open = undefined;
  };
  for (const one of events) {
    const { event, data } = one;
    const part = isObject(data) ? partOf(data) : undefined;
    const text = part && at(data, part.place);
    if (!isObject(data) || part === undefined || typeof text !== 'string') {
      close();
      merged.push(one);
      continue;
    }
    const { place, begins, of } = part;
    const key = JSON.stringify([event, of ?? without(data, place)]);
    if (open !== undefined && open.key === key && !begins) open.texts.push(text);
    else {
      close();
      open = { key, event, data, place, texts: [text] };
    }
  }
  close();
  return merged;
}

/** A text whose parts still come; it is put together once, when the last of them is there. */
interface Open {
  readonly key: string;
  readonly event: string | undefined;
  readonly data: Body;
  readonly place: Part['place'];
  readonly texts: string[];
}

function joined({ event, data, place, texts }: Open): StreamEvent {
  const whole = texts.length === 1 ? data : withText(data, place, texts.join(''));
  return { ...(event !== undefined && { event }), data: whole };
}

function at(value: unknown, place: readonly (string | number)[]): unknown {
  return place.reduce<unknown>((so, name) => Object(so)[name], value);
}

function withText(event: Body, place: readonly (string | number)[], text: string): Body {
  const copy = structuredClone(event) as Record<string, unknown>;
  (at(copy, place.slice(0, -1)) as Record<string | number, unknown>)[place.at(-1) ?? ''] = text;
  return copy;
}

function without(event: Body, place: readonly (string | number)[]): object {
  const kept = Object.entries(withText(event, place, ''));
  return Object.fromEntries(kept.filter(([name]) => !OF_ONE_EVENT.includes(name)));
}
