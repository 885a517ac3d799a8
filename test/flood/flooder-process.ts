// Sends one flood to one target for a while, in a process of its own, and prints what became of it as JSON.
// It begins when it is told so on standard input: starting a process holds up the one that starts it.
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { constants, setPriority } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../chaos/random.ts';
import { FLOODS, type Flood } from './floods.ts';
import { goawayIn } from './frames.ts';
import { openSocket, type Target } from './target.ts';

/** What is asked of this process. */
export interface FlooderTask {
  readonly flood: number;
  readonly target: Target;
  readonly seconds: number;
  readonly seed: number;
}

/** What happened to the connections of a flood. */
export interface FlooderResult {
  readonly opened: number;
  readonly bytes: number;
  /** Connections that the server ended, by the reason that it gave. */
  readonly ended: Readonly<Record<string, number>>;
  /** Connections that the server ended without a reason. */
  readonly unexplained: number;
}

/** Bytes of an answer that are kept, to find a reason in. */
const MOST_KEPT = 64 * 1024;
/** Connections that are opened at the same time. */
const MOST_AT_ONCE = 100;
/** More would fill this process, not the server. */
const MOST_UNSENT = 1024 * 1024;

interface Sent {
  readonly socket: Socket;
  kept: Buffer;
  isOver: boolean;
  round: number;
}

async function flood({ flood, target, seconds, seed }: FlooderTask): Promise<FlooderResult> {
  const kind = FLOODS[flood] as Flood;
  const random = createRandom(seed);
  const until = performance.now() + seconds * 1000;
  const all: Sent[] = [];
  const drive = async (number: number) => {
    // TLS costs the server a handshake each: what is measured is not how fast it does those.
    if (kind.connections > MOST_AT_ONCE) await sleep((number / kind.connections) * seconds * 800);
    const socket = await openSocket(target);
    if (socket === undefined) return;
    const sent: Sent = { socket, kept: Buffer.alloc(0), isOver: false, round: 0 };
    all.push(sent);
    watch(sent, kind.reads);
    socket.write(kind.opening(target));
    while (kind.next !== undefined && performance.now() < until && !sent.isOver) {
      if (socket.writableLength < MOST_UNSENT) socket.write(kind.next(sent.round++, target));
      await sleep(kind.everyMs * (0.5 + random.next()));
    }
  };
  const driven = Array.from({ length: kind.connections }, (_, number) => drive(number));
  await sleep(Math.max(0, until - performance.now()));
  await Promise.all(driven);
  // Where this end has not read, the reason may still lie in the socket.
  for (const { socket } of all) socket.resume();
  await sleep(200);
  return summary(all, kind.reads);
}

function watch(sent: Sent, reads: boolean): void {
  const { socket } = sent;
  socket.on('data', (chunk: Buffer) => {
    if (sent.kept.length < MOST_KEPT) sent.kept = Buffer.concat([sent.kept, chunk]);
  });
  if (!reads) socket.pause();
  const over = () => {
    sent.isOver = true;
  };
  socket.once('error', over).once('end', over).once('close', over);
}

function summary(all: readonly Sent[], reads: boolean): FlooderResult {
  const ended: Record<string, number> = {};
  let unexplained = 0;
  let bytes = 0;
  for (const { socket, kept, isOver } of all) {
    bytes += socket.bytesWritten;
    const goaway = goawayIn(kept);
    const status = /HTTP\/1\.1 ([45]\d\d)/.exec(kept.toString('latin1'))?.[1];
    const reason =
      goaway === undefined
        ? status
        : `GOAWAY ${goaway.code}${goaway.reason && `: ${goaway.reason}`}`;
    // What reads nothing is told nothing.
    if (reads && isOver && reason === undefined) unexplained += 1;
    if (reason !== undefined) ended[reason] = (ended[reason] ?? 0) + 1;
    socket.destroy();
  }
  return { opened: all.length, bytes, ended, unexplained };
}

// Floods come from elsewhere: what is measured is not that this process takes the processor from the others.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
const task: FlooderTask = JSON.parse(process.argv[2] ?? '');
await once(process.stdin, 'data');
process.stdout.write(JSON.stringify(await flood(task)));
process.exit();
