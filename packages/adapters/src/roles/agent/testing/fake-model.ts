import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { anthropicMessages } from '../../llm/testing/anthropic-messages.ts';
import { googleGenerate } from '../../llm/testing/google-generate.ts';
import { openaiChat } from '../../llm/testing/openai-chat.ts';
import { openaiResponses } from '../../llm/testing/openai-responses.ts';
import type { Protocol, Said } from '../../llm/testing/script.ts';
import { conversationOf, type RequestBody, type Turn, toolsOf } from './request-body.ts';

/** What an agent asks its model, whatever the API. */
export interface Asked {
  /** Names of the tools that the model may call. */
  readonly tools: readonly string[];
  /** What was said to the model, and what its tools answered, in order. */
  readonly conversation: readonly Turn[];
  /** How many tool results are in the conversation so far. */
  readonly results: number;
  /** The whole request. */
  readonly text: string;
}

export interface FakeModel {
  readonly url: string;
  readonly asked: readonly Asked[];
  close(): Promise<void>;
}

const API: readonly (readonly [RegExp, Protocol])[] = [
  [/\/messages$/, anthropicMessages],
  [/\/responses$/, openaiResponses],
  [/\/chat\/completions$/, openaiChat],
  [/:(streamGenerateContent|generateContent)$/, googleGenerate],
];

/** A provider of all four APIs on a local port, whose model says what `act` answers. Streams only. */
export async function startFakeModel(
  act: (asked: Asked) => Said | Promise<Said>,
): Promise<FakeModel> {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const path = (request.url ?? '').split('?')[0] ?? '';
    const protocol = API.find(([pattern]) => pattern.test(path))?.[1];
    if (protocol === undefined) return other(path, response);
    const found = JSON.parse(body) as RequestBody;
    const conversation = conversationOf(found);
    const results = conversation.filter(({ kind }) => kind === 'result').length;
    const one: Asked = { tools: toolsOf(found), conversation, results, text: body };
    asked.push(one);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of protocol(await act(one))) response.write(event);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function other(path: string, response: ServerResponse): void {
  response.writeHead(path.endsWith('/models') || path.endsWith('count_tokens') ? 200 : 404, {
    'content-type': 'application/json',
  });
  response.end(JSON.stringify({ object: 'list', data: [], models: [], input_tokens: 10 }));
}

/** A call of the tool with that name, whatever the agent made of it: `mcp__baton__submit`, `submit@baton`. */
export function toolCall({ tools }: Asked, pattern: RegExp, input: object): Said | undefined {
  const name = tools.find((one) => pattern.test(one));
  if (name === undefined) return undefined;
  const [local = '', namespace] = name.split('@');
  return { calls: [{ name: local, input, ...(namespace && { namespace }) }] };
}

/** A call that writes a file with the agent's own tool for that. */
export function writeFile(asked: Asked, cwd: string, path: string, content: string): Said {
  const file = `${cwd}/${path}`;
  return (
    toolCall(asked, /^(Write|write_file)$/, { file_path: file, content }) ??
    toolCall(asked, /^write$/, { filePath: file, content }) ??
    runShell(asked, cwd, `printf '%s' ${shellQuoted(content)} > ${shellQuoted(file)}`)
  );
}

/** A call that runs a line of shell with the agent's own tool for that. */
export function runShell(asked: Asked, cwd: string, command: string): Said {
  const description = 'As the plan has it';
  return (
    toolCall(asked, /^(Bash|bash|run_shell_command)$/, { command, description }) ??
    toolCall(asked, /^(exec_command|shell_command)$/, { cmd: command, command, workdir: cwd }) ??
    toolCall(asked, /^shell$/, { command: ['bash', '-c', command], workdir: cwd }) ?? {
      text: `no tool runs commands: ${asked.tools.join(', ')}`,
    }
  );
}

export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
