import { expect, it, onTestFinished } from 'vitest';
import {
  postgresMissing,
  startPrivatePostgres,
} from '../../packages/adapters/src/stores/testing/private-postgres.ts';
import { createProject, start, startServer, TIMEOUT } from '../cli/harness.ts';
import { KEY, SCRIPT, withModels } from '../cli/scripted-models.ts';
import { begin, clientOf, eventsOf, reaches } from '../cli/workers.ts';
import { type ReceivedSpan, startReceiver } from './otlp-receiver.ts';

/** The spans that a span is a part of, from the next one on. */
function above(span: ReceivedSpan, all: readonly ReceivedSpan[]): readonly ReceivedSpan[] {
  const parent = all.find(({ spanId }) => spanId === span.parentId);
  return parent === undefined ? [] : [parent, ...above(parent, all)];
}

/** A key in the server's store, made as an operator makes it. */
async function createKey(database: string, name: string, ...grant: string[]): Promise<string> {
  const args = ['keys', 'create', '--name', name, '--projects', 'greeter', '--expires', '1d'];
  const { code, stdout } = await start([...args, ...grant], { env: { DATABASE_URL: database } })
    .ended;
  expect(code).toBe(0);
  return stdout.trim();
}

it.skipIf(postgresMissing())(
  'a build over a server that asks for keys, a worker and PostgreSQL is one trace, in which every span has its parent',
  TIMEOUT,
  async () => {
    const postgres = await startPrivatePostgres();
    onTestFinished(() => postgres.destroy());
    const { spans, received, env } = await startReceiver();
    const project = createProject();
    await withModels(project, SCRIPT);
    const server = await startServer('0', postgres.url, [], {
      ...env,
      BATON_ACCESS: 'api-keys',
    });
    onTestFinished(() => server.kill());
    const callers = ['--permissions', 'read,start', '--actors', 'ada'];
    const runners = ['--permissions', 'read,perform', '--roles', 'all', '--attests'];
    const callersKey = await createKey(postgres.url, 'ci', ...callers);
    const runnersKey = await createKey(postgres.url, 'runners', ...runners);
    const worker = start(['worker', '--server', server.grpc, ...project.options, '--json'], {
      env: { ...env, MODEL_KEY: KEY, BATON_TOKEN: runnersKey },
    });
    const client = clientOf(server.address, callersKey);
    const workflowId = await begin(client);
    await expect(clientOf(server.address).status({ workflowId })).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    await reaches(client, workflowId, 'complete');
    const claimed = (await eventsOf(client, workflowId)).filter(
      ({ type }) => type === 'assignment_claimed',
    );
    for (const { triggeredBy } of claimed) expect(triggeredBy).toMatch(/^runners\//);
    worker.process.kill('SIGTERM');
    expect((await worker.ended).code).toBe(0);

    const trace = () => {
      const first = spans.find(({ name }) => name.endsWith('/StartWorkflow'));
      return spans.filter(({ traceId }) => traceId === first?.traceId);
    };
    const counted = (name: string) => trace().filter((span) => span.name === name).length;
    // What a process has not sent yet is missing above what others have.
    await expect
      .poll(() => trace().filter((span) => above(span, trace()).at(-1)?.parentId !== undefined))
      .toEqual([]);
    await expect.poll(() => counted('baton.v1.WorkflowService/AdvanceWorkflow')).toBe(7);

    const roots = trace().filter(({ parentId }) => parentId === undefined);
    expect(roots.map(({ name }) => name)).toEqual(['baton.v1.WorkflowService/StartWorkflow']);
    const ids = new Set(trace().map(({ spanId }) => spanId));
    const orphans = trace().filter(({ parentId }) => parentId !== undefined && !ids.has(parentId));
    expect(orphans).toEqual([]);
    const services = new Set(trace().map(({ service }) => service));
    expect([...services].sort()).toEqual(['baton-server', 'baton-worker']);

    expect({
      start: counted('start'),
      dispatch: counted('dispatch'),
      writer: counted('perform code_writer'),
      assistant: counted('perform q_assistant'),
      chat: counted('chat qwen-coder'),
      write: counted('execute_tool write'),
    }).toEqual({ start: 1, dispatch: 8, writer: 2, assistant: 2, chat: 8, write: 2 });
    expect(counted('commit')).toBeGreaterThanOrEqual(8);

    // An advance: the operation is the server's, below its RPC, below the attempt of the worker.
    for (const operation of trace().filter(({ name }) => name === 'advance')) {
      const [rpc, attempt, begun] = above(operation, trace());
      expect(rpc?.name).toBe('baton.v1.WorkflowService/AdvanceWorkflow');
      expect(attempt?.name).toMatch(/^perform /);
      expect(attempt?.service).toBe('baton-worker');
      expect(begun?.name).toBe('start');
    }
    for (const call of trace().filter(({ name }) => /^(chat|execute_tool) /.test(name))) {
      expect(above(call, trace())[0]?.name).toMatch(/^perform /);
    }
    const [chat] = trace().filter(({ name }) => name === 'chat qwen-coder');
    expect(chat?.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai-compatible',
      'gen_ai.request.model': 'qwen-coder',
      'gen_ai.usage.input_tokens': 100,
      'gen_ai.usage.output_tokens': 20,
    });
    // Of a key, what follows its id is secret.
    const secretsOf = [callersKey, runnersKey].map((key) => key.slice('baton_'.length + 17));
    for (const secret of secretsOf) expect(secret).toMatch(/^\w{49}$/);
    for (const secret of [...secretsOf, KEY, 'Build me a greeting', 'says hello', 'goodbye']) {
      expect(received()).not.toContain(secret);
    }
  },
);
