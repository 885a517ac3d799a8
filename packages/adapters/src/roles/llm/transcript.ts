import { BatonError, type RoleContext } from '@baton/core';
import type { ModelMessage } from 'ai';

/** Keeps a conversation as lines of JSON, one a message, where anything is kept. */
export async function keepTranscript(
  { artifact, note }: Pick<RoleContext, 'artifact' | 'note'>,
  messages: readonly ModelMessage[],
): Promise<void> {
  if (artifact === undefined) return;
  const name = 'conversation.jsonl';
  try {
    const lines = messages.map((message) => `${JSON.stringify(message)}\n`);
    const given = { kind: 'transcript', name, mediaType: 'application/jsonl' } as const;
    await artifact(given, lines.join(''));
  } catch (reason) {
    const { message } = BatonError.from(reason);
    note({ code: 'artifact_not_kept', message: `'${name}' was not kept: ${message}` });
  }
}
