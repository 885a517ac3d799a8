/** A wildmatch class that matches only a newline, which a rule cannot contain itself. */
const NEWLINE = '[^\x01-\x09\x0b-\xff]';
const BYTE_ORDER_MARK = '\xef\xbb\xbf';

/**
 * Rewrites the rules of an ignore file in `folder` (empty, or ending with a slash) for a file at the root:
 * they apply only below the folder. Rules are bytes, one character each (latin1), and are parsed like git
 * does (`add_patterns_from_buffer` and `parse_path_pattern` in its dir.c).
 */
export function rulesBelow(folder: string, text: string): string {
  const place = escaped(folder);
  const lines = text.startsWith(BYTE_ORDER_MARK) ? text.slice(BYTE_ORDER_MARK.length) : text;
  return lines
    .split('\n')
    .map((line) => ruleBelow(place, line))
    .join('');
}

function ruleBelow(place: string, line: string): string {
  const [written = ''] = line.replace(/\r$/, '').split('\0');
  const rule = withoutTrailingSpaces(written);
  if (rule === '' || rule.startsWith('#')) return '';
  if (place === '') return `${rule}\n`;
  const [sign, pattern] = rule.startsWith('!') ? ['!', rule.slice(1)] : ['', rule];
  // A final slash selects folders; any other slash anchors the pattern.
  const tied = pattern.replace(/\/$/, '');
  if (tied === '') return '';
  const below = tied.includes('/') ? pattern.replace(/^\//, '') : `**/${pattern}`;
  return `${sign}/${place}${below}\n`;
}

/** Spaces at the end count only when they are escaped. */
function withoutTrailingSpaces(line: string): string {
  let end = 0;
  for (let at = 0; at < line.length; at += 1) {
    if (line[at] === ' ') continue;
    if (line[at] === '\\') at += 1;
    end = at + 1;
  }
  return line.slice(0, end);
}

function escaped(folder: string): string {
  return folder.replace(/[\\*?[]/g, '\\$&').replaceAll('\n', NEWLINE);
}
