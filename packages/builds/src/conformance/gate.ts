import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * A port in front of a server's. It stays the gate's own while it is closed: a server that stops and starts
 * again may find its port taken.
 */
export interface Gate {
  readonly port: number;
  /** Cuts every connection; new ones are cut at once. */
  close(): void;
  open(): void;
  /** Closes it for good. */
  end(): void;
}

/** @param target the server's port, on the same host. */
export async function openGate(host: string, target: number): Promise<Gate> {
  const sockets = new Set<Socket>();
  let isOpen = true;
  const hold = (socket: Socket, other: () => Socket): void => {
    sockets.add(socket);
    // Its end is what matters, whatever led to it.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      other().destroy();
    });
  };
  const server = createServer((caller) => {
    if (!isOpen) return void caller.on('error', () => undefined).resetAndDestroy();
    const callee = connect(target, host);
    hold(caller, () => callee);
    hold(callee, () => caller);
    caller.pipe(callee).pipe(caller);
  });
  server.listen(0, host);
  await once(server, 'listening');
  const close = (): void => {
    isOpen = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    close,
    open() {
      isOpen = true;
    },
    end() {
      close();
      server.close();
    },
  };
}
