import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type ListenOptions, type Server } from 'node:net';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type RunCommandOptions, runCommand } from '../process/run-command.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { createBubblewrap } from './bubblewrap.ts';
import { findSandbox } from './find-sandbox.ts';
import type { Sandbox, SandboxPolicy } from './sandbox.ts';
import { createRegistry } from './testing/registry.ts';

const found = await findSandbox(process.env);
const missing = found.sandbox === undefined;
if (missing) {
  if (process.env['CI']) throw new Error(found.problem);
  console.error(`SKIPPED: ${found.problem}`);
}

const NODE = process.execPath;

/** A sandbox that resolves every name to this machine's loopback, which must be listed, too. */
function wallHere(): Sandbox {
  const program = execFileSync('/bin/sh', ['-c', 'command -v bwrap'], { encoding: 'utf8' }).trim();
  return createBubblewrap(program, { env: {}, lookup: async () => ['127.0.0.1'] });
}

async function listening(server: Server, place: ListenOptions = { port: 0, host: '127.0.0.1' }) {
  server.listen(place);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo | string | null) ?? '';
}

async function webServer(answer: RequestListener = (_, response) => response.end('page')) {
  const server = createHttpServer(answer);
  return ((await listening(server)) as AddressInfo).port;
}

function folderOfATest(): string {
  const folder = temporaryFolder();
  return folder;
}

interface Held extends Partial<Omit<RunCommandOptions, 'argv' | 'wall'>> {
  readonly policy?: Partial<SandboxPolicy>;
  readonly sandbox?: Sandbox;
}

function shell(line: string, network: SandboxPolicy['network'], held: Held = {}) {
  const { policy = {}, sandbox = wallHere(), cwd = folderOfATest(), ...options } = held;
  const limits = { memoryBytes: 2 ** 30, processes: 64, outputBytes: 2 ** 20 };
  const places = { hidden: [homedir()], readable: [dirname(dirname(NODE))], writable: [cwd] };
  const wall = { sandbox, policy: { ...places, network, limits, ...policy } };
  return runCommand({ argv: ['sh', '-c', line], cwd, wall, ...options });
}

const run = (code: string): string => `${NODE} -e '${code}'`;

/** Prints the answer of a connection, or its error code. */
const ask = (place: string): string =>
  run(
    `require("net").connect(${place}).on("data", (d) => { console.log(String(d)); process.exit(); }).on("error", (e) => { console.log(e.code); process.exit(); }); setTimeout(() => process.exit(), 3000)`,
  );

const kept = (): readonly string[] =>
  readdirSync('/tmp').filter((name) => name.startsWith(`baton-network-${process.pid}-`));

