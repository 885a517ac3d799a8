import { describe, expect, it } from 'vitest';
import type { Assignment } from '../model/assignment.ts';
import { BatonError } from '../model/errors.ts';
import type { Outcome } from '../model/outcome.ts';
import type { RoleAdapter, RoleContext } from '../ports/role-adapter.ts';
import { maskedRole } from './masked-role.ts';

/** Masks from the secret to the end of the line: what is JSON by then is none any more. */
const redact = (text: string): string => text.replace(/s3cret.*/g, '***');
const DIGEST = 's3cret'.padEnd(64, '0');

const assignment = {
  workflowId: 's3cret',
  instructions: 'use s3cret',
  requirements: { request: 'use s3cret' },
  metadata: { key: 's3cret' },
  inputs: { discovery: { summary: 'a s3cret' } },
  feedback: { reason: 'no s3cret', fromState: 'testing', fromRole: 'test_auditor' },
  answers: [{ question: 'Which?', answer: 's3cret', answeredBy: 'ada' }],
  outputSchema: { title: 's3cret' },
  checkpoint: { digest: DIGEST },
} as unknown as Assignment;

/** What leaves a role that does this. */
async function leaving(perform: RoleAdapter['perform']) {
  const said: unknown[] = [];
  const context: RoleContext = {
    signal: new AbortController().signal,
    progress: (message) => said.push({ message }),
    usage: (used) => said.push({ used }),
    note: (note) => said.push({ note }),
    evidence: (record) => said.push({ record }),
    artifact: async (given, content) => void said.push({ given, content }),
  };
  const role = maskedRole({ role: 'code_writer', perform }, redact);
  const outcome = await role.perform(assignment, context).catch((reason) => reason);
  return { said, outcome };
}

const done: Outcome = { kind: 'advance', result: {} };

describe('over the border of a role', () => {
  it('no secret comes in what people and roles have said, and the rest comes as it is', async () => {
    let asked: Assignment | undefined;
    await leaving(async (given) => {
      asked = given;
      return done;
    });
    const { workflowId, outputSchema, checkpoint, ...said } = asked as Assignment;
    expect(JSON.stringify(said)).not.toContain('s3cret');
    expect(said.requirements).toEqual({ request: 'use ***' });
    expect({ workflowId, outputSchema, checkpoint }).toEqual({
      workflowId: 's3cret',
      outputSchema: { title: 's3cret' },
      checkpoint: { digest: DIGEST },
    });
  });

  it('no secret goes in what it answers, tells, notes, ran and keeps', async () => {
    const { said, outcome } = await leaving(async (_, context) => {
      context.progress('a s3cret');
      context.note({ code: 'seen', message: 'a s3cret' });
      context.evidence({ argv: ['echo', 's3cret'], outputDigest: DIGEST } as never);
      await context.artifact?.({ kind: 'output', name: 's3cret' }, 'a s3cret');
      await context.artifact?.({ kind: 'output', name: 'a' }, Buffer.from('\xffs3cret', 'latin1'));
      return { kind: 'advance', result: { summary: 's3cret', s3cret: 1 } };
    });
    expect(outcome).toEqual({ kind: 'advance', result: { summary: '***', '***': 1 } });
    expect(said).toEqual([
      { message: 'a ***' },
      { note: { code: 'seen', message: 'a ***' } },
      { record: { argv: ['echo', '***'], outputDigest: DIGEST } },
      { given: { kind: 'output', name: '***' }, content: 'a ***' },
      { given: { kind: 'output', name: 'a' }, content: Buffer.from('\xff***', 'latin1') },
    ]);
  });

  it('a line of JSON that is nested too deep to be masked is left out, and the others are kept', async () => {
    const deep = `${'['.repeat(1000)}"s3cret"${']'.repeat(1000)}`;
    const { said, outcome } = await leaving(async (_, context) => {
      const given = { kind: 'transcript', name: 'a', mediaType: 'application/jsonl' } as const;
      await context.artifact?.(given, `{"a":1}\n${deep}\n{"b":"s3cret"}\n`);
      return done;
    });
    expect(outcome).toEqual(done);
    expect(said).toMatchObject([
      {
        content: expect.stringMatching(
          /^\{"a":1\}\n"a line is left out: nested more than \d+ deep.*"\n\{"b":"\*\*\*"\}\n$/,
        ),
      },
    ]);
  });

  it('lines of JSON stay what they are', async () => {
    const lines = ['{"a":"s3cret","b":1}', 'no JSON: s3cret', '{"c":2}', ''];
    const { said } = await leaving(async (_, context) => {
      const given = { kind: 'transcript', name: 'a', mediaType: 'application/jsonl' } as const;
      await context.artifact?.(given, lines.join('\n'));
      return done;
    });
    expect(said).toMatchObject([{ content: '{"a":"***","b":1}\nno JSON: ***\n{"c":2}\n' }]);
  });

  it('no secret goes in what it throws, and what was held back is told', async () => {
    const { said, outcome } = await leaving(async (_, context) => {
      context.progress('half a s3cret');
      throw new BatonError('unavailable', 'a s3cret', {
        violations: [{ field: 'x', description: 's3cret' }],
        cause: new Error('s3cret'),
      });
    });
    expect(outcome).toMatchObject({ code: 'unavailable', message: 'a ***', retryable: true });
    expect(outcome.violations).toEqual([{ field: 'x', description: '***' }]);
    expect(outcome.cause).toBeUndefined();
    expect(said).toEqual([{ message: 'half a ***' }]);
  });

  it('the role keeps who performs it', () => {
    const role = {
      role: 'code_writer',
      principal: { kind: 'person', models: [], modelFamilies: [] },
      reserve: { tokens: 9 },
      judges: true,
      perform: async () => done,
    } as const;
    const { perform: _, ...kept } = role;
    expect(maskedRole(role, redact)).toMatchObject(kept);
  });
});
