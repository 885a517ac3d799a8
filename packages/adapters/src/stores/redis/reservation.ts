import type { Connection } from './connection.ts';
import { parseJson } from './json-text.ts';
import { SCRIPTS } from './scripts.ts';

/** Who has a build id. */
export interface Reservation {
  readonly workflowId: string;
  /** What creates the workflow, until it is known to be there. */
  readonly create?: readonly string[];
}

export function reservationText(reservation: Reservation): string {
  return JSON.stringify(reservation);
}

/** @throws BatonError `data_loss` that names the key. */
export function parseReservation(key: string, text: string): Reservation {
  return parseJson<Reservation>(text, key, 'value');
}

/** Leaves the workflow's id alone in the reservation. False when it holds something else by now. */
export async function shorten(connection: Connection, key: string, held: string): Promise<boolean> {
  const short = reservationText({ workflowId: parseReservation(key, held).workflowId });
  const args = [held, short];
  const [kind] = await connection.run({ script: SCRIPTS.replaceReservation, keys: [key], args });
  return kind === 'replaced';
}
