import { once } from 'node:events';
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
} from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { createEgressProxy, type EgressOptions } from './egress-proxy.ts';
import { parseHostRule } from './host-rules.ts';
import { upstreamOf } from './upstream.ts';

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** A web server that records its requests. */
async function webServer(answer: RequestListener = (_, response) => response.end('page')) {
  const asked: IncomingMessage[] = [];
  const server = createHttpServer((request, response) => {
    asked.push(request);
    answer(request, response);
  });
  return { asked, port: await listening(server), server };
}

async function startProxy(hosts: readonly string[], options: Partial<EgressOptions> = {}) {
  const proxy = createEgressProxy({
    rules: hosts.map(parseHostRule),
    lookup: async () => ['127.0.0.1'],
    ownAddresses: () => [],
    upstream: () => undefined,
    connectTimeoutMs: 2000,
    headersTimeoutMs: 2000,
    maxConnections: 32,
    ...options,
  });
  const port = await listening(proxy.server);
  onTestFinished(() => proxy.close());
  const open = (): Socket =>
    connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => {});
  const say = async (words: string): Promise<string> => {
    const socket = open();
    socket.write(words);
    return text(socket).catch(() => 'broken off');
  };
  const get = (url: string, host = 'x') =>
    say(`GET ${url} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  const tunnel = (target: string, then = '') =>
    say(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n${then}`);
  const refused = () =>
    proxy.refused().map(({ host, leadsTo }) => (leadsTo ? `${host} → ${leadsTo}` : host));
  return { proxy, open, say, get, tunnel, refused };
}

const PAGE = 'GET /x HTTP/1.1\r\nHost: in.example\r\nConnection: close\r\n\r\n';

it('lets what is listed through, by a tunnel and by an absolute address', async () => {
  const { port, asked } = await webServer();
  const { get, tunnel, refused } = await startProxy([`in.example:${port}`, `127.0.0.1:${port}`]);
  expect(await tunnel(`in.example:${port}`, PAGE)).toMatch(
    /^HTTP\/1.1 200 .*\r\n\r\nHTTP\/1.1 200 OK[\s\S]*page/,
  );
  expect(await get(`http://IN.example.:${port}/a?b=c`)).toMatch(/^HTTP\/1.1 200 OK[\s\S]*page/);
  expect(asked.map(({ url }) => url)).toEqual(['/x', '/a?b=c']);
  expect(refused()).toEqual([]);
});

it.each([
  ['out.example', 'out.example:443'],
  ['sub.in.example', 'sub.in.example:443'],
  ['in.example.evil', 'in.example.evil:443'],
  ['127.0.0.1', '127.0.0.1:443'],
  ['0x7f.1', '127.0.0.1:443'],
  ['2130706433', '127.0.0.1:443'],
  ['[::ffff:127.0.0.1]', '127.0.0.1:443'],
  ['[::1]', '[::1]:443'],
  ['localhost', 'localhost:443'],
  ['in.example@out.example', 'in.example@out.example:443'],
])('refuses %s, which is not listed, and names it', async (host, named) => {
  const { tunnel, get, refused } = await startProxy(['in.example', '10.0.0.1']);
  expect(await tunnel(`${host}:443`)).toMatch(/^HTTP\/1.1 403 Forbidden[\s\S]*Baton: /);
  expect(refused()).toEqual([named]);
  expect(await get(`http://${host}:443/`)).toMatch(/^HTTP\/1.1 40[03] /);
});

it.each([
  'in.example:22',
  'in.example:8080',
  'in.example',
  'in.example:',
  'in.example:443x',
  ':443',
  '',
])('refuses another port, or none: %j', async (target) => {
  const { tunnel } = await startProxy(['in.example']);
  expect(await tunnel(target)).toMatch(/^HTTP\/1.1 40[03] /);
});

it('goes by the target alone, whatever Host says', async () => {
  const { port, asked } = await webServer();
  const { say, get, refused } = await startProxy([`in.example:${port}`, `127.0.0.1:${port}`]);
  const forged = await say(`CONNECT out.example:443 HTTP/1.1\r\nHost: in.example:${port}\r\n\r\n`);
  expect(forged).toContain('403 Forbidden');
  await get(`http://in.example:${port}/`, 'out.example');
  expect(asked.map(({ headers }) => headers.host)).toEqual([`in.example:${port}`]);
  expect(await get('http://out.example/', `in.example:${port}`)).toContain('403 Forbidden');
  expect(await get('/', `in.example:${port}`)).toContain('400 Bad Request');
  expect(await get('https://in.example/')).toContain('400 Bad Request');
  expect(refused()).toEqual(['out.example:443', 'out.example:80']);
});

