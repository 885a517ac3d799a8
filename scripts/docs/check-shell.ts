import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromJson } from '@bufbuild/protobuf';
import { matchRoute } from '../../packages/server/src/http/routes.ts';
import { ArtifactService, AssignmentService, WorkflowService } from '../../proto/index.ts';
import { root } from '../run.ts';
import { codeSpans, fences } from './markdown.ts';
import type { Page } from './pages.ts';
import { type DocumentedCommand, documentedCommands } from './program.ts';
import { words } from './shell-words.ts';

type Commands = ReadonlyMap<string, DocumentedCommand>;

const SCRIPTS: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
).scripts;
const PNPM_ITSELF = ['exec', 'install', 'run'];
const METHODS = [WorkflowService, AssignmentService, ArtifactService].flatMap(
  ({ methods }) => methods,
);

/** Commands of the CLI, scripts and calls of the server that do not exist, or not in that way. */
export async function checkShell(pages: readonly Page[]): Promise<readonly string[]> {
  const commands: Commands = new Map(
    (await documentedCommands()).map((command) => [command.name, command]),
  );
  return pages.flatMap(({ path, text }) => {
    const lines = fences(text)
      .filter(({ language }) => language === 'sh')
      .flatMap(({ code, line }) => [{ code: code.replaceAll(/^\s*#.*$/gm, ''), line }]);
    const spans = codeSpans(text)
      .filter(({ code }) => /^(?:[A-Z_]+=\S+ )?(?:baton|npx -y pnpm@12|pnpm) [a-z]/.test(code))
      // In a sentence, a command may stand without what it is about.
      .map((span) => ({ ...span, inSentence: true }));
    return [...lines, ...spans].flatMap(({ code, line, ...rest }) =>
      words(code)
        .flatMap((command) => problemWith(command, commands, 'inSentence' in rest))
        .map((problem) => `${path}:${line}: ${problem}`),
    );
  });
}

function problemWith(
  typed: readonly string[],
  commands: Commands,
  inSentence: boolean,
): readonly string[] {
  const [program, ...args] = typed.slice(typed.findIndex((word) => !/^[A-Z_]+=/.test(word)));
  if (program === 'npx' && args[0] === '-y' && args[1] === 'pnpm@12') {
    return scriptProblem(args.slice(2), commands, inSentence);
  }
  if (program === 'pnpm') return scriptProblem(args, commands, inSentence);
  if (program === 'baton') return commandProblem(args, commands, inSentence);
  if (program === 'curl') return curlProblem(args);
  if (program === 'grpcurl') return grpcurlProblem(args);
  return [];
}

function scriptProblem(
  [script = '', ...args]: readonly string[],
  commands: Commands,
  inSentence: boolean,
): readonly string[] {
  if (script === 'baton') return commandProblem(args, commands, inSentence);
  if (SCRIPTS[script] !== undefined || PNPM_ITSELF.includes(script)) return [];
  return script.startsWith('-') ? [] : [`package.json has no script '${script}'`];
}

function commandProblem(
  [name = '', ...args]: readonly string[],
  commands: Commands,
  inSentence: boolean,
): readonly string[] {
  if (name === '' || name.startsWith('-')) return [];
  const command = commands.get(name);
  if (command === undefined) return [`there is no command 'baton ${name}'`];
  let given = 0;
  const unknown: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    if (!/^--?[a-z]/.test(arg)) {
      given += 1;
      continue;
    }
    const [flag] = arg.split('=');
    const option = command.options.find(({ long, short }) => long === flag || short === flag);
    if (option === undefined && flag !== '--help') unknown.push(arg);
    const hasValue = option?.required || (option?.optional && !args[index + 1]?.startsWith('-'));
    if (hasValue && !arg.includes('=')) index += 1;
  }
  const isShort = given < command.requiredArguments && !inSentence && !args.includes('--help');
  return [
    ...unknown.map((one) => `'baton ${name}' has no option ${one}`),
    ...(given > command.mostArguments ? [`'baton ${name}' takes fewer arguments`] : []),
    ...(isShort ? [`'baton ${name}' needs more arguments`] : []),
  ];
}

/** Calls of the HTTP+JSON routes: the path and the fields of the body. */
function curlProblem(args: readonly string[]): readonly string[] {
  const url = args.find((arg) => arg.includes('/api/'));
  if (url === undefined) return [];
  const body = flagValue('-d', args);
  const method = flagValue('-X', args) ?? (body === undefined ? 'GET' : 'POST');
  const [path = ''] = url.slice(url.indexOf('/api/')).split('?');
  try {
    const { route } = matchRoute(method, path);
    return body === undefined ? [] : messageProblem(route.rpc.name, body);
  } catch (reason) {
    return [`${method} ${path}: ${(reason as Error).message}`];
  }
}

function grpcurlProblem(args: readonly string[]): readonly string[] {
  const name = args.find((arg) => arg.startsWith('baton.v1.'));
  if (name === undefined) return [];
  const found = METHODS.some((method) => name === `${method.parent.typeName}/${method.name}`);
  if (!found) return [`there is no method ${name}`];
  return messageProblem(name.split('/')[1] ?? '', flagValue('-d', args) ?? '{}');
}

function messageProblem(rpc: string, json: string): readonly string[] {
  const method = METHODS.find(({ name }) => name === rpc);
  if (method === undefined) return [`there is no method ${rpc}`];
  try {
    fromJson(method.input, JSON.parse(json));
    return [];
  } catch (reason) {
    return [`${rpc}: ${(reason as Error).message}`];
  }
}

function flagValue(flag: string, args: readonly string[]): string | undefined {
  const index = args.indexOf(flag);
  return index === -1 ? undefined : args[index + 1];
}
