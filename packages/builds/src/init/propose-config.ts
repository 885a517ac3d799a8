import type { ConfigInput } from '../config/config-schema.ts';
import { KEY_VARIABLES } from '../config/model-schema.ts';
import type { ProposedHost } from './propose-network.ts';
import type { ProposedWorkspace } from './propose-workspace.ts';
import { gap, gapIn, type ProposedTest, type Toolchain } from './toolchain.ts';

interface Proposal {
  readonly config: ConfigInput;
  readonly found: readonly string[];
  readonly assumed: readonly string[];
}

/** What is proposed beside the commands of toolchains. */
interface ProposedParts {
  readonly model: ProposedModel;
  readonly workspace: ProposedWorkspace;
  readonly registries: readonly ProposedHost[];
  /** Line coverage of today's tests, percent; undefined: not measured. */
  readonly measured: number | undefined;
}

const NO_TESTS: ProposedTest = gap(
  'no toolchain that is known was found: write a command that runs all tests and writes {reports}/junit.xml and {reports}/lcov.info',
);
const NO_SMOKE = gap(
  'nothing tells what shows that it is live: write a command that fails while it is not',
);

/**
 * A configuration for a repository, with what it rests on.
 */
export function proposeConfig(
  [chosen, ...others]: readonly Toolchain[],
  { model: proposed, workspace, registries, measured }: ProposedParts,
): Proposal {
  const { provider, model, apiKeyEnv, hasKey } = proposed;
  const { test = NO_TESTS, install, verify = [] } = chosen ?? {};
  const { stores = [], fetches = false } = chosen ?? {};
  const hosts = registries.map(({ host }) => host);
  const fetching = fetches ? { sandbox: { network: ['@registries', ...hosts] } } : {};
  const sandbox = {
    ...(hosts.length > 0 && { network: ['@registries', '@models', ...hosts] }),
    ...(stores.length > 0 && { write: [...stores] }),
  };
  // Where that is, no file tells; what is said of all other commands must not hold it up.
  const releasing = hosts.length > 0 ? { sandbox: { network: 'all' as const } } : {};
  const rule = coverageRule(measured);
  const spaces = { name: 'no conflict markers', argv: ['git', 'diff', '--check', 'HEAD'] };
  return {
    config: {
      models: { main: { provider, model, apiKeyEnv } },
      roles: {
        q_assistant: { model: 'main' },
        code_writer: { model: 'main' },
        test_auditor: { model: 'main' },
        verification_overseer: { model: 'main' },
      },
      commands: {
        ...(install !== undefined && { install: { argv: [...install.argv] } }),
        test: {
          argv: [...test.argv],
          ...fetching,
          coverage: { ...(test.coverage !== undefined && { report: test.coverage }), ...rule },
        },
        verify: (verify.length === 0 ? [spaces] : verify).map(({ name, argv }) => ({
          name,
          argv: [...argv],
          ...fetching,
        })),
        ...(chosen?.deploy !== undefined && {
          deploy: { argv: [...chosen.deploy.argv], target: 'production', ...releasing },
          smoke: [{ name: 'it is live', argv: [...(chosen.smoke ?? NO_SMOKE).argv], ...releasing }],
        }),
      },
      ...(Object.keys(sandbox).length > 0 && { sandbox }),
      workspace: {
        ignored: [...workspace.ignored],
        ...(workspace.sources.length > 0 && { sources: [...workspace.sources] }),
        protected: [...workspace.protected],
      },
      secrets: [apiKeyEnv],
    },
    found: [
      chosen === undefined ? 'no toolchain that is known' : toolchainLine(chosen),
      ...others.map((one) => `${toolchainLine(one)}; not used`),
      ...registries.map(({ host, source }) => `the registry ${host}, by ${source}`),
      hasKey ? `a key in ${apiKeyEnv}` : 'no key of a model provider in the environment',
    ],
    assumed: [
      ...(chosen?.assumed ?? []),
      ...(gapIn(test.argv) === undefined ? [] : [`nothing about tests: ${gapIn(test.argv)}`]),
      coverageLine(rule, measured),
      ...(verify.length === 0 ? ['no checks of quality: add them to commands.verify'] : []),
      ...assumedOfRelease(chosen),
      ...(stores.length === 0
        ? []
        : [`commands keep packages in the home, and builds may write there: ${stores.join(', ')}`]),
      ...(hosts.length === 0
        ? []
        : [
            `what builds run, but for tests, checks and a deployment, reaches the usual registries, models and ${hosts.join(', ')}`,
          ]),
      ...(fetches ? ['tests and checks fetch what they need: they reach registries'] : []),
      ...(workspace.ignored.length === 0
        ? []
        : [`commands leave behind what belongs to no build: ${workspace.ignored.join(', ')}`]),
      ...(workspace.sources.length === 0
        ? []
        : [
            `the sources lie in ${workspace.sources.join(', ')}: what a build changes outside is named when it ends`,
          ]),
      `no role has to change ${workspace.protected.join(', ')}`,
      `${provider}'s ${model} works for all roles${hasKey ? '' : `, with its key in ${apiKeyEnv}`}; a budget of cost needs models.main.price`,
    ],
  };
}

