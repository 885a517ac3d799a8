import { homedir } from 'node:os';
import { type Assignment, BatonError, type Redact, type RoleContext } from '@baton/core';
import { explainDivergence } from '../roles/cassette/divergence.ts';
import type { ModelCassette, ModelCassetteEntry } from './model-cassette.ts';
import { type ModelReply, toRecorded, toReply } from './recorded-answer.ts';
import {
  createPlaceholders,
  type RequestView,
  type RunValues,
  requestBody,
  requestFingerprint,
} from './request-view.ts';

/** How the models of an attempt are rehearsed. */
export interface CassetteUse {
  readonly cassette: ModelCassette;
  /** `record`: models are asked, and what they answer is kept. `replay`: no model is asked. */
  readonly mode: 'record' | 'replay';
  /** Who asks, such as `code_writer in implementation`: only what was recorded for the same is replayed. */
  readonly scope?: string | undefined;
  /**
   * Paths and ids that the next run has others for, by names for them, such as `{ workspace: '/srv/b1' }`.
   * They are recorded by their names. Those of fewer than 6 characters are left as they are.
   */
  readonly values?: RunValues | undefined;
}

/** What is asked, as the role or the agent asks it. */
export interface CassetteQuestion extends Pick<RequestView, 'model' | 'path'> {
  readonly body: unknown;
}

/** The models of one attempt, recorded or replayed. */
export interface CassetteSession {
  /**
   * The recorded answer; or what `ask` brings, which is recorded once it was read to its end.
   *
   * @throws BatonError `invalid_input` where nothing was recorded for the question, and what `ask` throws.
   */
  answer(question: CassetteQuestion, ask: () => Promise<ModelReply>): Promise<ModelReply>;
  /** Whether that is thrown because nothing was recorded. */
  isMissing(reason: unknown): boolean;
  /** The first question for which nothing was recorded; undefined: there was none. */
  missing(): BatonError | undefined;
}

/** What an attempt has that the next run of its build has others for. */
export function useFor(
  use: CassetteUse,
  {
    role,
    state,
    workflowId,
    buildId,
  }: Pick<Assignment, 'role' | 'state' | 'workflowId' | 'buildId'>,
  { workspace }: Pick<RoleContext, 'workspace'>,
): CassetteUse {
  return {
    ...use,
    scope: `${role} in ${state}`,
    values: {
      ...(workspace !== undefined && { workspace: workspace.path }),
      workflow: workflowId,
      build: buildId,
      ...use.values,
    },
  };
}

const LEAST_CHARACTERS = 6;
const MOST_BYTES = 64 * 1024 * 1024;
/** Refusals that another key or another time may not see. */
const OF_THE_MOMENT: ReadonlySet<number> = new Set([401, 403, 408, 409, 425, 429]);

/** @param redact masks secrets: in what is recorded, and in what is compared with that. */
export function openCassetteSession(
  { cassette, mode, scope = 'any', values = {} }: CassetteUse,
  redact: Redact,
): CassetteSession {
  const known = Object.entries({ home: homedir(), ...values });
  const places = createPlaceholders(
    Object.fromEntries(known.filter(([, value]) => value.length >= LEAST_CHARACTERS)),
  );
  const asked = new Map<string, number>();
  const missing: BatonError[] = [];

  async function replay(request: RequestView, fingerprint: string, nth: number) {
    const entries = await cassette.entries();
    const answers = entries
      .filter((entry) => entry.fingerprint === fingerprint)
      .sort((a, b) => a.nth - b.nth);
    const found = answers.findLast((entry) => entry.nth <= nth) ?? answers[0];
    if (found !== undefined) return toReply(found.answer, places.show);
    const error = notRecorded(cassette.path, entries, request);
    missing.push(error);
    throw error;
  }

  function recording(reply: ModelReply, keep: (bytes: Buffer) => Promise<void>): ModelReply {
    async function* body(): AsyncGenerator<Uint8Array> {
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      for await (const chunk of reply.body) {
        bytes += chunk.length;
        if (bytes > MOST_BYTES) {
          const message = `an answer of more than ${MOST_BYTES} bytes cannot be recorded`;
          throw new BatonError('limit_exceeded', message);
        }
        chunks.push(chunk);
        yield chunk;
      }
      await keep(Buffer.concat(chunks));
    }
    return { ...reply, body: body() };
  }

  return {
    async answer({ model, path, body }, ask) {
      const view = requestBody(body ?? null, places, redact);
      const request: RequestView = { scope, model, path, body: view };
      const fingerprint = requestFingerprint(request);
      const nth = asked.get(fingerprint) ?? 0;
      asked.set(fingerprint, nth + 1);
      if (mode === 'replay') return replay(request, fingerprint, nth);
      const reply = await ask();
      const isKept = reply.status < 500 && !OF_THE_MOMENT.has(reply.status);
      if (!isKept) {
        // It is asked again.
        asked.set(fingerprint, nth);
        return reply;
      }
      return recording(reply, (bytes) => {
        const change = (text: string) => places.hide(redact(text));
        const answer = toRecorded(reply, bytes, change);
        return cassette.record({ fingerprint, nth, request, answer });
      });
    },
    isMissing: (reason) => missing.some((one) => one === reason),
    missing: () => missing[0],
  };
}

function notRecorded(
  path: string,
  entries: readonly ModelCassetteEntry[],
  found: RequestView,
): BatonError {
  const kindOf = ({ scope, model, path: api }: RequestView) => `${model} ${api} for ${scope}`;
  const kind = kindOf(found);
  return explainDivergence({
    asked: `the cassette ${path} has no answer of ${kind}`,
    candidates: entries
      .filter(({ request }) => kindOf(request) === kind)
      .map(({ fingerprint, request }) => ({ fingerprint, recorded: request })),
    found,
    legal: [...new Set(entries.map(({ request }) => kindOf(request)))],
  });
}
