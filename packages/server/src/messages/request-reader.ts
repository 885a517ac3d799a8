import { isUtf8 } from 'node:buffer';
import { BatonError } from '@baton/core';
import { parseJson } from '@baton/core/internal';
import type { DescMessage, Message } from '@bufbuild/protobuf';
import { MAX_MESSAGE_BYTES, MESSAGE_LIMITS } from '../limits.ts';
import { binaryChecker } from './check-binary.ts';
import { fromJsonValue } from './from-json-value.ts';
import { Malformed, notA, TOO_LARGE } from './malformed.ts';
import { messageReader } from './message-codec.ts';

/** Reads the requests of a kind, of whatever protocol, in either encoding. Throws nothing. */
export interface RequestReader {
  proto(bytes: Uint8Array): Message | Malformed;
  json(bytes: Uint8Array): Message | Malformed;
}

/**
 * The one way from bytes to a request, so that all protocols refuse the same for the same reasons:
 * sizes, depth and numbers are checked before anything is built, unknown fields and names that come
 * twice are refused, and each refusal names its field.
 */
export function requestReader(schema: DescMessage): RequestReader {
  const check = binaryChecker(schema);
  const build = messageReader(schema);
  return {
    proto: guarded(schema, (bytes) => {
      check(bytes);
      return build(bytes);
    }),
    json: guarded(schema, (bytes) => fromJsonValue(schema, jsonOf(schema, bytes))),
  };
}

/** @throws BatonError for what is no JSON, or beyond the limits of a request. */
export function jsonOf(schema: DescMessage, bytes: Uint8Array): unknown {
  if (!isUtf8(bytes)) throw notA(schema, [{ field: '', description: 'not UTF-8' }]);
  try {
    return parseJson(new TextDecoder().decode(bytes), MESSAGE_LIMITS);
  } catch (reason) {
    const { code, message, violations } = BatonError.from(reason);
    if (code !== 'invalid_input') throw reason;
    throw notA(schema, violations.length > 0 ? violations : [{ field: '', description: message }]);
  }
}

function guarded(
  schema: DescMessage,
  read: (bytes: Uint8Array) => Message,
): (bytes: Uint8Array) => Message | Malformed {
  return (bytes) => {
    if (bytes.length > MAX_MESSAGE_BYTES) return TOO_LARGE;
    try {
      return read(bytes);
    } catch (reason) {
      if (BatonError.is(reason)) return new Malformed(reason);
      // What a library throws says what is wrong with the bytes, too.
      const description = reason instanceof Error ? reason.message : String(reason);
      return new Malformed(notA(schema, [{ field: '', description }]));
    }
  };
}