function assumedOfRelease(chosen: Toolchain | undefined): readonly string[] {
  if (chosen?.deploy === undefined) {
    return [
      'builds hand a branch over and deploy nothing: to deploy, write commands.deploy and commands.smoke',
    ];
  }
  return chosen.smoke === undefined ? ['nothing about smoke tests: write commands.smoke'] : [];
}

function toolchainLine({ name, evidence }: Toolchain): string {
  return `${name}, by ${evidence.join(', ')}`;
}

const MINIMUM = 80;

/** The required line coverage, of all lines or of the lines that a build changes. */
export interface CoverageRule {
  readonly minimum: number;
  readonly of: 'all' | 'changed lines';
}

/** What a rule asks of builds, and why. */
function coverageLine({ minimum, of }: CoverageRule, measured: number | undefined): string {
  if (measured === undefined) {
    return `tests cover ${minimum} % of the lines that a build changes; where they cover as much of all lines today, write "of": "all" (baton init --run measures it)`;
  }
  const today = `tests cover ${measured} % of all lines today`;
  return of === 'all'
    ? `${today}: after a build it must be ${minimum} % of all lines`
    : `${today}, less than ${minimum} %: after a build it must be ${minimum} % of the lines that it changes`;
}

/**
 * The rule for a repository: 80 % of all where it has that today, and of the changed lines where it
 * has less or it was not measured. A build cannot be held to what the repository never had.
 *
 * @param measured percent of today's tests.
 */
export function coverageRule(measured: number | undefined): CoverageRule {
  return { minimum: MINIMUM, of: (measured ?? 0) >= MINIMUM ? 'all' : 'changed lines' };
}

/** A model to begin with, of each provider whose key may be there. */
const MODELS = [
  { provider: 'anthropic', model: 'claude-sonnet-4-5' },
  { provider: 'openai', model: 'gpt-5.1' },
  { provider: 'google', model: 'gemini-2.5-pro' },
] as const;

interface ProposedModel {
  readonly provider: (typeof MODELS)[number]['provider'];
  readonly model: string;
  readonly apiKeyEnv: string;
  /** Whether its key is there. */
  readonly hasKey: boolean;
}

/** The model of the first provider whose key is in the environment, or the first. */
export function proposeModel(env: Readonly<Record<string, string | undefined>>): ProposedModel {
  const found = MODELS.find(({ provider }) => env[KEY_VARIABLES[provider]]);
  const { provider, model } = found ?? MODELS[0];
  return { provider, model, apiKeyEnv: KEY_VARIABLES[provider], hasKey: found !== undefined };
}
