import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Assignment,
  BatonError,
  type Outcome,
  type RoleAdapter,
  type RoleContext,
} from '@baton/core';
import { MAX_TIMER_MS } from '@baton/core/internal';
import { noteHindrances } from '../../process/hindered.ts';
import { keepOutput } from '../../process/keep-output.ts';
import { runCommand } from '../../process/run-command.ts';
import { type Confinement, type Wall, wallOf } from '../../sandbox/wall.ts';
import { cancelled } from '../llm/metered-call.ts';
import { outcomeTools } from '../llm/outcome-tools.ts';
import { promptNote } from '../llm/role-prompt.ts';
import { violationsOf } from '../review/outcome-review.ts';
import { endedEarly, goneOn, notMetered, outOfTime, refused } from './agent-failures.ts';
import { openAgentHome } from './agent-home.ts';
import { createAgentPrompts } from './agent-prompts.ts';
import {
  type AgentRoleOptions,
  type ResolvedAgentRoleOptions,
  resolveAgentRoleOptions,
} from './agent-role-options.ts';
import { talkWithAgent } from './agent-session.ts';
import { createOutcomeCollector, notAccepted, readLastMessage } from './outcome-collector.ts';
import { startOutcomeServer } from './outcome-server.ts';
import { answerPermission } from './permissions.ts';
import { createSessionProgress } from './session-progress.ts';

/** How long a program whose connection broke has to exit by itself. */
const EXIT_MS = 500;

/**
 * A role that a coding agent performs: Claude Code, Codex, Gemini CLI, OpenCode, or another that speaks the Agent
 * Client Protocol. It works in the workspace with its own tools, and hands over by tools that it gets over MCP. When
 * `perform` settles, no process of it is left.
 *
 * @throws BatonError `invalid_input` for options that cannot work.
 * @example
 * import { createAgentRole } from '@baton/adapters/agent';
 *
 * const codeWriter = createAgentRole({ role: 'code_writer', agent: 'claude' });
 */
export function createAgentRole(options: AgentRoleOptions): RoleAdapter {
  const resolved = resolveAgentRoleOptions(options);
  const { role, principal, reserve } = resolved;
  return {
    role,
    ...(principal !== undefined && { principal }),
    ...(reserve !== undefined && { reserve }),
    perform: (assignment, context) => perform(resolved, assignment, context),
  };
}

async function perform(
  options: ResolvedAgentRoleOptions,
  assignment: Assignment,
  context: RoleContext,
): Promise<Outcome> {
  const { profile, argv, reviews, timeoutMs, confinement } = options;
  const { workspace } = context;
  const cwd = workspace?.path ?? resolve('.');
  const timeout = AbortSignal.timeout(Math.min(timeoutMs ?? MAX_TIMER_MS, MAX_TIMER_MS));
  const signal = AbortSignal.any([context.signal, timeout]);
  const outcomes = outcomeTools(assignment);
  const collector = createOutcomeCollector({
    ...{ assignment, context, outcomes, reviews, signal },
    maxCorrections: options.corrections,
  });
  if (options.rolePrompt !== undefined) context.note(promptNote(options.role, options.rolePrompt));
  // What is open is closed also when what comes after it cannot be opened.
  const opened: (() => Promise<void>)[] = [];
  try {
    const home = await openAgentHome(options.homes, options.name, assignment);
    opened.push(home.leave);
    const server = await startOutcomeServer(outcomes.descriptions, collector.take);
    opened.push(server.close);
    const endpoint = await options.openEndpoint?.(assignment, context);
    if (endpoint !== undefined) opened.push(() => endpoint.close());
    else context.note({ code: 'usage_not_metered', message: notMetered(profile) });
    const wall = wallFor(confinement, { workspace, folder: cwd, scratch: [home.path] }, [
      server.port,
      ...(endpoint === undefined ? [] : [Number(new URL(endpoint.url).port)]),
    ]);
    const progress = createSessionProgress(context);
    const prompts = createAgentPrompts(assignment, options);
    let broken: unknown;
    // Of an agent that hands over, the workspace and its outcome tell.
    const output = keepOutput(context, { kind: 'output', name: argv[0] ?? profile.title });
    const result = await runCommand({
      argv,
      cwd,
      wall,
      passEnv: options.passEnv,
      env: {
        HOME: home.path,
        ...profile.env({
          home: home.path,
          model: options.model,
          endpoint,
          confined: wall !== undefined && wall.sandbox.name !== 'none',
        }),
        ...options.env,
      },
      redact: context.redact,
      ...output.options,
      talk: (channel) =>
        talkWithAgent({
          ...{ channel, cwd, home, server, signal },
          continues: options.continues,
          mode: options.mode,
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
              collector.ended();
              return prompts.handOver;
            }
            const violations = await collector.take(written.kind, written.input);
            return violations.length === 0 ? undefined : notAccepted(violations);
          },
          onUpdate: progress.update,
          onPermission(request) {
            const answer = answerPermission(request, options.permissions, assignment.answers);
            if (answer.kind === 'answer') return answer.response;
            void collector.take('ask', { questions: [answer.question] });
            return { outcome: { outcome: 'cancelled' } };
          },
          settled: collector.settled,
        }).catch(async (reason) => {
          if (BatonError.is(reason)) throw reason;
          broken = reason;
          // How its process ended tells more, where that is why.
          await sleep(EXIT_MS);
        }),
    });
    noteHindrances(context, argv[0] ?? '', result);
    if (signal.aborted || collector.outcome() === undefined) await output.keep(result);
    if (context.signal.aborted) throw cancelled(context.signal.reason);
    if (timeout.aborted) throw outOfTime(profile, timeoutMs);
    const outcome = collector.outcome();
    if (outcome === undefined) throw endpoint?.failure?.() ?? endedEarly(profile, result, broken);
    // It may have gone on writing when its outcome was accepted; now no process of it is left.
    const changed = await violationsOf(reviews, outcome, assignment, context);
    if (changed.length > 0) throw goneOn(profile, changed);
    return outcome;
  } finally {
    await Promise.allSettled(opened.map((close) => close()));
  }
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
