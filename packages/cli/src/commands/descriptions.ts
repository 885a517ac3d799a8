/** Every command, in the order of the help, with what it does. */
export const DESCRIPTIONS = {
  Builds: {
    init: 'write a baton.config.json for a repository',
    doctor: 'check what builds need, and say what to do about what is missing',
    run: 'build what a request asks for: all phases, on a repository',
    resume: 'go on with a build that was begun in a workspace',
    take: 'put the work of a complete build where you want it',
    prune: 'remove what lies on this machine of builds that have ended',
    demo: 'build a small web app, from request to deployment',
    worker: 'perform roles for the builds of a server, until it is told to stop',
    serve: 'serve gRPC, Connect, gRPC-Web and HTTP+JSON',
    conformance:
      'test a worker in any language against what goes wrong between workers and servers',
    mcp: 'let an agent start, follow and perform builds (Model Context Protocol)',
  },
  Operations: {
    start: 'start a workflow; others perform it',
    advance: 'hand the baton on: a role has finished a state',
    status: 'show what a workflow is about and where it stands',
    'request-retry': 'send the work back, with the reason as feedback; also out of error',
    history: 'show every handoff: from whom, to whom, what and when',
    rollback: 'go back to where a phase began, with its files; also out of error',
    cancel: 'stop a build; a retry or a rollback takes it up again',
    answer: 'answer a question that a role has asked',
    approve: 'approve or reject a move that waits for a person',
    token: 'show, at a terminal, the token that decisions about a build take',
    stats: 'show the numbers of a project, or of all',
    usage: 'show what a project has used, by role and model, for billing',
  },
  Looking: {
    list: 'list workflows',
    whoami: 'show who you are to a server, and what you may do there',
    artifacts: 'list what the attempts at a build said and printed',
    logs: 'show what models said and commands printed in a build, and follow it',
    console: 'look at builds and decide about them in a browser',
    watch: 'show the audit trail, and follow it until the workflow is complete',
    definition: 'show states, transitions, owners and gates; with --json the output schemas, too',
    audit: 'compare the audit trail with heads that were kept elsewhere',
    'config-schema': 'print the JSON Schema of baton.config.json',
  },
  Stores: {
    export: 'write a whole workflow as lines of JSON, for another store to import',
    import: 'take in a workflow that the command export has written',
    migrate: 'bring the tables of a database up to date',
    keys: 'create, list, rotate and revoke the API keys of a server',
    webhooks: 'show who is told of events, and deliver again what could not be delivered',
  },
} as const;

type Groups = typeof DESCRIPTIONS;

export type CommandName = { [G in keyof Groups]: keyof Groups[G] }[keyof Groups];

const BY_NAME: Readonly<Record<string, string>> = Object.assign({}, ...Object.values(DESCRIPTIONS));

export const COMMAND_NAMES = Object.keys(BY_NAME) as readonly CommandName[];

export function descriptionOf(name: CommandName): string {
  return BY_NAME[name] ?? '';
}

export function isCommandName(name: string | undefined): name is CommandName {
  return name !== undefined && Object.hasOwn(BY_NAME, name);
}
