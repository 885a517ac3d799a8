import { configSchema } from '../../packages/builds/src/config/config-schema.ts';
import { toAccessDocument } from '../../packages/server/src/access/access-document.ts';
import { toPolicies } from '../../packages/server/src/policies/policies.ts';
import { type Fence, fences } from './markdown.ts';
import type { Page } from './pages.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/** What a server reads, by the comment above the snippet. */
const SERVER_DOCUMENTS: Readonly<Record<string, (found: JsonObject) => unknown>> = {
  policies: (found) => toPolicies(found, false),
  access: toAccessDocument,
};

/** What a part of a configuration is completed with. */
const BASE: JsonObject = {
  roles: { q_assistant: { human: true }, code_writer: { human: true } },
  commands: { test: { argv: ['true'] }, verify: [{ name: 'lint', argv: ['true'] }] },
  models: {
    writer: { provider: 'openai', model: 'm' },
    reviewer: { provider: 'openai', model: 'm' },
  },
};

/**
 * JSON that is no legal configuration, whole or in part. The comment above a snippet says that it is a document of a
 * server (`policies` or `access`), or `other: <what>`.
 */
export function checkConfigurations(pages: readonly Page[]): readonly string[] {
  return pages.flatMap(({ path, text }) =>
    fences(text)
      .filter(({ language }) => language === 'json' || language === 'jsonc')
      .flatMap((fence) => problemsOf(fence).map((one) => `${path}:${fence.line}: ${one}`)),
  );
}

function problemsOf({ language, code, comment }: Fence): readonly string[] {
  let found: JsonObject;
  try {
    found = JSON.parse(language === 'jsonc' ? withoutComments(code) : code);
  } catch (reason) {
    return [(reason as Error).message];
  }
  if (comment.startsWith('other:')) return [];
  const check = SERVER_DOCUMENTS[comment];
  return check === undefined ? configurationProblems(found) : thrownBy(() => check(found));
}

function configurationProblems(found: JsonObject): readonly string[] {
  const { error } = configSchema.safeParse(completed(found));
  return error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
}

function thrownBy(check: () => unknown): readonly string[] {
  try {
    check();
    return [];
  } catch (reason) {
    return [(reason as Error).message];
  }
}

/** A part of a configuration within a legal one; a whole one stays as it is. */
function completed(found: JsonObject): JsonObject {
  if ('roles' in found && 'commands' in found) return found;
  const merged = { ...BASE, ...found };
  for (const name of ['roles', 'commands', 'models']) {
    merged[name] = { ...(BASE[name] as JsonObject), ...(found[name] as JsonObject | undefined) };
  }
  return merged;
}

/** Comments to the end of the line, which none of the texts in our snippets look like. */
function withoutComments(text: string): string {
  return text.replaceAll(/(^|[\s,{[])\/\/[^\n]*/g, '$1');
}
