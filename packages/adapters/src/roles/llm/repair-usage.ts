/** Replaces a value that is no count; readers treat it as implausible. */
const NO_COUNT = -1;

type Members = Record<string, unknown>;

/** Members that hold `usage`, by event. */
const HOLDERS = ['message', 'response'] as const;
const USAGES = ['usage', 'usageMetadata'] as const;
/** Counts that Anthropic's events must have. */
const NEEDED: Readonly<Record<string, { holder?: string; counts: readonly string[] }>> = {
  message_start: { holder: 'message', counts: ['input_tokens'] },
  message_delta: { counts: ['output_tokens'] },
};

/**
 * Repairs a line of an event stream so that all its token counts are numbers. Other lines stay unchanged.
 *
 * @param line without its line feed.
 */
export function repairUsage(line: string): string {
  const [, field = '', data = ''] = /^(data: ?)(\{.*\})\s*$/.exec(line) ?? [];
  if (!/"usage|"message_(start|delta)"/.test(data)) return line;
  const event = parsed(data);
  if (event === undefined) return line;
  const before = JSON.stringify(event.value);
  repairEvent(event.value);
  const after = JSON.stringify(event.value);
  return before === after && event.isJson ? line : `${field}${after}`;
}

/** Parses JSON, also with the NaN and Infinity that Python writes. */
function parsed(text: string): { value: Members; isJson: boolean } | undefined {
  try {
    return { value: JSON.parse(text), isJson: true };
  } catch {
    const strings = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g;
    const json = text.replace(strings, (found) => (found.startsWith('"') ? found : `${NO_COUNT}`));
    try {
      return { value: JSON.parse(json), isJson: false };
    } catch {
      return undefined;
    }
  }
}

function repairEvent(event: Members): void {
  for (const holder of [event, ...HOLDERS.map((name) => event[name])]) {
    if (!isObject(holder)) continue;
    for (const name of USAGES) {
      const usage = holder[name];
      if (usage === undefined || usage === null) continue;
      if (isObject(usage)) repairCounts(usage);
      else holder[name] = null;
    }
  }
  const needed = NEEDED[String(event['type'])];
  if (needed === undefined) return;
  const holder = needed.holder === undefined ? event : event[needed.holder];
  if (!isObject(holder)) return;
  const usage = isObject(holder['usage']) ? holder['usage'] : {};
  for (const name of needed.counts) usage[name] ??= NO_COUNT;
  holder['usage'] = usage;
}

function repairCounts(usage: Members): void {
  for (const [name, value] of Object.entries(usage)) {
    if (isObject(value)) repairCounts(value);
    else if (/tokens?(_?count)?$/i.test(name) && value !== null && typeof value !== 'number') {
      usage[name] = NO_COUNT;
    }
  }
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * A `fetch` with a repair for providers that stream events: token counts that the AI SDK's schemas reject are
 * replaced on the way, so that they do not lose the answer.
 */
export function usageFetch(ask: typeof fetch): typeof fetch {
  return async (input, init) => {
    const response = await ask(input, init);
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
    if (!isStream || response.body === null) return response;
    const { status, statusText, headers } = response;
    const body = response.body
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(byLine(repairUsage))
      .pipeThrough(new TextEncoderStream());
    return new Response(body, { status, statusText, headers });
  };
}

function byLine(change: (line: string) => string): TransformStream<string, string> {
  let pending: string[] = [];
  return new TransformStream({
    transform(chunk, controller) {
      const end = chunk.lastIndexOf('\n') + 1;
      if (end === 0) {
        pending.push(chunk);
        return;
      }
      const lines = `${pending.join('')}${chunk.slice(0, end)}`;
      pending = [chunk.slice(end)];
      controller.enqueue(lines.split('\n').map(change).join('\n'));
    },
    flush(controller) {
      const rest = pending.join('');
      if (rest !== '') controller.enqueue(change(rest));
    },
  });
}
