import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** A sentinel for the tests that answers on request. */
export interface ScriptedSentinel {
  readonly port: number;
  /** Resolves when a client has asked for the master; holds the answers back until `answer`. */
  hold(): Promise<void>;
  answer(): void;
  /** Tells every subscriber that the master has changed. */
  announceFailover(): void;
  close(): Promise<void>;
}

/** @param masterPort port that it names as the master under every name. */
export async function startScriptedSentinel(masterPort: number): Promise<ScriptedSentinel> {
  const subscribers = new Set<Socket>();
  const sockets = new Set<Socket>();
  let held: Socket[] | undefined;
  let asked: () => void = () => {};

  const tellMaster = (socket: Socket): void => {
    socket.write(listOf(['127.0.0.1', String(masterPort)]));
  };
  const handle = (socket: Socket, [name = '', about = '']: string[]): void => {
    const command = name.toLowerCase();
    if (command === 'hello') socket.write("-ERR unknown command 'HELLO'\r\n");
    else if (command === 'subscribe') {
      subscribers.add(socket);
      socket.write(`*3\r\n$9\r\nsubscribe\r\n$${about.length}\r\n${about}\r\n:1\r\n`);
    } else if (about.toLowerCase() === 'get-master-addr-by-name') {
      if (held === undefined) tellMaster(socket);
      else {
        held.push(socket);
        asked();
      }
    } else if (about.toLowerCase() === 'sentinels') socket.write('*0\r\n');
    else socket.write('+OK\r\n');
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    let text = '';
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      subscribers.delete(socket);
    });
    socket.on('data', (chunk) => {
      text += String(chunk);
      for (let command = takeCommand(text); command !== undefined; command = takeCommand(text)) {
        text = text.slice(command.length);
        handle(socket, command.words);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    hold() {
      held = [];
      return new Promise((resolve) => {
        asked = resolve;
      });
    },
    answer() {
      for (const socket of held ?? []) tellMaster(socket);
      held = undefined;
    },
    announceFailover() {
      for (const socket of subscribers) socket.write(listOf(['message', '+switch-master', 'main']));
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function listOf(texts: readonly string[]): string {
  return `*${texts.length}\r\n${texts.map((text) => `$${text.length}\r\n${text}\r\n`).join('')}`;
}

/** The first complete command of `text`, in Redis' protocol, with its length. */
function takeCommand(text: string): { words: string[]; length: number } | undefined {
  const count = /^\*(\d+)\r\n/.exec(text);
  if (count === null) return undefined;
  const words: string[] = [];
  let at = count[0].length;
  while (words.length < Number(count[1])) {
    const size = /^\$(\d+)\r\n/.exec(text.slice(at));
    if (size === null) return undefined;
    const from = at + size[0].length;
    at = from + Number(size[1]) + 2;
    if (at > text.length) return undefined;
    words.push(text.slice(from, at - 2));
  }
  return { words, length: at };
}
