import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Assignment, BatonError, type Outcome, type RoleContext } from '@baton/core';
import { MAX_TIMER_MS, traced } from '@baton/core/internal';
import { noteHindrances } from '../../process/hindered.ts';
import { keepOutput } from '../../process/keep-output.ts';
import { type CommandChannel, type CommandResult, runCommand } from '../../process/run-command.ts';
import { type Confinement, type Wall, wallOf } from '../../sandbox/wall.ts';
import { agentSpan } from '../../tracing/gen-ai.ts';
import { cancelled } from '../llm/metered-call.ts';
import { type OutcomeTools, outcomeTools } from '../llm/outcome-tools.ts';
import { promptNote } from '../llm/role-prompt.ts';
import { violationsOf } from '../review/outcome-review.ts';
import { endedEarly, goneOn, notMetered, outOfTime, refused } from './agent-failures.ts';
import { type AgentHome, openAgentHome } from './agent-home.ts';
import { createAgentPrompts } from './agent-prompts.ts';
import type { AttemptEndpoint, ResolvedAgentRoleOptions } from './agent-role-options.ts';
import { talkWithAgent } from './agent-session.ts';
import { createKnownCalls } from './known-calls.ts';
import {
  createOutcomeCollector,
  notAccepted,
  type OutcomeCollector,
  readLastMessage,
} from './outcome-collector.ts';
import { type OutcomeServer, startOutcomeServer } from './outcome-server.ts';
import { answerPermission } from './permissions.ts';
import { createSessionProgress } from './session-progress.ts';
import { createSessionTranscript, type SessionTranscript } from './session-transcript.ts';

/** How long a program whose connection broke has to exit by itself. */
const EXIT_MS = 500;

/** One performance of an assignment, and what its steps share. */
interface Attempt {
  readonly options: ResolvedAgentRoleOptions;
  readonly assignment: Assignment;
  readonly context: RoleContext;
  /** Absolute path of the folder that the agent works in. */
  readonly cwd: string;
  readonly outcomes: OutcomeTools;
  readonly collector: OutcomeCollector;
  readonly transcript: SessionTranscript;
  /** Aborts after the role's own time. */
  readonly timeout: AbortSignal;
  /** Aborts when the attempt is over. */
  readonly signal: AbortSignal;
}

/** What an agent reaches on this machine. */
interface Opened {
  readonly home: AgentHome;
  readonly server: OutcomeServer;
  readonly endpoint: AttemptEndpoint | undefined;
}

/**
 * Performs an assignment with an agent, which is started for it. When this settles, no process of it is left.
 *
 * @throws BatonError for an agent that ended without an outcome, in time.
 */
export async function performWithAgent(
  options: ResolvedAgentRoleOptions,
  assignment: Assignment,
  context: RoleContext,
): Promise<Outcome> {
  const attempt = beginAttempt(options, assignment, context);
  if (options.rolePrompt !== undefined) context.note(promptNote(options.role, options.rolePrompt));
  // What is open is closed also when what comes after it cannot be opened.
  const opened: (() => Promise<void>)[] = [attempt.transcript.keep];
  const [name, span] = agentSpan(options.name);
  try {
    const run = async () => {
      const place = await open(attempt, opened);
      const ended = await runAgent(attempt, place);
      return concluded(attempt, ended, place);
    };
    return await traced(context.telemetry, name, () => span, run);
  } finally {
    await Promise.allSettled(opened.map((close) => close()));
  }
}

function beginAttempt(
  options: ResolvedAgentRoleOptions,
  assignment: Assignment,
  context: RoleContext,
): Attempt {
  const { timeoutMs, reviews, corrections } = options;
  const cwd = context.workspace?.path ?? resolve('.');
  const timeout = AbortSignal.timeout(Math.min(timeoutMs ?? MAX_TIMER_MS, MAX_TIMER_MS));
  const signal = AbortSignal.any([context.signal, timeout]);
  const outcomes = outcomeTools(assignment);
  const shared = { assignment, context, outcomes, reviews, signal };
  const collector = createOutcomeCollector({ ...shared, maxCorrections: corrections });
  const transcript = createSessionTranscript(context, context.redact ?? ((text) => text), cwd);
  return { ...shared, options, cwd, collector, transcript, timeout };
}

/** Opens what the agent needs; `opened` gets what closes it. */
async function open(
  { options, assignment, context, outcomes, collector }: Attempt,
  opened: (() => Promise<void>)[],
): Promise<Opened> {
  const home = await openAgentHome(options.homes, options.name, assignment);
  opened.push(home.leave);
  const server = await startOutcomeServer(outcomes.descriptions, options.askTool, collector.take);
  opened.push(server.close);
  const endpoint = await options.openEndpoint?.(assignment, context);
  if (endpoint !== undefined) opened.push(() => endpoint.close());
  else context.note({ code: 'usage_not_metered', message: notMetered(options.profile) });
  return { home, server, endpoint };
}

