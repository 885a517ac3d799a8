import { BatonError } from '@baton/core';
import type { DescMessage, Message } from '@bufbuild/protobuf';
import { MAX_MESSAGE_BYTES } from './limits.ts';

/** A request that is no message, with what its caller has to know. */
export class Malformed {
  readonly error: BatonError;

  constructor(error: BatonError) {
    this.error = error;
  }
}

/** A request that is larger than any may be. */
export const TOO_LARGE = new Malformed(
  new BatonError('limit_exceeded', `the message is larger than ${MAX_MESSAGE_BYTES} bytes`, {
    metadata: { limit: String(MAX_MESSAGE_BYTES) },
  }),
);

/** What `read` makes of some bytes; where it throws, why they are no message of this kind. */
export function readerOf<T>(
  schema: DescMessage,
  read: (input: T) => Message,
): (input: T) => Message | Malformed {
  return (input) => {
    try {
      return read(input);
    } catch (cause) {
      const found = cause instanceof Error ? cause.message : String(cause);
      const description = `not a ${schema.typeName}: ${found}`;
      return new Malformed(
        new BatonError('invalid_input', description, {
          violations: [{ field: '', description }],
          cause,
        }),
      );
    }
  };
}
