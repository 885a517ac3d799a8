import { changeQuery } from '../../../app/router.tsx';
import { Select } from '../../../components/form/fields.tsx';
import { dateTime } from '../../../components/format.ts';
import { short } from '../evidence.ts';
import type { Checkpoint } from './checkpoints.ts';

interface CompareBarProps {
  readonly checkpoints: readonly Checkpoint[];
  /** Undefined: what is shown lies between no two checkpoints. */
  readonly from: Checkpoint | undefined;
  readonly to: Checkpoint | undefined;
}

/** Which two checkpoints are compared; the address has them. */
export function CompareBar({ checkpoints, from, to }: CompareBarProps) {
  const options = checkpoints.map((one) => ({ value: one.key, words: wordsOf(one) }));
  const choices = (chosen: Checkpoint | undefined) =>
    chosen === undefined ? [{ value: '', words: 'Choose a checkpoint' }, ...options] : options;
  const compare = (keys: { readonly from?: string; readonly to?: string }) =>
    changeQuery({ artifact: '', from: from?.key ?? '', to: to?.key ?? '', ...keys });
  return (
    <div className="compare">
      <Select
        label="From"
        value={from?.key ?? ''}
        onChange={(key) => compare({ from: key })}
        options={choices(from)}
      />
      <Select
        label="To"
        value={to?.key ?? ''}
        onChange={(key) => compare({ to: key })}
        options={choices(to)}
      />
    </div>
  );
}

/** Such as `After implementation, epoch 2 · 1a2b3c4d5e · Nov 30, 2026, 12:00:00 · withdrawn`. */
function wordsOf({ name, digest, at, left }: Checkpoint): string {
  return [name, digest && short(digest), dateTime(at), left]
    .filter((part) => part !== undefined)
    .join(' · ');
}
