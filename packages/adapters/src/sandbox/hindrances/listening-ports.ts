import { readFileSync } from 'node:fs';

/** Any address and loopback addresses, as Linux writes them. */
const REACHED_LOCALLY = /^(?:0+|[0-9A-F]{6}7F|0{24}01000000|0{16}FFFF0000[0-9A-F]{6}7F)$/;
const LISTENS = '0A';

/**
 * Ports on which programs listen on this machine's loopback; undefined where the system does not tell. It
 * makes no connections, because hostile output may name the ports.
 */
export function listeningPorts(): ReadonlySet<number> | undefined {
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap(read);
  if (tables.length === 0) return undefined;
  const ports = new Set<number>();
  for (const line of tables.flatMap((table) => table.split('\n').slice(1))) {
    const [, local = '', , state] = line.trim().split(/\s+/);
    const [address = '', port = ''] = local.split(':');
    if (state === LISTENS && REACHED_LOCALLY.test(address)) ports.add(Number.parseInt(port, 16));
  }
  return ports;
}

function read(path: string): readonly string[] {
  try {
    return [readFileSync(path, 'utf8')];
  } catch {
    return [];
  }
}
