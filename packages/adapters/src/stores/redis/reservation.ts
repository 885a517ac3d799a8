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

/** Keeps `text` there, or nothing for ''. False when something else than `held` is there by now. */
export async function replaceReservation(
  connection: Connection,
  key: string,
  held: string,
  text: string,
): Promise<boolean> {
  const args = [held, text];
  const [kind] = await connection.run({ script: SCRIPTS.replaceReservation, keys: [key], args });
  return kind === 'replaced';
}

/** What is left of a reservation when its workflow is there. */
export function shortened(key: string, held: string): string {
  return reservationText({ workflowId: parseReservation(key, held).workflowId });
}
