import type { Scenario } from '../scenario.ts';
import { duplicateDelivery } from './duplicate-delivery.ts';
import { heartbeat } from './heartbeat.ts';
import { lostAnswer } from './lost-answer.ts';
import { lostLease } from './lost-lease.ts';
import { normal } from './normal.ts';
import { outage } from './outage.ts';
import { refusedOutcome } from './refused-outcome.ts';
import { shutdown } from './shutdown.ts';
import { slowHeartbeat } from './slow-heartbeat.ts';
import { withdrawal } from './withdrawal.ts';

/** In the order in which they are run; the first has to pass for the others to say something. */
export const SCENARIOS: readonly Scenario[] = [
  normal,
  heartbeat,
  slowHeartbeat,
  lostAnswer,
  duplicateDelivery,
  lostLease,
  withdrawal,
  refusedOutcome,
  outage,
  shutdown,
];
