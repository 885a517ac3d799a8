import { fromJson, toBinary } from '@bufbuild/protobuf';
import type { Random } from '../../chaos/random.ts';
import { type Compression, nameOf, type Over, readsOnly, type Sent, streams } from '../sent.ts';
import type { Call } from './flow.ts';
import { damageBytes, damageText } from './mutations.ts';
import { toRoute } from './to-route.ts';
import { makeWrong } from './wrongs.ts';

/** A connection that leaves more than 100 requests a second is closed. */
const CANCELLED = 0.01;
/** Handshakes and encryption cost both sides more than a request does. */
const ENCRYPTED = 0.12;

/** A call over one of the protocols that can say it, and, where it may be compared, over another. */
export function toSent(random: Random, call: Call): [Sent, Sent | undefined] {
  const { method, value } = call;
  const choice = random.next();
  const bodies: Pick<Sent, 'encoding' | 'body'>[] = [];
  const json = JSON.stringify(value);
  const text = choice < 0.04 ? damageText(random, json) : json;
  bodies.push({ encoding: 'json', body: Buffer.from(text).toString('base64') });
  const binary = choice < 0.04 ? undefined : asBinary(call);
  if (binary !== undefined) {
    const bytes = choice < 0.07 ? damageBytes(random, binary) : binary;
    // What is damaged in one encoding has no like in the other.
    if (choice < 0.07) bodies.length = 0;
    bodies.push({ encoding: 'proto', body: bytes.toString('base64') });
  }
  const common = {
    method: nameOf(method),
    timeoutMs: streams(method) ? random.between(4, 30) : random.chance(0.005) ? 1 : 10_000,
    ...(random.chance(0.1) && {
      headers: { 'accept-encoding': 'gzip', 'grpc-accept-encoding': 'gzip' },
    }),
    ...(random.chance(0.05) && { chunked: true }),
  };
  const all: Sent[] = bodies.flatMap((one) => overRpcs(random, call, { ...common, ...one }));
  const routed = choice < 0.07 ? undefined : overRoute(random, call, common);
  if (routed !== undefined) all.push(routed, routed);
  const over: Over | undefined = random.chance(ENCRYPTED) ? random.pick(['tls', 'h2']) : undefined;
  const first = { ...random.pick(all), ...(over !== undefined && { over }) };
  const rest = all.filter(
    ({ protocol, encoding }) => protocol !== first.protocol || encoding !== first.encoding,
  );
  // Server-sent events end with the workflow, or with their reader.
  const leaves = random.chance(CANCELLED) || (first.protocol === 'json' && streams(method));
  const sent = leaves ? { ...first, cancelAfterMs: random.between(0, 15) } : first;
  if (random.chance(0.08)) return [makeWrong(random, sent), undefined];
  return [sent, rest.length > 0 && !leaves && !streams(method) ? random.pick(rest) : undefined];
}

function asBinary({ method: { input }, value }: Call): Buffer | undefined {
  try {
    return Buffer.from(toBinary(input, fromJson(input, value)));
  } catch {
    // Only JSON can say it.
    return undefined;
  }
}

type Common = Omit<Sent, 'protocol' | 'compression'>;

function overRpcs(random: Random, { method }: Call, common: Common): Sent[] {
  // Packing costs both sides more than all the rest.
  const compression: Compression = random.chance(0.2) ? random.pick(['gzip', 'br']) : 'identity';
  const over: Sent[] = [
    { ...common, protocol: 'connect', compression },
    { ...common, protocol: 'grpc-web', compression },
  ];
  if (common.encoding === 'proto') {
    // grpc-js knows no Brotli.
    const known = compression === 'br' ? 'identity' : compression;
    over.push({ ...common, protocol: 'grpc', compression: known });
  }
  const isShort = common.body.length < 6000;
  if (readsOnly(method) && isShort && !streams(method)) {
    over.push({ ...common, protocol: 'get', compression });
  }
  return over;
}

const EVENT_IDS = [
  '',
  '0',
  '1',
  '2',
  '3',
  '007',
  '4294967295',
  '4294967296',
  '99999999999',
  '-1',
  'x',
  '1.5',
];

function overRoute(
  random: Random,
  { method, value }: Call,
  common: Omit<Common, 'encoding' | 'body'>,
): Sent | undefined {
  const routed = toRoute(method, value);
  if (routed === undefined) return undefined;
  const { path, body } = routed;
  const text = body === undefined ? '' : JSON.stringify(body);
  const headers = {
    ...common.headers,
    ...(streams(method) && random.chance(0.5) && { 'last-event-id': random.pick(EVENT_IDS) }),
  };
  return {
    ...{ ...common, headers, protocol: 'json', encoding: 'json', compression: 'identity', path },
    body: Buffer.from(text).toString('base64'),
  };
}
