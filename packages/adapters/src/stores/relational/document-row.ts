import type { DocumentText } from '@baton/core/internal';
import type { Row } from './workflow-row.ts';

export function toDocumentText(row: Row): DocumentText {
  const { key, version, value } = row;
  return { key: key as string, version: version as number, text: value as string };
}
