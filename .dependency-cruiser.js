// Which way dependencies may point.
import { builtinModules } from 'node:module';

const TESTS = '\\.test\\.ts$';
const CORE = '^packages/core/src/';
const MODEL = `${CORE}model/`;
const MACHINE = `${CORE}machine/`;
// Contract suites run inside vitest, which their users bring along.
const TESTING = `${CORE}testing/`;
// What tests share, beside the sources that they test.
const HELPERS = '/testing/';
const ZOD = 'node_modules/zod/';
const BUILTINS = `^(node:)?(${builtinModules.join('|')})$`;

/** Files in `from`, their tests aside, may depend on nothing but `to`. */
function only(name, from, to, comment) {
  return {
    name,
    comment,
    severity: 'error',
    from: { path: from, pathNot: [TESTS, HELPERS] },
    to: { pathNot: to },
  };
}

/** Production code that lives in `from` must not depend on the packages in `to`. */
function never(name, from, to, comment) {
  return {
    name,
    comment,
    severity: 'error',
    from: { path: from, pathNot: [TESTS, HELPERS] },
    to: { path: to },
  };
}

export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Files that need each other are one file.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      comment: 'A dependency that is not found is a dependency that is not checked.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    only('model-is-self-contained', MODEL, [MODEL, ZOD], 'The model imports zod and itself.'),
    only('machine-is-pure', MACHINE, [MACHINE, MODEL], 'The machine imports the model and itself.'),
    {
      name: 'core-needs-only-zod',
      comment: "Core imports zod and Node's own modules; its contract suites may use vitest.",
      severity: 'error',
      from: { path: CORE, pathNot: [TESTS, HELPERS] },
      to: { pathNot: [CORE, ZOD], dependencyTypesNot: ['core'] },
    },
    {
      name: 'contract-suites-need-only-vitest',
      comment: 'What core offers for testing imports core, zod and vitest.',
      severity: 'error',
      from: { path: TESTING, pathNot: TESTS },
      to: { pathNot: [CORE, ZOD, 'node_modules/vitest/'], dependencyTypesNot: ['core'] },
    },
    never(
      'adapters-need-only-core',
      '^packages/adapters/src/',
      '^(packages/(server|client|builds|cli|mcp|telemetry)|proto)/',
      'Of our packages, adapters import core.',
    ),
    never(
      'telemetry-needs-only-core-and-adapters',
      '^packages/telemetry/src/',
      '^(packages/(server|client|builds|cli|mcp|wire)|proto)/',
      'Of our packages, telemetry imports core and adapters.',
    ),
    never(
      'mcp-needs-only-core',
      '^packages/mcp/src/',
      '^(packages/(server|client|adapters|builds|cli|wire)|proto)/',
      'Of our packages, the MCP server imports core.',
    ),
    never(
      'files-stand-alone',
      '^packages/adapters/src/files/',
      '^packages/adapters/src/(?!files/)',
      'Access to files knows of nothing above it.',
    ),
    never(
      'git-needs-only-files',
      '^packages/adapters/src/git/',
      '^packages/adapters/src/(?!(files|git)/)',
      'How git is run and read knows of files alone.',
    ),
    never(
      'client-needs-only-the-contract',
      '^packages/client/src/(?!worker/)',
      '^packages/(server/|adapters/|builds/|cli/|mcp/|client/src/worker/|core/src/(?!(api|errors|waits)\\.ts$))',
      "Of our packages, the client imports proto, wire, and core's errors, types and waits.",
    ),
    never(
      'console-needs-the-client-and-types',
      '^packages/console/src/',
      '^(packages/(server|adapters|builds|cli|mcp|telemetry|wire)|proto)/|^packages/core/src/(?!api\\.ts$)',
      'Of our packages, the console imports the client, and the types of core.',
    ),
    never(
      'worker-needs-client-and-core',
      '^packages/client/src/worker/',
      '^(packages/(server|adapters|builds|cli|mcp|wire)|proto)/',
      'Of our packages, a worker imports the client, and the runner of core.',
    ),
    never(
      'wire-needs-only-the-contract',
      '^packages/wire/src/',
      '^packages/(server/|client/|adapters/|builds/|cli/|mcp/|core/src/(?!(api|errors)\\.ts$))',
      "Of our packages, the mapping imports proto, and core's errors and types.",
    ),
    never(
      'server-is-below-clients',
      '^packages/server/src/',
      '^packages/(client|builds|cli)/',
      'Of our packages, the server imports core, adapters, mcp, telemetry, proto and wire.',
    ),
    never(
      'proto-stands-alone',
      '^proto/',
      '^packages/',
      'The contract imports none of our packages.',
    ),
    {
      name: 'nothing-needs-builds',
      comment: 'Of our packages, only the CLI stands on builds.',
      severity: 'error',
      from: { path: '^(packages|proto|bench)/', pathNot: '^packages/(builds|cli)/' },
      to: { path: '^packages/builds/' },
    },
    {
      name: 'nothing-needs-cli',
      comment: 'The CLI is the outermost package.',
      severity: 'error',
      from: { path: '^(packages|proto|bench)/', pathNot: '^packages/cli/' },
      to: { path: '^packages/cli/' },
    },
    {
      name: 'servers-and-clients-are-loaded-when-needed',
      comment:
        'They take half of the time in which a command starts: import them where they are used.',
      severity: 'error',
      from: {
        path: '^packages/(builds|cli)/src/',
        pathNot: [TESTS, HELPERS, '^packages/builds/src/conformance/'],
      },
      to: {
        path: '^packages/(server|client|mcp)/',
        dependencyTypesNot: ['dynamic-import', 'type-only'],
      },
    },
    {
      name: 'browser-safe',
      comment: "What a browser loads must not reach Node's own modules.",
      severity: 'error',
      from: { path: `^packages/client/src/browser\\.ts$|${CORE}(errors|waits)\\.ts$` },
      to: { reachable: true, path: BUILTINS },
    },
    {
      name: 'no-tests-in-production',
      comment: 'Production code must not import tests.',
      severity: 'error',
      from: { path: '^(packages/[^/]+/src|proto)/', pathNot: [TESTS, HELPERS] },
      to: {
        path: [
          TESTS,
          '^(test|bench|scripts)/',
          '^packages/(?!core/)[^/]+/src/.*/testing/',
          `${CORE}(?!testing/).+/testing/`,
        ],
      },
    },
    {
      name: 'no-undeclared-dependencies',
      comment:
        'Production code imports only what its own package.json names as a dependency, or as a peer.',
      severity: 'error',
      from: { path: '^(packages/[^/]+/src|proto)/', pathNot: [TESTS, HELPERS] },
      // A driver that users bring along is installed here for the tests too.
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['npm-peer'],
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: {
      // `bench/peers` has dependencies of its own, which are installed by hand.
      path: '^bench/peers/|^packages/console/static[^/]*/|^(packages/[^/]+|proto|test|bench)/(dist/|\\.built-[^/]+/|\\.types/|tsup\\.config\\.ts$)',
    },
    // Imports of types count as well.
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['baton-source', 'node', 'import', 'types', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  },
};