describe.skipIf(missing)('a command that may reach the hosts of a list', () => {
  it.each<[string, (url: string) => string]>([
    ['curl', (url) => `curl -sS ${url}`],
    ['curl, by a tunnel', (url) => `curl -sS --proxytunnel ${url}`],
    ['fetch', (url) => run(`fetch("${url}").then((r) => r.text()).then(console.log)`)],
    ['http', (url) => run(`require("http").get("${url}", (r) => r.pipe(process.stdout))`)],
    [
      'Python',
      (url) => `python3 -c "import urllib.request as u; print(u.urlopen('${url}').read())"`,
    ],
  ])('reaches them by %s, and no others', async (_, line) => {
    const port = await webServer();
    const hosts = [`in.example:${port}`, `127.0.0.1:${port}`];
    const url = (host: string): string => line(`http://${host}:${port}/`);
    const path = { PATH: `${dirname(NODE)}:/usr/local/bin:/usr/bin:/bin` };
    const reached = await shell(url('in.example'), { hosts }, { env: path });
    expect([reached.stderr, reached.stdout]).toEqual(['', expect.stringContaining('page')]);
    expect([reached.exitCode, reached.leftRunning, reached.refusedHosts]).toEqual([0, [], []]);
    const refused = await shell(url('out.example'), { hosts }, { env: path });
    expect(refused.stdout).not.toContain('page');
    expect(refused.refusedHosts).toEqual([{ host: `out.example:${port}` }]);
  });

  it('installs packages with npm from a registry that is listed', async () => {
    const registry = await createRegistry();
    onTestFinished(() => registry.close());
    const cwd = folderOfATest();
    writeFileSync(join(cwd, 'package.json'), '{"name":"shop","version":"1.0.0"}');
    const hosts = [`packages.example:${registry.port}`, `127.0.0.1:${registry.port}`];
    const npm = `npm --registry http://packages.example:${registry.port} --no-audit --no-update-notifier`;
    const line = `${npm} view left-path version && ${npm} install left-path && cat node_modules/left-path/index.js`;
    const { stdout, stderr, refusedHosts } = await shell(line, { hosts }, { cwd });
    expect([refusedHosts, stderr.includes('npm error') && stderr]).toEqual([[], false]);
    expect(stdout).toMatch(/^1\.2\.3$[\s\S]*added 1 package[\s\S]*exports = 'left'/m);
  });

  it('reaches a service of this machine whose port is listed, at the same port', async () => {
    const listed = (await listening(createServer((one) => one.end('listed')))) as AddressInfo;
    const other = (await listening(createServer((one) => one.end('other')))) as AddressInfo;
    const hosts = [`localhost:${listed.port}`];
    const lines = [`${listed.port}, "127.0.0.1"`, `${listed.port}`, `${other.port}, "127.0.0.1"`];
    const { stdout } = await shell(lines.map(ask).join('; '), { hosts });
    expect(stdout).toBe('listed\nlisted\nECONNREFUSED\n');
    expect((await shell(lines.map(ask).join('; '), 'none')).stdout).not.toContain('listed');
  });

  it('is told where no program listens at a port that is listed', async () => {
    const hosts = ['localhost:5999'];
    const code =
      'require("net").connect(5999, "127.0.0.1").resume().on("close", () => { console.log("closed"); process.exit(); }); setTimeout(() => process.exit(), 3000)';
    expect((await shell(run(code), { hosts })).stdout).toBe('closed\n');
  });

  it('has a port for the proxy, whichever are listed', async () => {
    const { stdout, exitCode } = await shell('echo $HTTPS_PROXY', { hosts: ['localhost:61128'] });
    expect([exitCode, stdout]).toEqual([0, 'http://127.0.0.1:61129\n']);
  });

  it('finds no way round the proxy', async () => {
    const secret = (await listening(createServer((one) => one.end('SECRET')))) as AddressInfo;
    const abstract = `\0baton-reach-${process.pid}`;
    await listening(
      createServer((one) => one.end('SECRET')),
      { path: abstract },
    );
    const listed = await webServer();
    const hosts = [`in.example:${listed}`, `127.0.0.1:${listed}`];
    const raw = (words: string): string =>
      run(
        `const s = require("net").connect(+new URL(process.env.HTTP_PROXY).port, "127.0.0.1"); s.end(${words}); s.pipe(process.stdout)`,
      );
    const lines = [
      ask(`${secret.port}, "127.0.0.1"`),
      ask('80, "1.1.1.1"'),
      ask('53, "8.8.8.8"'),
      ask(`"\\0${abstract.slice(1)}"`),
      run('require("dns").lookup("in.example", (e) => console.log(e.code))'),
      run(
        'require("dgram").createSocket("udp4").send("x", 53, "8.8.8.8", (e) => { console.log(e.code); process.exit() })',
      ),
      ...[
        '127.0.0.1',
        '0x7f.1',
        '2130706433',
        '[::1]',
        '[::ffff:127.0.0.1]',
        'localhost',
        'in.example',
      ].map((host) => `curl -sS --noproxy "" --proxytunnel http://${host}:${secret.port}/`),
      raw(
        `"CONNECT 127.0.0.1:${secret.port} HTTP/1.1\\r\\nHost: in.example:${listed}\\r\\n\\r\\n"`,
      ),
      raw(
        `"GET http://127.0.0.1:${secret.port}/ HTTP/1.1\\r\\nHost: in.example:${listed}\\r\\n\\r\\n"`,
      ),
      'curl -sS --noproxy "" --unix-socket /run/baton/network/61128 http://out.example/',
    ];
    const { stdout, refusedHosts } = await shell(lines.join('\n'), { hosts });
    expect(stdout).not.toContain('SECRET');
    expect(stdout).toContain('ENETUNREACH');
    expect(stdout).toContain('EAI_AGAIN');
    expect(refusedHosts.map(({ host }) => host)).toEqual([
      `127.0.0.1:${secret.port}`,
      `[::1]:${secret.port}`,
      `localhost:${secret.port}`,
      `in.example:${secret.port}`,
    ]);
  });

  it('does not find the sockets of another command', async () => {
    const port = await webServer((_, response) => response.end('SECRET'));
    const other = shell('sleep 2', { hosts: [`localhost:${port}`] });
    await sleep(700);
    const [folder = ''] = kept();
    const socket = join('/tmp', folder, String(port));
    expect(existsSync(socket)).toBe(true);
    const line = `ls -A /tmp /run/baton/network; curl -sS --unix-socket ${socket} http://x/`;
    const { stdout } = await shell(line, { hosts: [] });
    expect(stdout).toMatch(/^\/run\/baton\/network:\n61128\n\n\/tmp:\nbaton-test-\w+\n$/);
    expect((await shell(line, 'none')).stdout).toMatch(/^\/tmp:\nbaton-test-\w+\n$/);
    await other;
  });

  it.each<SandboxPolicy['network']>(['none', { hosts: [] }])(
    'reaches nothing by %j',
    async (network) => {
      const port = await webServer();
      const line = `curl -sS http://127.0.0.1:${port}; curl -sS http://in.example/; curl -sS http://1.1.1.1/`;
      const { stdout } = await shell(line, network);
      expect(stdout).not.toContain('page');
    },
  );

  it('shows the way out to a program that is hidden, and whatever the environment says', async () => {
    const port = await webServer();
    const hosts = [`in.example:${port}`, `127.0.0.1:${port}`];
    const hidden = [homedir(), dirname(NODE)];
    const env = { NODE_OPTIONS: '--require /no/such/file', JAVA_TOOL_OPTIONS: '-Xmx1g' };
    const policy = {
      hidden,
      readable: [],
      limits: { memoryBytes: 2 ** 24, processes: 8, outputBytes: 2 ** 20 },
    };
    const line = `sleep 0.6; curl -sS http://in.example:${port}/; echo; ls ${dirname(NODE)}; echo $JAVA_TOOL_OPTIONS`;
    const { stdout, excess } = await shell(line, { hosts }, { env, policy });
    expect(excess).toBeUndefined();
    expect(stdout).toMatch(/^page\nnode\n-Xmx1g -Dhttp.proxyHost=127.0.0.1 /);
  });

  it('counts what the command uses, though not what leads out', async () => {
    const limits = { memoryBytes: 2 ** 24, processes: 8, outputBytes: 2 ** 20 };
    const many = await shell(
      'for i in 1 2 3 4 5 6 7 8 9 0; do sleep 60 & done; wait',
      { hosts: [] },
      { policy: { limits } },
    );
    expect(many.excess).toMatch(/processes; allowed are 8; raise sandbox/);
  });

  it('keeps its network until it has ended, in the grace after a timeout', async () => {
    const port = await webServer();
    const hosts = [`in.example:${port}`, `127.0.0.1:${port}`];
    const line = `trap "curl -sS http://in.example:${port}/; exit" TERM; while :; do sleep 0.05; done`;
    const { stdout, timedOut } = await shell(line, { hosts }, { timeoutMs: 800, graceMs: 3000 });
    expect([timedOut, stdout]).toEqual([true, 'page']);
  });

  it('names what it left running, and nothing that is not its own', async () => {
    const { leftRunning } = await shell('setsid -f sleep 60; sleep 0.1', { hosts: [] });
    expect(leftRunning).toEqual(['sleep']);
  });

  it('leaves nothing behind, however it ends', async () => {
    const before = kept();
    const hosts = ['localhost:5999'];
    await shell('exit 3', { hosts });
    await shell('sleep 60', { hosts }, { timeoutMs: 300, graceMs: 10 });
    const signal = AbortSignal.timeout(300);
    await expect(shell('sleep 60', { hosts }, { signal })).rejects.toMatchObject({
      code: 'cancelled',
    });

    await expect(shell('x', { hosts: ['http://x'] })).rejects.toMatchObject({
      code: 'invalid_input',
    });
    const socks = createBubblewrap('/usr/bin/bwrap', { env: { ALL_PROXY: 'socks5://x:1' } });
    await expect(shell('x', { hosts }, { sandbox: socks })).rejects.toMatchObject({
      code: 'invalid_input',
    });
    await expect(
      shell('x', { hosts }, { sandbox: createBubblewrap('/no/bwrap', { env: {} }) }),
    ).rejects.toThrow();
    expect(kept()).toEqual(before);
  });

  it('was too late where its time ran out before the wall was up', async () => {
    const cwd = folderOfATest();
    // Where this process is held up, the wall is up before it sees that the time is over.
    const command = 'sleep 5; touch ran';
    const result = await shell(command, { hosts: [] }, { cwd, timeoutMs: 1, graceMs: 10 });
    expect([result.timedOut, result.exitCode, readdirSync(cwd)]).toEqual([true, null, []]);
  });

  it('is not run where nothing can lead out', async () => {
    const cwd = folderOfATest();
    const here = wallHere();
    const sandbox: Sandbox = {
      ...here,
      async confine(command, policy) {
        const confined = await here.confine(command, policy);
        const at = confined.argv.indexOf('baton') + 3;
        return { ...confined, argv: confined.argv.with(at, 'throw "no way"') };
      },
    };
    await expect(shell('touch ran', { hosts: [] }, { cwd, sandbox })).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringMatching(
        /'sh' was not run: its sandbox .* could not be set up: [\s\S]*no way/,
      ),
    });
    expect(readdirSync(cwd)).toEqual([]);
  });
});
