/** Core's requests, replies and views as messages of the wire contract, and back. */

export { retellFields, toCoreField, toJsonField, toWireField } from './field-names.ts';
export type { Mapping } from './mapping.ts';
export * from './operations.ts';
