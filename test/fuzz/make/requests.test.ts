import { expect, it } from 'vitest';
import { createRandom } from '../../chaos/random.ts';
import type { Sent } from '../sent.ts';
import { createMaker } from './requests.ts';

const SOME = 40_000;

/** Ways that there are, as `wrong` has them. */
function waysAgainst({ wrong, over }: Sent): string[] {
  if (wrong?.raw === undefined) return Object.keys(wrong ?? {});
  const instead = wrong.raw.handshake === true ? 'a handshake' : 'a request';
  return [`bytes instead of ${instead} over ${over ?? 'TCP'}`];
}

it('requests of all protocols go over every kind of connection, and are wrong in every way', () => {
  const maker = createMaker(createRandom(1), 'm');
  const ways = new Set<string>();
  const wrongs = new Set<string>();
  for (let i = 0; i < SOME; i++) {
    const { sent } = maker.next();
    ways.add(`${sent.protocol} over ${sent.over ?? 'TCP'}`);
    for (const way of waysAgainst(sent)) wrongs.add(way);
  }
  const protocols: readonly Sent['protocol'][] = ['connect', 'get', 'grpc-web', 'grpc', 'json'];
  for (const protocol of protocols) {
    for (const over of ['TCP', 'tls', 'h2']) expect(ways).toContain(`${protocol} over ${over}`);
  }
  expect([...wrongs].sort()).toEqual([
    ...['bytes instead of a handshake over h2', 'bytes instead of a handshake over tls'],
    ...['bytes instead of a request over TCP', 'bytes instead of a request over h2'],
    ...['bytes instead of a request over tls', 'copies', 'corrupt', 'cut', 'flags', 'headers'],
    ...['lengthOff', 'path', 'verb'],
  ]);
});
