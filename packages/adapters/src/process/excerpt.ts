import { stripVTControlCharacters } from 'node:util';

/** The first `count` characters of what a program wrote, as text that every store can keep. */
export function firstOf(text: string, count: number): string {
  const clean = storable(text);
  return clean.length <= count ? clean : `${clean.slice(0, count).toWellFormed()}…`;
}

/** The last `count` characters of what a program wrote, as text that every store can keep. */
export function lastOf(text: string, count: number): string {
  const clean = storable(text);
  return clean.length <= count ? clean : `…${clean.slice(-count).toWellFormed()}`;
}

/** Without colours, NUL and lone surrogates, which a store would refuse. */
function storable(text: string): string {
  return stripVTControlCharacters(text).replaceAll('\u0000', '\ufffd').trim().toWellFormed();
}
