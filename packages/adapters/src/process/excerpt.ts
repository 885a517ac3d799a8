import { stripVTControlCharacters } from 'node:util';
import type { RoleContext } from '@baton/core';

/** A text with its secrets masked. Take it before the text is cut, because half a secret is not known as one. */
export function shownText({ redact }: Pick<RoleContext, 'redact'>, text: string): string {
  return redact?.(text) ?? text;
}

/** The first `count` characters of a program's output, as text that every store accepts. */
export function firstOf(text: string, count: number): string {
  const clean = storable(text);
  return clean.length <= count ? clean : `${clean.slice(0, count).toWellFormed()}…`;
}

/** The last `count` characters of a program's output, as text that every store accepts. */
export function lastOf(text: string, count: number): string {
  const clean = storable(text);
  return clean.length <= count ? clean : `…${clean.slice(-count).toWellFormed()}`;
}

/** Removes colours, NUL and lone surrogates, which stores refuse. */
function storable(text: string): string {
  return stripVTControlCharacters(text).replaceAll('\u0000', '\ufffd').trim().toWellFormed();
}
