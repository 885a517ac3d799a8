/** How values read: one way for each in all pages. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Such as `340 ms`, `12.4 s`, `3 min 20 s`, `2 h 05 min`, `3 d 4 h`. */
export function duration(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < 59.95 * SECOND) return `${(ms / SECOND).toFixed(1)} s`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ${pad((ms % MINUTE) / SECOND)} s`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ${pad((ms % HOUR) / MINUTE)} min`;
  return `${Math.floor(ms / DAY)} d ${Math.floor((ms % DAY) / HOUR)} h`;
}

function pad(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}

/** Such as `just now`, `4 min ago`, `3 d ago`. */
export function ago(at: number, now: number): string {
  const ms = Math.max(0, now - at);
  if (ms < 5 * SECOND) return 'just now';
  if (ms < MINUTE) return `${Math.floor(ms / SECOND)} s ago`;
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ago`;
  if (ms < DAY) return `${Math.floor(ms / HOUR)} h ago`;
  return `${Math.floor(ms / DAY)} d ago`;
}

const CLOCK = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});
const DATE = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'medium',
  timeStyle: 'medium',
  hour12: false,
});

export function clock(at: number): string {
  return CLOCK.format(at);
}

export function dateTime(at: number): string {
  return DATE.format(at);
}

const DAY_OF_MONTH = { month: 'short', day: 'numeric' } as const;
const LOCAL_DAY = new Intl.DateTimeFormat(undefined, DAY_OF_MONTH);
const UTC_DAY = new Intl.DateTimeFormat(undefined, { ...DAY_OF_MONTH, timeZone: 'UTC' });

/** Such as `Nov 30`. */
export function localDay(at: number): string {
  return LOCAL_DAY.format(at);
}

/** As `localDay`. @param day such as `2026-11-30` */
export function utcDay(day: string | undefined): string {
  return day === undefined ? '' : UTC_DAY.format(Date.parse(day));
}

/** Such as `950`, `12.4k`, `3.1M`. */
export function tokens(count: number): string {
  if (count < 1000) return String(count);
  if (count < 999_950) return `${(count / 1000).toFixed(1)}k`;
  return `${(count / 1_000_000).toFixed(1)}M`;
}

/** In the currency of the price table, which the server does not name. */
export function cost(amount: number): string {
  if (amount === 0) return '0.00';
  return amount < 0.01 ? amount.toFixed(4) : amount.toFixed(2);
}

export function bytes(count: number): string {
  if (count < 1024) return `${count} B`;
  if (count < 1024 * 1024) return `${(count / 1024).toFixed(1)} KiB`;
  return `${(count / 1024 / 1024).toFixed(1)} MiB`;
}

export function percent(part: number): string {
  return `${Math.round(part * 100)} %`;
}

/** A name of a state or a role as words: `handoff_to_coder` is `Handoff to coder`. */
export function title(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A message as a sentence of its own: what begins with a name, such as `projectId: found …`, keeps it. */
export function sentence(message: string): string {
  return /^[a-z]+ /.test(message) ? message.charAt(0).toUpperCase() + message.slice(1) : message;
}

/** Such as `1 retry`, `2 retries`. */
export function counted(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}

/** Who did something: a role by its words, a person or a worker as it is called. */
export function actor(name: string): string {
  return /^[a-z]+(_[a-z]+)+$/.test(name) ? title(name) : name;
}
