import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';
import ts from 'typescript';
import { onTestFinished } from 'vitest';

export interface GeneratedClient {
  /** What is wrong with a program on the generated types, in words. */
  problems(program: string): readonly string[];
  /** The exports of a program, which is run as it is. */
  load(program: string): Promise<Record<string, unknown>>;
}

/** Generates the types of a client from a document, as a user would, in a folder of its own. */
export async function generateClient(document: string): Promise<GeneratedClient> {
  const folder = mkdtempSync(join(tmpdir(), 'baton-openapi-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  symlinkSync(join(import.meta.dirname, '../../node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'schema.d.ts'), astToString(await openapiTS(document)));
  let written = 0;
  const write = (program: string): string => {
    const path = join(folder, `program-${++written}.ts`);
    writeFileSync(path, program);
    return path;
  };
  return {
    problems(program) {
      const checked = ts.createProgram([write(program)], {
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        exactOptionalPropertyTypes: true,
        allowImportingTsExtensions: true,
        target: ts.ScriptTarget.ES2024,
        module: ts.ModuleKind.NodeNext,
        moduleResolution: ts.ModuleResolutionKind.NodeNext,
        types: [],
        lib: ['lib.es2024.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
      });
      return ts
        .getPreEmitDiagnostics(checked)
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
    },
    async load(program) {
      return import(/* @vite-ignore */ pathToFileURL(write(program)).href);
    },
  };
}
