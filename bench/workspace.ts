import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createGitWorkspaceProvider } from '@baton/adapters/workspace';
import type { WorkspaceFiles } from '@baton/core';
import { percentile } from './compare.ts';

/*
 * What a workspace costs in a large repository: opening it beside `git worktree add`, a digest and a
 * checkpoint after a change of ten files, and the questions of a Code Writer's reviews, each about files read
 * for it and all about one snapshot, with a short history and a deep one.
 *
 *   pnpm bench:workspace --files 50000 --commits 2000 --rounds 3
 */

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '50000' },
    commits: { type: 'string', default: '2000' },
    rounds: { type: 'string', default: '3' },
  },
});
const files = Number(values.files);
const commits = Number(values.commits);
const rounds = Number(values.rounds);

const root = mkdtempSync(join(tmpdir(), 'baton-bench-workspace-'));
const repository = join(root, 'repository');

/** As `git fast-import` reads it: one commit with all files, then `later` that change one each. */
function* history(later: number): Generator<string> {
  const content = (seed: number) => `${`line of file ${seed}\n`.repeat(60 + (seed % 240))}`;
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const commit = (n: number) =>
    `commit refs/heads/main\ncommitter Bench <bench@example.org> ${1_700_000_000 + n} +0000\n${data(`${n}`)}`;
  yield commit(0);
  for (let at = 0; at < files; at++) {
    yield `M 100644 inline d${at % 50}/e${at % 1000}/f${at}.ts\n${data(content(at))}`;
  }
  for (let n = 1; n <= later; n++) {
    yield `${commit(n)}M 100644 inline d0/e0/f0.ts\n${data(content(n))}`;
  }
}

function makeRepository(later: number): void {
  rmSync(repository, { recursive: true, force: true });
  mkdirSync(repository);
  const git = (args: readonly string[], input?: string) =>
    execFileSync('git', [...args], {
      cwd: repository,
      input,
      stdio: ['pipe', 'ignore', 'inherit'],
    });
  git(['init', '--quiet', '--initial-branch', 'main']);
  git(['fast-import', '--quiet'], [...history(later)].join(''));
  git(['reset', '--quiet', '--hard']);
}

async function timed(work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

interface Round {
  readonly worktreeAdd: number;
  readonly open: number;
  readonly digest: number;
  readonly asked: number;
  readonly askedOfSnapshot: number;
  readonly checkpoint: number;
  readonly reopen: number;
}

async function askAsReviews(files: WorkspaceFiles): Promise<void> {
  for (const since of ['start', 'start', 'start', 'entry'] as const)
    await files.changedFiles(since);
}

async function measure(round: number): Promise<Round> {
  const env = { ...process.env, BATON_HOME: join(root, 'home') };
  const provider = createGitWorkspaceProvider({ repository, env });
  const plain = join(root, 'plain');
  const worktreeAdd = await timed(() =>
    execFileSync('git', ['worktree', 'add', '--quiet', '--detach', plain], { cwd: repository }),
  );
  execFileSync('git', ['worktree', 'remove', '--force', plain], { cwd: repository });
  const id = `bench-${round}`;
  let workspace = undefined as Awaited<ReturnType<typeof provider.open>> | undefined;
  const open = await timed(async () => {
    workspace = await provider.open(id, undefined);
  });
  if (workspace === undefined) throw new Error('not opened');
  const { path, ...opened } = workspace;
  for (let n = 0; n < 10; n++) writeFileSync(join(path, `d${n}`, `changed-${round}.ts`), `${n}\n`);
  const digest = await timed(() => opened.digest());
  const asked = await timed(() => askAsReviews(opened));
  const askedOfSnapshot = await timed(async () => askAsReviews(await opened.snapshot()));
  let made = undefined as Awaited<ReturnType<typeof opened.checkpoint>> | undefined;
  const checkpoint = await timed(async () => {
    made = await opened.checkpoint('bench');
  });
  const reopen = await timed(() => provider.open(id, made));
  await provider.remove(id);
  return { worktreeAdd, open, digest, asked, askedOfSnapshot, checkpoint, reopen };
}

async function series(later: number): Promise<readonly Round[]> {
  makeRepository(later);
  await measure(0);
  const all: Round[] = [];
  for (let round = 1; round <= rounds; round++) all.push(await measure(round));
  return all;
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;

function print(title: string, all: readonly Round[]): void {
  const median = (pick: (round: Round) => number) => percentile(all.map(pick), 0.5);
  console.log(title);
  console.log(`  git worktree add           ${seconds(median((one) => one.worktreeAdd))}`);
  console.log(`  opening                    ${seconds(median((one) => one.open))}`);
  console.log(`  digest after ten files     ${seconds(median((one) => one.digest))}`);
  console.log(`  a writer's reviews, each   ${seconds(median((one) => one.asked))}`);
  console.log(`  the same of one snapshot   ${seconds(median((one) => one.askedOfSnapshot))}`);
  console.log(`  checkpoint after ten files ${seconds(median((one) => one.checkpoint))}`);
  console.log(`  opening again, unchanged   ${seconds(median((one) => one.reopen))}`);
  const ratio = median((one) => one.open / one.worktreeAdd);
  console.log(`  opening / git worktree add = ${ratio.toFixed(2)} (aim: at most 1.5)`);
}

try {
  const shallow = await series(0);
  print(`${files} files, 1 commit`, shallow);
  const deep = await series(commits);
  print(`${files} files, ${commits + 1} commits`, deep);
  const of = (all: readonly Round[]) =>
    percentile(
      all.map((one) => one.checkpoint),
      0.5,
    );
  console.log(`  checkpoint, deep / short history = ${(of(deep) / of(shallow)).toFixed(2)}`);
} finally {
  rmSync(root, { recursive: true, force: true });
}