it.each([
  ...['127.0.0.1', '169.254.169.254', '0.0.0.0', '::1', '::', 'fe80::1', '::ffff:127.0.0.1'],
  ...['::ffff:a9fe:a9fe', '64:ff9b::7f00:1', '192.0.2.9', '::ffff:192.0.2.9'],
])('refuses a listed name that leads to %s', async (address) => {
  const { tunnel, refused } = await startProxy(['in.example'], {
    lookup: async () => [address],
    ownAddresses: () => ['192.0.2.9'],
  });
  expect(await tunnel('in.example:443')).toMatch(
    /^HTTP\/1.1 403 [\s\S]*which no name may resolve to/,
  );
  expect(refused()[0]).toMatch(/^in.example:443 → /);
});

it('connects to the address that it has looked at, however a name answers next', async () => {
  const { port } = await webServer();
  const answers = [['127.0.0.1'], ['169.254.169.254']];
  let asked = 0;
  const lookup = async () => answers[asked++] ?? ['169.254.169.254'];
  const { tunnel } = await startProxy([`in.example:${port}`, `127.0.0.1:${port}`], { lookup });
  expect(await tunnel(`in.example:${port}`, PAGE)).toContain('page');
  expect(asked).toBe(1);
  expect(await tunnel(`in.example:${port}`, PAGE)).toContain('403 Forbidden');
});

it('leaves out the addresses that no name may lead to, and takes the others', async () => {
  const { port } = await webServer();
  // On the same port, and not listed.
  const other = createHttpServer((_, response) => response.end('SECRET')).listen(port, '127.0.0.2');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  const lookup = async () => ['127.0.0.2', '127.0.0.1'];
  const { tunnel } = await startProxy([`in.example:${port}`, `127.0.0.1:${port}`], { lookup });
  expect(await tunnel(`in.example:${port}`, PAGE)).toContain('page');
});

it('says so where a host has no address, or no program listens', async () => {
  const { server, port } = await webServer();
  await new Promise((resolve) => server.close(resolve));
  const lookup = async (name: string) => (name === 'none.example' ? [] : ['127.0.0.1']);
  const { tunnel, get, refused } = await startProxy(
    ['none.example', `in.example:${port}`, `127.0.0.1:${port}`],
    { lookup },
  );
  expect(await tunnel('none.example:443')).toMatch(/^HTTP\/1.1 502 [\s\S]*has no address/);
  expect(await tunnel(`in.example:${port}`)).toMatch(/^HTTP\/1.1 502 [\s\S]*ECONNREFUSED/);
  expect(await get(`http://in.example:${port}/`)).toMatch(/^HTTP\/1.1 502 /);
  expect(refused()).toEqual([]);
});

it('hands on what is sent and answered, and keeps what is for itself', async () => {
  const { port, asked } = await webServer(async (request, response) => {
    const body = await text(request);
    response.writeHead(201, { 'X-One': ['a', 'b'], 'Proxy-Authenticate': 'Basic' });
    response.end(`got ${body}`);
  });
  const { say } = await startProxy([`localhost:${port}`]);
  const answer = await say(
    `POST http://localhost:${port}/ HTTP/1.1\r\nHost: x\r\nX-Two: c\r\nProxy-Authorization: Basic x\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n`,
  );
  expect(answer).toMatch(/^HTTP\/1.1 201 Created[\s\S]*got body/);
  expect(answer.match(/x-one/gi)).toHaveLength(2);
  expect(answer).not.toMatch(/proxy-authenticate/i);
  expect(asked[0]?.headers).toMatchObject({ 'x-two': 'c', host: `localhost:${port}` });
  expect(Object.keys(asked[0]?.headers ?? {})).not.toContain('x-hop');
  expect(Object.keys(asked[0]?.headers ?? {})).not.toContain('proxy-authorization');
});

it('takes the body of a GET for a body, and for no further request', async () => {
  const { port, asked } = await webServer(async (request, response) => {
    response.end(`got ${await text(request)}`);
  });
  const { say } = await startProxy([`localhost:${port}`]);
  const hidden = 'GET /hidden HTTP/1.1\r\nHost: out.example\r\n\r\n';
  const size = hidden.length.toString(16);
  const answer = await say(
    `GET http://localhost:${port}/open HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n${size}\r\n${hidden}\r\n0\r\n\r\n`,
  );
  expect(answer).toContain('got GET /hidden');
  expect(asked.map(({ url }) => url)).toEqual(['/open']);
});

