// Performs roles of a shared build on one machine; dies or pauses on the way where it is told to.
// argv: JSON of what to carry, crash point, which time, signal.
import { type CarryShared, carryShared, type SharedPoint } from './carry-shared.ts';

const [carried = '', point, nth, signal] = process.argv.slice(2);
let passed = 0;
await carryShared({
  ...(JSON.parse(carried) as Omit<CarryShared, 'fuse'>),
  fuse: {
    pass(here: SharedPoint) {
      if (here === point && ++passed === Number(nth)) process.kill(process.pid, signal);
    },
  },
});
