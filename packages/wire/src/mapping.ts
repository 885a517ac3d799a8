import type { DescMessage, MessageShape } from '@bufbuild/protobuf';
import { strictly } from './check.ts';
import { decode } from './decode.ts';
import { encode } from './encode.ts';
import { planOf } from './plan.ts';

/** Core's object and the wire's message that stand for each other. */
export interface Mapping<T, M> {
  /** Of what is right as it is, such as core's own answer. */
  encode(object: T): M;
  /**
   * Of what a caller hands in.
   *
   * @throws BatonError `invalid_input` that names a member which the wire cannot carry.
   */
  encodeChecked(object: T): M;
  /** @throws BatonError `invalid_input` for a duration that is no whole number of milliseconds. */
  decode(message: M): T;
}

/**
 * By the fields of the message, which core's object has under the same names but for `rules.ts`. That it
 * has all of them is held by tests: no line is written for a field.
 */
export function mapping<T extends object>() {
  return <D extends DescMessage>(schema: D): Mapping<T, MessageShape<D>> => {
    const plan = planOf(schema);
    type Members = Record<string, unknown>;
    return {
      encode: (object) => encode(plan, object as Members) as MessageShape<D>,
      encodeChecked: (object) => encode(plan, object as Members, strictly) as MessageShape<D>,
      decode: (message) => decode(plan, message as unknown as Members) as T,
    };
  };
}
