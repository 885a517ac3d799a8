import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BatonError, PERSON } from '@baton/core';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../adapters/src/testing/temporary-folder.ts';
import { loadModuleRole } from './module-role.ts';
import { toPrincipal } from './principal-schema.ts';
import { rolesSchema } from './role-schema.ts';

function problems(code_writer: object): readonly string[] {
  const { error } = rolesSchema.safeParse({ code_writer });
  return (error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

const command = ['x'];

it('is declared for what a command or a module performs', () => {
  const principal = { models: ['acme:large'], families: ['acme'], worker: 'eve' };
  expect(problems({ command, principal })).toEqual([]);
  expect(problems({ module: 'y', principal: { kind: 'person' } })).toEqual([]);
  expect(problems({ model: 'z', principal })).toEqual([
    'code_writer.principal: goes with an agent or a command or a module only',
  ]);
  expect(toPrincipal(principal)).toEqual({
    models: ['acme:large'],
    modelFamilies: ['acme'],
    worker: 'eve',
  });
});

it.each([
  [{}, 'found nothing; expected models, families, kind or worker'],
  [{ models: [] }, 'principal.models'],
  [{ models: ['large'] }, 'expected provider:model'],
  [{ kind: 'robot' }, 'expected one of "person"|"program"'],
  [{ kind: 'person', families: ['acme'] }, 'a person has no models'],
  [{ family: 'acme' }, 'family'],
])('refuses %o', (principal, words) => {
  expect(problems({ command, principal }).join('\n')).toContain(words);
});

it('may be declared by a module itself, once', async () => {
  const folder = temporaryFolder();
  const load = (name: string, code: string, declared?: typeof PERSON) => {
    const path = join(folder, `${name}.mjs`);
    writeFileSync(path, code);
    return loadModuleRole('code_writer', path, declared).catch(
      (reason) => BatonError.from(reason).message,
    );
  };
  const perform = 'export const perform = async () => ({});';
  const own = "{ models: ['acme:large'], modelFamilies: ['acme'] }";
  const adapter = `export default { role: 'code_writer', principal: ${own}, reserve: { tokens: 7 }, perform() { return this.role; } };`;
  expect(await load('a', perform)).not.toHaveProperty('principal');
  expect(await load('b', perform, PERSON)).toMatchObject({ principal: PERSON });
  expect(await load('c', `${perform} export const principal = ${own};`)).toMatchObject({
    principal: { modelFamilies: ['acme'] },
  });
  const role = await load('d', adapter);
  expect(role).toMatchObject({ principal: { models: ['acme:large'] }, reserve: { tokens: 7 } });
  expect((role as unknown as { perform(): string }).perform()).toBe('code_writer');
  expect(await load('e', adapter, PERSON)).toContain('declares its principal itself');
  expect(await load('f', `${perform} export const principal = 'acme';`)).toContain('principal: ');
  const both = `${perform} export const principal = { ...${own}, kind: 'person' };`;
  expect(await load('g', both)).toContain('principal.kind: a person or a program has no models');
});
