import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DescField, DescFile, DescMessage, DescMethod, DescService } from '@bufbuild/protobuf';
import { ArtifactService, AssignmentService, WorkflowService } from '../../proto/index.ts';
import { root } from '../run.ts';
import { protoComments } from './proto-comments.ts';
import { code, prose, table } from './table.ts';

const SERVICES: readonly DescService[] = [WorkflowService, AssignmentService, ArtifactService];

/** Every service, method, message and field of the wire contract, with its comment. */
export function protoReference(): string {
  const comments = protoComments();
  const comment = (name: string) => {
    const found = comments.get(name);
    if (found === undefined) throw new Error(`the wire contract has no comment on ${name}`);
    return prose(found);
  };
  const files = new Map(
    SERVICES.flatMap(({ file }) => filesOf(file)).map((one) => [one.name, one]),
  );
  const messages = [...files.values()].flatMap((file) => file.messages);
  return [
    '## Rules of every message',
    rules(),
    ...SERVICES.map((service) => serviceSection(service, comment)),
    '## Messages',
    ...messages.toSorted(byName).map((message) => messageSection(message, comment)),
  ].join('\n\n');
}

/** The file and those of Baton that it imports. */
function filesOf(file: DescFile): readonly DescFile[] {
  const imported = file.dependencies.filter(({ proto }) => proto.package === 'baton.v1');
  return [file, ...imported.flatMap(filesOf)];
}

/** The list at the top of the contract's main file. */
function rules(): string {
  const text = readFileSync(join(root, 'proto/baton/v1/workflow_service.proto'), 'utf8');
  const [top = ''] = text.split('\n\nsyntax');
  const lines = top.split('\n').map((line) => line.replace(/^\/\/ ?/, ''));
  return lines.slice(lines.findIndex((line) => line.startsWith('- '))).join('\n');
}

function serviceSection(service: DescService, comment: (name: string) => string): string {
  const rows = service.methods.map((method) => [
    code(method.name),
    `${signature(method)}. ${comment(`${service.name}.${method.name}`)}`,
  ]);
  return `## ${service.name}\n\n${comment(service.name)}\n\n${table(['method', 'does'], rows)}`;
}

function signature({ input, output, methodKind }: DescMethod): string {
  const stream = methodKind === 'server_streaming' ? 'a stream of ' : '';
  return `${linkTo(input)} → ${stream}${linkTo(output)}`;
}

function messageSection(message: DescMessage, comment: (name: string) => string): string {
  const rows = message.fields.map((field) => [
    String(field.number),
    code(field.name),
    typeOf(field),
    comment(`${message.name}.${field.name}`),
  ]);
  const fields =
    rows.length > 0 ? table(['no.', 'field', 'type', 'is'], rows) : 'It has no fields.';
  return `### ${message.name}\n\n${comment(message.name)}\n\n${fields}`;
}

function typeOf(field: DescField): string {
  if (field.fieldKind === 'map') return `map of text to ${valueType(field)}`;
  if (field.fieldKind === 'list') return `list of ${valueType(field)}`;
  const isOptional = field.proto.proto3Optional || field.oneof !== undefined;
  return isOptional ? `optional ${valueType(field)}` : valueType(field);
}

function valueType(field: DescField): string {
  if (field.message) return linkTo(field.message);
  if (field.enum) return code(field.enum.name);
  const name = SCALARS[field.scalar ?? 0];
  if (name === undefined) throw new Error(`${field}: its type has no name here`);
  return code(name);
}

/** By the numbers of google.protobuf.FieldDescriptorProto.Type. */
const SCALARS: Readonly<Record<number, string>> = {
  1: 'double',
  2: 'float',
  3: 'int64',
  4: 'uint64',
  5: 'int32',
  8: 'bool',
  9: 'string',
  12: 'bytes',
  13: 'uint32',
  17: 'sint32',
};

function linkTo({ name, typeName }: DescMessage): string {
  return typeName.startsWith('baton.') ? `[${name}](#${name.toLowerCase()})` : code(typeName);
}

function byName(left: DescMessage, right: DescMessage): number {
  return left.name < right.name ? -1 : 1;
}
