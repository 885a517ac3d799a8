import type { Random } from '../chaos/random.ts';
import { type Asked, ask } from './ask.ts';
import { createHistory, type Recorded } from './history.ts';
import { agree, saysNothing } from './judge.ts';
import { createMaker, type Made } from './make/requests.ts';
import { readsOnly, type Sent } from './sent.ts';
import type { Sender } from './wire/sender.ts';

/** What a lane tells of each request. */
export interface Heard {
  readonly sent: Sent;
  readonly asked: Asked;
}

export interface Told {
  heard(heard: Heard): void;
  found(what: string, request: Sent, before: readonly Recorded[]): void;
}

/** Sends one request after another, of workflows of its own. */
export interface Lane {
  step(): Promise<void>;
  readonly completed: number;
}

/** Required number of disagreements. A timed-out or abandoned request may still be running at the first. */
const DISAGREEMENTS = 3;

export function createLane(random: Random, name: string, sender: Sender, told: Told): Lane {
  const maker = createMaker(random, name);
  const history = createHistory();

  async function send(sent: Sent, { call }: Made): Promise<Asked> {
    const asked = await ask(sender, sent);
    told.heard({ sent, asked });
    if (asked.fault !== undefined) told.found(asked.fault, sent, history.before(call));
    return asked;
  }

  /** A refusal changes nothing, nor does a read, nor a request under the id of one that was answered. */
  async function compare(made: Made, other: Sent, first: Asked): Promise<void> {
    const { call, sent } = made;
    const changes = first.answer.code === 0 && !readsOnly(call.method);
    if (changes && call.value['requestId'] === undefined) return;
    // Protobuf carries half a character as another one: it is not the same request.
    if (sent.encoding !== other.encoding && hasLoneSurrogate(call.value)) return;
    let said = '';
    let one = first;
    for (let i = 0; i < DISAGREEMENTS; i++) {
      const two = await send(other, made);
      if (agree(one.answer, two.answer)) return;
      said = [sent, other]
        .map(({ protocol, encoding }, at) => {
          const { code, message } = (at === 0 ? one : two).answer;
          return `${protocol}+${encoding} ${code} (${message})`;
        })
        .join(', ');
      one = await send(sent, made);
    }
    told.found(said, other, history.before(call));
  }

  return {
    get completed() {
      return maker.completed;
    },
    async step() {
      const made = maker.next();
      const { call, sent, other } = made;
      const asked = await send(sent, made);
      if (other !== undefined && random.chance(0.35)) await compare(made, other, asked);
      const isUnknown = saysNothing(asked.answer);
      if (asked.reply !== undefined || isUnknown) history.add(call, asked.reply);
      const came = isUnknown ? 'unknown' : asked.answer.code === 0 ? 'accepted' : 'refused';
      made.observe(came, asked.reply);
    },
  };
}

/** JSON writes half characters, and no others, as escapes of that kind. */
function hasLoneSurrogate(value: unknown): boolean {
  return /\\ud[89a-f]/.test(JSON.stringify(value));
}
