import type { JsonObject } from '@bufbuild/protobuf';
import type { Random } from '../../chaos/random.ts';
import { METHODS, type Sent } from '../sent.ts';
import { type Call, createFlow, type Flow } from './flow.ts';
import { anyMessage, learn, type Seen } from './messages.ts';
import { mutate } from './mutations.ts';
import { toSent } from './to-sent.ts';

/** A request with what it was made of, and what it can be compared with. */
export interface Made {
  readonly call: Call;
  readonly sent: Sent;
  /** The same over another protocol; undefined where there is none. */
  readonly other: Sent | undefined;
  /** To be told what came of it: what the answer says, if it says anything. */
  observe(came: Came, reply: JsonObject | undefined): void;
}

/** `unknown` where no answer says what happened. */
type Came = 'accepted' | 'refused' | 'unknown';

/** Makes one request after another, of a few workflows that are under way. */
export interface Maker {
  next(): Made;
  /** How many workflows went all the way. */
  readonly completed: number;
}

/** Workflows that are under way at a time. */
const FLOWS = 2;

export function createMaker(random: Random, name: string): Maker {
  const seen: Seen = new Map();
  let started = 0;
  let completed = 0;
  const begin = () => createFlow(random, `${name}-${++started}`);
  const flows: Flow[] = Array.from({ length: FLOWS }, begin);

  function pickCall(): { call: Call; flow: Flow | undefined; isValid: boolean } {
    const choice = random.next();
    if (choice < 0.3) {
      const method = random.pick(METHODS);
      const valid = anyMessage(random, seen, method.input);
      const value = random.chance(0.4) ? valid : mutate(random, method.input, valid);
      return { call: { method, value }, flow: undefined, isValid: false };
    }
    const flow = random.pick(flows);
    const { method, value } = flow.next();
    const isValid = choice < 0.8;
    return {
      call: isValid ? { method, value } : { method, value: mutate(random, method.input, value) },
      flow,
      isValid,
    };
  }

  return {
    get completed() {
      return completed;
    },
    next() {
      const { call, flow, isValid } = pickCall();
      const [sent, other] = toSent(random, call);
      return {
        ...{ call, sent, other },
        observe(came, reply) {
          if (reply !== undefined) learn(seen, reply);
          if (flow === undefined) return;
          if (reply !== undefined) flow.observe(call, reply);
          else if (came === 'unknown' || (came === 'refused' && isValid)) flow.doubt();
          const ending = flow.ending();
          if (ending === undefined) return;
          if (ending === 'complete') completed += 1;
          flows[flows.indexOf(flow)] = begin();
        },
      };
    },
  };
}