it('keeps what a client says before its host is reached, and its end', async () => {
  const port = await listening(
    createServer({ allowHalfOpen: true }, (socket) => {
      text(socket).then((said) => socket.end(`got ${said}`));
    }),
  );
  const lookup = () => sleep(300, ['127.0.0.1']);
  const { open } = await startProxy([`in.example:${port}`, `127.0.0.1:${port}`], { lookup });
  const socket = open();
  socket.write(`CONNECT in.example:${port} HTTP/1.1\r\nHost: x\r\n\r\n`);
  await sleep(50);
  socket.write('hel');
  await sleep(50);
  socket.end('lo');
  expect(await text(socket)).toMatch(/got hello$/);
});

it('breaks off on the one side what is broken off on the other', async () => {
  const accepted: Socket[] = [];
  const port = await listening(
    createServer((socket) => void accepted.push(socket.resume().on('error', () => {}))),
  );
  const { open } = await startProxy([`localhost:${port}`]);
  const connected = async () => {
    const socket = open();
    socket.write(`CONNECT localhost:${port} HTTP/1.1\r\nHost: x\r\n\r\n`);
    await once(socket, 'data');
    return { socket, host: accepted.pop() as Socket };
  };
  const one = await connected();
  one.host.resetAndDestroy();
  await Promise.race([once(one.socket, 'end'), once(one.socket, 'close')]);
  const other = await connected();
  other.socket.resetAndDestroy();
  await once(other.host, 'close');
});

