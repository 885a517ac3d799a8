import type { Connection } from './connection.ts';
import { parseJson } from './json-text.ts';
import { SCRIPTS } from './scripts.ts';

/** The workflow that has a build id. */
export interface Reservation {
  readonly workflowId: string;
  /** The arguments that create the workflow, until it is known to exist. */
  readonly create?: readonly string[];
}

export function reservationText(reservation: Reservation): string {
  return JSON.stringify(reservation);
}

/** @throws BatonError `data_loss` that names the key. */
export function parseReservation(key: string, text: string): Reservation {
  return parseJson<Reservation>(text, key, 'value');
}

/** Replaces `held` by `text`, or removes it for ''. Returns false when the key no longer holds `held`. */
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

/** The reservation without the arguments, once the workflow exists. */
export function shortened(key: string, held: string): string {
  return reservationText({ workflowId: parseReservation(key, held).workflowId });
}
