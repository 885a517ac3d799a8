import { startTcpProxy } from '../../testing/tcp-proxy.ts';

/** A TCP proxy in front of a Redis server that records commands and can cut an answer in two. */
export interface CuttingProxy {
  readonly url: string;
  /** The commands so far, in lower case, in order. */
  readonly commands: readonly string[];
  /**
   * Waits for the next `command`, or the `nth` from now, lets it through, passes on the first `bytes` of its
   * answer and cuts the connection; then resolves. New connections are refused until `accept` is called.
   */
  cutAnswerTo(command: string, bytes: number, nth?: number): Promise<void>;
  accept(): void;
  /** Existing connections stay open and pass on nothing from now on; new ones work. */
  fallSilent(): void;
  destroy(): Promise<void>;
}

interface Cut {
  readonly command: string;
  readonly bytes: number;
  nth: number;
  done(): void;
}

export async function startCuttingProxy(port: number): Promise<CuttingProxy> {
  const commands: string[] = [];
  let wanted: Cut | undefined;
  let refusing = false;

  const proxy = await startTcpProxy(port, ({ client, server }) => {
    if (refusing) return undefined;
    let cut: Cut | undefined;
    const hear = commandReader((command) => {
      commands.push(command);
      if (command !== wanted?.command || --wanted.nth > 0) return;
      cut = wanted;
      wanted = undefined;
    });
    return {
      toServer(data) {
        hear(data);
        server.write(data);
      },
      toClient(data) {
        if (cut === undefined) {
          client.write(data);
          return;
        }
        refusing = true;
        client.end(data.subarray(0, cut.bytes), cut.done);
        server.destroy();
      },
    };
  });

  return {
    url: `redis://127.0.0.1:${proxy.port}`,
    commands,
    cutAnswerTo: (command, bytes, nth = 1) =>
      new Promise((done) => {
        wanted = { command, bytes, nth, done };
      }),
    accept() {
      refusing = false;
    },
    fallSilent: proxy.fallSilent,
    destroy: proxy.close,
  };
}

/** Calls `found` with the name of each command in a stream of RESP arrays. */
function commandReader(found: (command: string) => void): (data: Buffer) => void {
  let rest = Buffer.alloc(0);
  let named = false;
  return (data) => {
    rest = Buffer.concat([rest, data]);
    for (;;) {
      const end = rest.indexOf('\r\n');
      if (end < 0) return;
      const size = Number(rest.subarray(1, end).toString());
      if (rest[0] === 0x2a) {
        named = false;
        rest = rest.subarray(end + 2);
        continue;
      }
      const next = end + 2 + size + 2;
      if (rest.length < next) return;
      if (!named)
        found(
          rest
            .subarray(end + 2, next - 2)
            .toString()
            .toLowerCase(),
        );
      named = true;
      rest = rest.subarray(next);
    }
  };
}