/** How the agent's program ended, and what broke the connection with it before. */
interface Ended {
  readonly result: CommandResult;
  readonly broken: unknown;
}

/** Runs the program and talks with it; no process of it is left when this settles. */
async function runAgent(attempt: Attempt, opened: Opened): Promise<Ended> {
  const { options, context, collector, cwd, signal } = attempt;
  const { profile, argv, model, confinement } = options;
  const { home, server, endpoint } = opened;
  const wall = wallFor(
    confinement,
    { workspace: context.workspace, folder: cwd, scratch: [home.path] },
    [server.port, ...(endpoint === undefined ? [] : [Number(new URL(endpoint.url).port)])],
  );
  const confined = wall !== undefined && wall.sandbox.name !== 'none';
  const settings = profile.env({ home: home.path, model, endpoint, confined });
  // Of an agent that hands over, the conversation, the workspace and its outcome tell.
  const output = keepOutput(context, { kind: 'output', name: argv[0] ?? profile.title });
  let broken: unknown;
  const result = await runCommand({
    ...{ argv, cwd, wall, passEnv: options.passEnv, redact: context.redact },
    ...output.options,
    env: { HOME: home.path, ...settings, ...options.env },
    talk: (channel) =>
      talk(attempt, opened, channel).catch(async (reason) => {
        if (BatonError.is(reason)) throw reason;
        broken = reason;
        // How its process ended tells more, where that is why.
        await sleep(EXIT_MS);
      }),
  });
  noteHindrances(context, argv[0] ?? '', result);
  if (signal.aborted || collector.outcome() === undefined) await output.keep(result);
  return { result, broken };
}

function talk(attempt: Attempt, opened: Opened, channel: CommandChannel): Promise<void> {
  const { options, assignment, context, outcomes, collector, transcript, cwd, signal } = attempt;
  const { profile } = options;
  const { home, server, endpoint } = opened;
  const progress = createSessionProgress(context);
  const calls = createKnownCalls();
  const prompts = createAgentPrompts(assignment, options);
  return talkWithAgent({
    ...{ channel, cwd, home, server, signal, mode: options.mode },
    continues: options.continues,
    authMethod: endpoint === undefined ? undefined : profile.authMethod,
    prompt: prompts.first,
    async next(stopReason) {
      const text = progress.endTurn();
      if (collector.outcome() !== undefined || signal.aborted) return undefined;
      const unanswered = endpoint?.failure?.();
      if (unanswered !== undefined) throw unanswered;
      if (stopReason === 'refusal') throw refused(profile, text);
      const written = readLastMessage(text, outcomes);
      if (written === undefined) {
        const unanswered = endpoint?.failure?.();
        if (unanswered !== undefined) throw unanswered;
        collector.ended();
        return prompts.handOver;
      }
      const violations = await collector.take(written.kind, written.input);
      return violations.length === 0 ? undefined : notAccepted(violations);
    },
    onPrompt: transcript.told,
    onUpdate(update) {
      progress.update(update);
      calls.update(update);
      transcript.update(update);
    },
    onPermission(request) {
      const asked = { ...request, toolCall: calls.completed(request.toolCall) };
      const { permissions } = options;
      const answer = answerPermission(asked, permissions, assignment.answers, context.redact);
      if (answer.kind === 'answer') return answer.response;
      void collector.take('ask', { questions: [answer.question] }).catch(() => {});
      return { outcome: { outcome: 'cancelled' } };
    },
    settled: collector.settled,
  });
}

/** The outcome that holds now that no process of the agent is left. */
async function concluded(
  { options, assignment, context, collector, timeout }: Attempt,
  { result, broken }: Ended,
  { endpoint }: Opened,
): Promise<Outcome> {
  const { profile, reviews, timeoutMs } = options;
  if (context.signal.aborted) throw cancelled(context.signal.reason);
  if (timeout.aborted) throw outOfTime(profile, timeoutMs);
  const outcome = collector.outcome();
  if (outcome === undefined) throw endpoint?.failure?.() ?? endedEarly(profile, result, broken);
  // It may have gone on writing when its outcome was accepted.
  const changed = await violationsOf(reviews, outcome, assignment, context);
  if (changed.length > 0) throw goneOn(profile, changed);
  return outcome;
}

/** The wall of the role, with the ports of this machine that the agent needs. */
function wallFor(
  confinement: Confinement | undefined,
  place: Parameters<typeof wallOf>[1],
  ports: readonly number[],
): Wall | undefined {
  if (confinement === undefined) return undefined;
  const { network } = confinement;
  if (network === 'all') return wallOf(confinement, place);
  const listed = network === 'none' ? [] : network.hosts;
  const hosts = [...listed, ...ports.map((port) => `localhost:${port}`)];
  return wallOf({ ...confinement, network: { hosts } }, place);
}
