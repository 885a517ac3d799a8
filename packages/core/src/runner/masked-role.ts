import { isUtf8 } from 'node:buffer';
import type { Assignment } from '../model/assignment.ts';
import { BatonError } from '../model/errors.ts';
import { type Redact, redactDeep, redactError } from '../model/redact.ts';
import type { RoleAdapter, RoleContext } from '../ports/role-adapter.ts';
import { createMaskedMessages } from './masked-messages.ts';

/**
 * The border round a role: no secret goes over it, neither in what the role is asked nor in what it answers, says,
 * notes, keeps or throws. The role need not know of it, unless it cuts a text: then `context.redact` comes first.
 */
export function maskedRole(adapter: RoleAdapter, redact: Redact): RoleAdapter {
  const { role, principal, reserve, judges } = adapter;
  return {
    ...{ role, principal, reserve, judges },
    async perform(assignment, context) {
      const { say, end } = createMaskedMessages(redact, (message) => context.progress(message));
      try {
        const inside = {
          ...maskedContext(context, redact),
          progress: (message: string) => say(String(message)),
        };
        return redactDeep(
          redact,
          await adapter.perform(maskedAssignment(assignment, redact), inside),
        );
      } catch (reason) {
        throw redactError(redact, reason);
      } finally {
        end();
      }
    },
  };
}

/** With what people and roles have said masked; names, digests and schemas have to stay as they are. */
function maskedAssignment(assignment: Assignment, redact: Redact): Assignment {
  const { instructions, requirements, metadata, inputs, feedback, answers } = assignment;
  const said = { instructions, requirements, metadata, inputs, feedback, answers };
  return { ...assignment, ...redactDeep(redact, said) };
}

function maskedContext(context: RoleContext, redact: Redact): RoleContext {
  const { artifact } = context;
  return {
    ...context,
    redact,
    usage: (used) => context.usage(used),
    note: (note) => context.note(redactDeep(redact, note)),
    evidence: (record) => context.evidence({ ...record, argv: redactDeep(redact, record.argv) }),
    ...(artifact && {
      artifact: (given, content) =>
        artifact(
          { ...given, name: redact(String(given.name)) },
          maskedContent(redact, content, given.mediaType),
        ),
    }),
  };
}

/**
 * Lines of JSON are masked value by value, so that they stay what they are. Bytes that are no UTF-8 text are masked
 * byte by byte, so that all others stay as they are.
 */
function maskedContent(
  redact: Redact,
  content: string | Uint8Array,
  mediaType: string | undefined,
): string | Uint8Array {
  if (typeof content === 'string') {
    const isJson = mediaType === 'application/jsonl';
    return isJson
      ? content.replace(/[^\n]+/g, (line) => maskedJson(redact, line))
      : redact(content);
  }
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const encoding = isUtf8(bytes) ? 'utf8' : 'latin1';
  return Buffer.from(redact(bytes.toString(encoding)), encoding);
}

function maskedJson(redact: Redact, text: string): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return redact(text);
  }
  try {
    return JSON.stringify(redactDeep(redact, value));
  } catch (reason) {
    // One line that cannot be masked must not keep the others from being kept.
    return JSON.stringify(`a line is left out: ${BatonError.from(reason).message}`);
  }
}
