import { InvalidArgumentError } from 'commander';

/** A definition as it is named on the command line. */
export interface NamedDefinition {
  readonly name: string;
  readonly version?: number;
}

/** @throws InvalidArgumentError for what is no name, with or without a version. */
export function toDefinitionRequest(text: string): NamedDefinition {
  const [, name, version] = /^([^@]+)(?:@(\d{1,9}))?$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError('Expected a name, or name@version.');
  return version === undefined ? { name } : { name, version: Number(version) };
}
