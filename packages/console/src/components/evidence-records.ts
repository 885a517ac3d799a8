import type { JsonObject, JsonValue } from '@baton/core/api';
import { asObject, number, object, text, texts } from './json-fields.ts';

/** A command that was really run, as an output's evidence has it. */
export interface EvidenceRecord {
  readonly purpose: string;
  readonly argv: readonly string[];
  /** Undefined where a signal or the timeout ended it. */
  readonly exitCode: number | undefined;
  readonly durationMs: number;
  readonly tolerated: string | undefined;
  readonly sandbox: string | undefined;
  readonly workspaceDigest: string | undefined;
  readonly artifactDigest: string | undefined;
}

/** The evidence in an output. */
export function recordsIn(output: JsonObject): readonly EvidenceRecord[] {
  const found = output['evidence'];
  if (!Array.isArray(found)) return [];
  return found.flatMap((one) => {
    const record = asObject(one);
    return record === undefined ? [] : [recordOf(record)];
  });
}

/** Whether a field holds what was run for an output, and nothing else: requirements may call anything evidence. */
export function isEvidence(value: JsonValue | undefined): boolean {
  return (
    Array.isArray(value) &&
    value.every((one) => {
      const { purpose, argv } = asObject(one) ?? {};
      const isArgv = Array.isArray(argv) && argv.every((part) => typeof part === 'string');
      return typeof purpose === 'string' && isArgv;
    })
  );
}

function recordOf(found: JsonObject): EvidenceRecord {
  const sandbox = object(found, 'sandbox');
  const artifact = object(found, 'artifact');
  return {
    purpose: text(found, 'purpose') ?? '',
    argv: texts(found, 'argv'),
    exitCode: number(found, 'exitCode'),
    durationMs: number(found, 'durationMs') ?? 0,
    tolerated: text(found, 'tolerated'),
    sandbox: sandbox && text(sandbox, 'name'),
    workspaceDigest: text(found, 'workspaceDigest'),
    artifactDigest: artifact && text(artifact, 'digest'),
  };
}
