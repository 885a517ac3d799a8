import type { JsonObject } from '@bufbuild/protobuf';
import { faultIn } from './judge.ts';
import type { Sent } from './sent.ts';
import { type Answer, readAnswer, replyIn } from './wire/read-answer.ts';
import type { Sender } from './wire/sender.ts';

/** An answer, judged. */
export interface Asked {
  readonly answer: Answer;
  /** What it tells, where it tells something. */
  readonly reply: JsonObject | undefined;
  readonly fault: string | undefined;
  readonly tookMs: number;
}

const UNREADABLE: Answer = { outcome: 'answered', code: 0, message: '' };

export async function ask(sender: Sender, sent: Sent): Promise<Asked> {
  const begun = performance.now();
  const raw = await sender.send(sent);
  const tookMs = performance.now() - begun;
  // Of a route that was never meant, an answer may be anything.
  const { path, verb, raw: bytes } = sent.wrong ?? {};
  const isForeign = path !== undefined || verb !== undefined || bytes !== undefined;
  try {
    const answer = readAnswer(sent, raw);
    const isTold = answer.code === 0 && !isForeign;
    const reply = isTold ? (replyIn(sent, answer) as JsonObject | undefined) : undefined;
    return { answer, reply, fault: faultIn(sent, answer), tookMs };
  } catch (reason) {
    const fault = isForeign ? undefined : `no answer of its protocol: ${reason}`;
    return { answer: UNREADABLE, reply: undefined, fault, tookMs };
  }
}
