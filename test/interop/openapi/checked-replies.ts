import { Ajv2020 } from 'ajv/dist/2020.js';

interface Operation {
  readonly responses: Readonly<Record<string, Response>>;
}

interface Response {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, { readonly schema: { readonly $ref?: string } }>>;
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, object>>;
    readonly responses: Readonly<Record<string, Response>>;
  };
}

/** Holds every reply against what the document says of it; `seen` names the operations, with the statuses. */
export function createReplyCheck(document: Document) {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema(document, 'openapi');
  const seen = new Set<string>();
  const problems: string[] = [];
  const paths = Object.keys(document.paths).map((path) => ({
    path,
    pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
    fixed: path.split('/').filter((segment) => !segment.startsWith('{')).length,
  }));
  // As in the table of routes: what is fixed wins.
  paths.sort((a, b) => b.fixed - a.fixed);

  async function check(request: Request, reply: globalThis.Response): Promise<void> {
    const { pathname } = new URL(request.url);
    const found = paths.find(({ pattern }) => pattern.test(pathname));
    const name = `${request.method} ${found?.path ?? pathname} ${reply.status}`;
    seen.add(name);
    const operation = document.paths[found?.path ?? '']?.[request.method.toLowerCase()];
    const answer = operation?.responses[String(reply.status)];
    const resolved = answer?.$ref
      ? document.components.responses[answer.$ref.split('/').at(-1) ?? '']
      : answer;
    const type = reply.headers.get('content-type') ?? '';
    const schema = resolved?.content?.[type]?.schema;
    if (schema === undefined) {
      problems.push(`${name}: ${type} is not in the document`);
      return;
    }
    const ref = schema.$ref === undefined ? schema : { $ref: `openapi${schema.$ref}` };
    const validate = ajv.compile(ref);
    if (!validate(await reply.clone().json())) {
      problems.push(`${name}: ${ajv.errorsText(validate.errors)}`);
    }
  }

  return {
    seen,
    problems,
    async fetch(request: Request): Promise<globalThis.Response> {
      const reply = await fetch(request);
      await check(request, reply);
      return reply;
    },
  };
}