it('answers for a server that hangs up, or answers what is no HTTP', async () => {
  const port = await listening(
    createServer((socket) => socket.once('data', () => socket.destroy())),
  );
  const odd = await listening(createServer((socket) => socket.end('SSH-2.0\r\n\r\n')));
  const switching = await listening(
    createServer(
      (socket) =>
        void socket.write('HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
    ),
  );
  const { get } = await startProxy([port, odd, switching].map((one) => `localhost:${one}`));
  for (const one of [port, odd, switching]) {
    expect(await get(`http://localhost:${one}/`)).toMatch(/^HTTP\/1.1 502 /);
  }
});

it('cuts off what says more in its headers than is read', async () => {
  const { say } = await startProxy(['in.example']);
  const flood = `GET http://in.example/ HTTP/1.1\r\n${`X-A: ${'a'.repeat(1000)}\r\n`.repeat(40)}\r\n`;
  expect(await say(flood)).toMatch(/^HTTP\/1.1 431 |^broken off/);
});

it('cuts off who says nothing, or half of it', async () => {
  const { open } = await startProxy(['in.example'], { headersTimeoutMs: 200 });
  const [silent, half] = [open(), open()];
  half.write('CONNECT in.example:443 HTT');
  await Promise.all([silent, half].map((one) => text(one).catch(() => '')));
});

it('gives up on a host that accepts nothing in time, and on a name that is not resolved', async () => {
  const options = { connectTimeoutMs: 200, lookup: () => new Promise<never>(() => {}) };
  const { tunnel } = await startProxy(['in.example'], options);
  expect(await tunnel('in.example:443')).toMatch(/^HTTP\/1.1 502 [\s\S]*not resolved in time/);
  // A network for documentation only: nothing answers there.
  const dead = await startProxy(['192.0.2.1:443'], { connectTimeoutMs: 200 });
  expect(await dead.tunnel('192.0.2.1:443')).toMatch(/^HTTP\/1.1 502 /);
});

it('has so many connections at once, and no more', async () => {
  const { open, get } = await startProxy(['in.example'], { maxConnections: 2 });
  const [one, two] = [open(), open()];
  await Promise.all([once(one, 'connect'), once(two, 'connect')]);
  await sleep(50);
  expect(await get('http://out.example/')).toBe('');
  one.destroy();
  await sleep(50);
  expect(await get('http://out.example/')).toContain('403');
});

it('names no more refused hosts than it can keep, without what terminals take for commands', async () => {
  const { tunnel, refused } = await startProxy(['in.example']);
  await tunnel(`${'x'.repeat(5000)}:443`);
  await tunnel('\u001b[31mred:443');
  for (let i = 0; i < 40; i++) await tunnel(`host-${i}.example:443`);
  for (let i = 0; i < 3; i++) await tunnel('host-1.example:443');
  expect(refused()).toHaveLength(32);
  expect(refused()[0]).toHaveLength(260);
  expect(refused().join('')).not.toMatch(/[^\x21-\x7e]/);
});

it('lets go of every connection, on either side, when it is closed', async () => {
  const accepted: Socket[] = [];
  const port = await listening(
    createServer((socket) => void accepted.push(socket.on('error', () => {}))),
  );
  const { proxy, open } = await startProxy([`localhost:${port}`]);
  const socket = open();
  socket.write(`CONNECT localhost:${port} HTTP/1.1\r\nHost: x\r\n\r\n`);
  await once(socket, 'data');
  const silent = open();
  await once(silent, 'connect');
  const ended = [socket, silent, accepted[0] as Socket].map((one) => {
    one.resume();
    return Promise.race([once(one, 'end'), once(one, 'close')]);
  });
  await proxy.close();
  await Promise.all(ended);
  expect(proxy.server.listening).toBe(false);
});

it('brings a large answer through whole, also when one side has ended', async () => {
  const size = 5_000_000;
  const port = await listening(
    createServer({ allowHalfOpen: true }, (socket) => {
      socket.resume().once('end', () => socket.end(Buffer.alloc(size, 'x')));
    }),
  );
  const { open } = await startProxy([`localhost:${port}`]);
  const socket = open();
  socket.end(`CONNECT localhost:${port} HTTP/1.1\r\nHost: x\r\n\r\nhello`);
  const answer = await text(socket);
  expect(answer.length - answer.indexOf('\r\n\r\n') - 4).toBe(size);
});

it.each([true, false])(
  'keeps a tunnel for longer than connecting may take, by a proxy: %j',
  async (by) => {
    const late = (socket: Duplex) => void setTimeout(() => socket.end('late'), 500);
    const host = await listening(
      createServer((socket) => void socket.once('data', () => late(socket))),
    );
    const company = createHttpServer().on('connect', (_: IncomingMessage, socket: Socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      late(socket);
    });
    const proxy = `http://127.0.0.1:${await listening(company)}`;
    const { tunnel } = await startProxy([`in.example:${host}`, `127.0.0.1:${host}`], {
      connectTimeoutMs: 200,
      upstream: upstreamOf(by ? { HTTPS_PROXY: proxy } : {}),
    });
    expect(await tunnel(`in.example:${host}`, 'hello')).toMatch(/late$/);
  },
);

it('gives up on a proxy of this machine that does not answer in time', async () => {
  const port = await listening(createServer(() => {}));
  const { tunnel } = await startProxy(['in.example'], {
    connectTimeoutMs: 200,
    upstream: upstreamOf({ HTTPS_PROXY: `http://127.0.0.1:${port}` }),
  });
  expect(await tunnel('in.example:443')).toMatch(/^HTTP\/1.1 502 /);
});

it('goes out by the proxy of this machine, which is told what it has to know', async () => {
  const heard: string[] = [];
  const company = createHttpServer((request, response) => {
    heard.push(`${request.method} ${request.url} ${request.headers['proxy-authorization']}`);
    response.end('by proxy');
  });
  company.on('connect', (request: IncomingMessage, socket: Socket) => {
    heard.push(`${request.method} ${request.url} ${request.headers['proxy-authorization']}`);
    if (request.url?.startsWith('no.')) socket.end('HTTP/1.1 407 No\r\n\r\n');
    else socket.end('HTTP/1.1 200 OK\r\n\r\nby tunnel');
  });
  const port = await listening(company);
  const address = `http://ada:pass@127.0.0.1:${port}`;
  const own = await webServer();
  const { tunnel, get, refused } = await startProxy(
    ['in.example', 'no.example', 'direct.example', `localhost:${own.port}`],
    {
      upstream: upstreamOf({
        HTTPS_PROXY: address,
        HTTP_PROXY: address,
        NO_PROXY: 'direct.example',
      }),
      lookup: async () => ['169.254.169.254'],
    },
  );
  const ada = `Basic ${Buffer.from('ada:pass').toString('base64')}`;
  expect(await tunnel('in.example:443')).toMatch(/^HTTP\/1.1 200 [\s\S]*by tunnel$/);
  expect(await get('http://in.example/x')).toContain('by proxy');
  expect(await tunnel('no.example:443')).toMatch(/^HTTP\/1.1 502 [\s\S]*answered 407/);
  expect(heard).toEqual([
    `CONNECT in.example:443 ${ada}`,
    `GET http://in.example/x ${ada}`,
    `CONNECT no.example:443 ${ada}`,
  ]);
  expect(await tunnel('out.example:443')).toContain('403 Forbidden');
  expect(await tunnel('direct.example:443')).toContain('resolves to 169.254.169.254');
  expect(await get(`http://localhost:${own.port}/`)).toContain('page');
  expect(heard).toHaveLength(3);
  expect(refused()).toEqual(['out.example:443', 'direct.example:443 → 169.254.169.254']);
});
