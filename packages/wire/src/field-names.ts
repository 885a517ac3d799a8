import { ArtifactService, AssignmentService, WorkflowService } from '@baton/proto';
import type { DescField, DescMessage } from '@bufbuild/protobuf';
import { coreName } from './plan.ts';
import { RULES } from './rules.ts';

/**
 * What the fields of requests are called: by embedded callers and users of the client, and on the wire.
 * Only names that a request has are turned into each other; what a caller calls the members of a payload
 * stays as it is.
 */

const { toWire, toCore, ownToWire, ownToCore, payloads, maps } = tables();

/**
 * The path of a field as protobuf names it, from the path as core names it.
 *
 * @param request the type of the refused request; without it, names that requests share are told alike.
 */
export function toWireField(path: string, request?: string): string {
  return translate(path, (name) => ownToWire.get(`${request} ${name}`) ?? toWire.get(name));
}

/** The path of a field as the protobuf JSON mapping names it, from the path as core names it. */
export function toJsonField(path: string): string {
  return translate(path, (name) => {
    const wire = toWire.get(name);
    return wire === undefined ? undefined : camel(wire);
  });
}

/**
 * The path of a field as core names it, from the path as protobuf names it.
 *
 * @param request the type of the refused request.
 */
export function toCoreField(path: string, request?: string): string {
  return translate(path, (name) => ownToCore.get(`${request} ${name}`) ?? toCore.get(name));
}

/**
 * A message with its fields by other names. What is said of a request begins each problem with the
 * field's path, as its violations do.
 */
export function retellFields(
  message: string,
  violations: readonly { readonly field: string; readonly description: string }[],
  nameOf: (field: string) => string,
): string {
  return violations.reduce(
    (told, { field, description }) =>
      field === ''
        ? told
        : told.replace(`${field}: ${description}`, () => `${nameOf(field)}: ${description}`),
    message,
  );
}

/** Part by part, down to where the caller's own names begin. */
function translate(path: string, nameOf: (part: string) => string | undefined): string {
  const parts = path.split('.');
  const end = parts.findIndex((part, index) => {
    const before = parts[index - 1] ?? '';
    if (payloads.has(before)) return true;
    return nameOf(part) === undefined && !/^\d+$/.test(part) && !maps.has(before);
  });
  const ours = end === -1 ? parts : parts.slice(0, end);
  const theirs = end === -1 ? [] : parts.slice(end);
  const isKey = (index: number) => maps.has(parts[index - 1] ?? '');
  return [
    ...ours.map((part, index) => (isKey(index) ? part : (nameOf(part) ?? part))),
    ...theirs,
  ].join('.');
}

function tables() {
  const toWire = new Map<string, string>();
  const toCore = new Map<string, string>();
  /** By request and field, where core has a word of its own in that request. */
  const ownToCore = new Map<string, string>();
  const ownToWire = new Map<string, string>();
  const payloads = new Set<string>();
  const maps = new Set<string>();
  const seen = new Set<DescMessage>();
  const addName = (message: DescMessage, field: DescField) => {
    const core = coreName(field, RULES[message.name] ?? {});
    for (const name of [field.name, field.localName, core]) toWire.set(name, field.name);
    if (core !== field.localName) {
      ownToCore.set(`${message.typeName} ${field.name}`, core);
      ownToWire.set(`${message.typeName} ${core}`, field.name);
    }
    // Where requests differ, the one that calls it as the wire does says what the rest call it.
    if (core === field.localName || !toCore.has(field.name)) toCore.set(field.name, core);
  };
  const collect = (message: DescMessage) => {
    if (seen.has(message)) return;
    seen.add(message);
    for (const field of message.fields) {
      addName(message, field);
      if (field.fieldKind === 'map') maps.add(field.name);
      if (field.message?.typeName === 'google.protobuf.Struct') payloads.add(field.name);
      else if (field.message?.typeName.startsWith('baton.')) collect(field.message);
    }
  };
  for (const { methods } of [WorkflowService, AssignmentService, ArtifactService]) {
    for (const { input } of methods) collect(input);
  }
  return { toWire, toCore, ownToCore, ownToWire, payloads, maps };
}

function camel(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
