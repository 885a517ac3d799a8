import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

const BLOCK = 512;

/** An npm registry with one package, `left-path` 1.2.3, over plain HTTP on the loopback. */
export async function createRegistry(): Promise<{ port: number; close(): Promise<void> }> {
  const archive = gzipSync(
    Buffer.concat([
      entry('package/package.json', '{"name":"left-path","version":"1.2.3"}'),
      entry('package/index.js', "module.exports = 'left';\n"),
      Buffer.alloc(2 * BLOCK),
    ]),
  );
  const integrity = `sha512-${createHash('sha512').update(archive).digest('base64')}`;
  const server = createServer((request, response) => {
    if (request.url?.endsWith('.tgz')) return void response.end(archive);
    const tarball = `http://${request.headers.host}/left-path/-/left-path-1.2.3.tgz`;
    const version = { name: 'left-path', version: '1.2.3', dist: { tarball, integrity } };
    const versions = { '1.2.3': version };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ name: 'left-path', 'dist-tags': { latest: '1.2.3' }, versions }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A file of a tar archive. */
function entry(name: string, text: string): Buffer {
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, width: number): string => value.toString(8).padStart(width, '0');
  header.write(name, 0);
  header.write(octal(0o644, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(text.length, 11), 124);
  header.write(octal(0, 11), 136);
  header.write(' '.repeat(8), 148);
  header.write('0', 156);
  header.write('ustar\u000000', 257);
  const sum = header.reduce((all, byte) => all + byte, 0);
  header.write(`${octal(sum, 6)}\0 `, 148);
  const body = Buffer.alloc(Math.ceil(text.length / BLOCK) * BLOCK);
  body.write(text);
  return Buffer.concat([header, body]);
}
