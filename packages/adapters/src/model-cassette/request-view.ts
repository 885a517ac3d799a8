import { createHash } from 'node:crypto';
import type { Redact } from '@baton/core';
import { canonicalJson } from '@baton/core/internal';

/** What a model is asked, without what differs from run to run. */
export interface RequestView {
  /** The role and the state that it is asked for. */
  readonly scope: string;
  /** `provider:model`. */
  readonly model: string;
  /** Of the provider's API, behind its version. */
  readonly path: string;
  /** Null: the request has none. */
  readonly body: unknown;
}

/** Values of this run by their names: paths and ids that the next run has others for. */
export type RunValues = Readonly<Record<string, string>>;

/** Puts names in the place of this run's values, and back. */
export interface Placeholders {
  hide(text: string): string;
  show(text: string): string;
}

export function createPlaceholders(values: RunValues): Placeholders {
  const pairs = Object.entries(values)
    .filter(([, value]) => value !== '')
    .flatMap(([name, value]) => [
      [value, `{{${name}}}`] as const,
      // As agents name folders after paths.
      [value.replaceAll(/[^A-Za-z0-9]/g, '-'), `{{${name}-dashed}}`] as const,
    ])
    // A path before the folder that it lies in.
    .sort(([a], [b]) => b.length - a.length);
  return {
    hide: (text) => pairs.reduce((so, [value, name]) => so.replaceAll(value, name), text),
    show: (text) => pairs.reduce((so, [value, name]) => so.replaceAll(name, value), text),
  };
}

/** Members that say who asks, how much an answer may have, and where to cache: not what is asked. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'metadata',
  'client_metadata',
  'user',
  'safety_identifier',
  'prompt_cache_key',
  'max_tokens',
  'max_output_tokens',
  'max_completion_tokens',
  'maxOutputTokens',
  'budget_tokens',
  'stream_options',
]);

/** Members that name a call of a tool, or a part of an answer: some SDKs and agents make them up. */
const IDS: ReadonlySet<string> = new Set([
  'id',
  'call_id',
  'item_id',
  'tool_use_id',
  'tool_call_id',
  'toolUseId',
]);

const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*';
const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? ';

/** What texts have that differs from run to run, with what stands for it. The first match counts. */
const RULES: readonly (readonly [RegExp, string])[] = [
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?( ?(Z|[+-]\d\d:?\d\d))?/g, '<time>'],
  [/\b\d{4}-\d\d-\d\d\b/g, '<date>'],
  [new RegExp(`\\b(${DAY})?${MONTH} +\\d{1,2}(,? \\d{4})?\\b`, 'g'), '<date>'],
  [new RegExp(`\\b(${DAY})?\\d{1,2} ${MONTH}( \\d{4})?\\b`, 'g'), '<date>'],
  [/\b\d{1,2}\/\d{1,2}\/\d{4}\b/g, '<date>'],
  [/\b\d{1,2}:\d\d:\d\d(\.\d+)?( [AP]M)?( GMT| UTC)?( ?[+-]\d{4})?( \d{4})?/g, '<time>'],
  [/\b[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, '<id>'],
  [/\b(toolu|call|fc|msg|resp|rs|req|chatcmpl|ses|wf|item|ctc|gen)[_-][\w-]*\d[\w-]*/g, '<id>'],
  [/\b(chunk|session|process|request) id:? +[\w-]+/gi, '$1 <id>'],
  [/\bpid:? ?\d+/gi, 'pid <id>'],
  [/\bdata-[\w-]{12}(?![\w-])/g, '<fence>'],
  [/\bbaton-[\w-]{43}(?![\w-])/g, '<token>'],
  [/\b(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,64}\b/g, '<hash>'],
  [/(127\.0\.0\.1|\blocalhost|\[::1\]):\d+/g, '$1:<port>'],
  [/(\/private)?(\/tmp|\/var\/folders\/\w+\/\w+\/T)\/[\w.-]+/g, '<temporary>'],
  [/\b\d+(\.\d+)? ?(ms|milliseconds|s|seconds)\b/g, '<duration>'],
  // Evidence in a prompt, as JSON; within a text of JSON its quotes are escaped.
  [/(\\*"(?:startedAt|durationMs)\\*"): ?\d+(\.\d+)?/g, '$1:<number>'],
  // What a command printed has the times of its tests: as an artifact it is longer or shorter.
  [/(\\*"digest\\*": ?\\*"<hash>\\*",(?:\s|\\n)*\\*"size\\*"): ?\d+/g, '$1:<number>'],
];

/** @param redact masks secrets. */
export function requestBody(body: unknown, { hide }: Placeholders, redact: Redact): unknown {
  function view(value: unknown): unknown {
    if (typeof value === 'string') {
      return RULES.reduce((text, [rule, name]) => text.replaceAll(rule, name), hide(redact(value)));
    }
    if (Array.isArray(value)) return value.map(view);
    if (typeof value !== 'object' || value === null) return value;
    const kept = Object.entries(value).filter(
      ([name, member]) => member !== undefined && !LEFT_OUT.has(name),
    );
    return Object.fromEntries(
      kept.map(([name, member]) => [
        name,
        IDS.has(name) && typeof member === 'string' ? '<id>' : view(member),
      ]),
    );
  }

  return view(body);
}

/** SHA-256, in hex. */
export function requestFingerprint(view: RequestView): string {
  return createHash('sha256').update(canonicalJson(view)).digest('hex');
}
