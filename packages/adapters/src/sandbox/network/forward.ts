type Net = typeof import('node:net');
type Files = typeof import('node:fs');

/*
 * Runs inside of the sandbox, where nothing can be imported from Baton: it takes what it needs as
 * arguments, and is handed to node as the text of its own source. It decides nothing, for a command can do
 * with it what it likes; who is let out is the business of those who listen on the sockets.
 */

/**
 * Listens on ports of the loopback and hands every connection on to the socket of the same number in
 * `folder`. When all are open it says the id of its process, and lets go of its output.
 */
function forward(net: Net, files: Files, folder: string, ports: readonly string[]): void {
  const listen = (port: string, host: string, isNeeded: boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      const server = net.createServer({ allowHalfOpen: true }, (inner) => {
        const outer = net.connect({ path: `${folder}/${port}`, allowHalfOpen: true });
        inner.pipe(outer).pipe(inner);
        inner.on('error', () => outer.destroy());
        outer.on('error', () => inner.destroy());
      });
      server.once('error', (reason) => (isNeeded ? reject(reason) : resolve()));
      server.listen(Number(port), host, resolve);
    });
  // A command has the network until it has ended: the sandbox takes this process with it.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {});
  const all = ports.flatMap((port) => [
    listen(port, '127.0.0.1', true),
    // Not every machine has it.
    listen(port, '::1', false),
  ]);
  void Promise.all(all).then(() => {
    files.writeSync(1, `${process.pid}`);
    for (const output of [1, 2]) {
      files.closeSync(output);
      files.openSync('/dev/null', 'w');
    }
  });
}

/** For `node -e`; the folder and the ports come after it. */
export const FORWARDER = `(${forward.toString()})(require('node:net'), require('node:fs'), process.argv[1], process.argv.slice(2))`;
