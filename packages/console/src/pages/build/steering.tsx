import { useMay } from '../../api/caller.ts';
import { useParam } from '../../app/router.tsx';
import type { BuildView } from './build-view.ts';
import { CancelDialog } from './cancel-dialog.tsx';
import { RetryDialog } from './retry-dialog.tsx';
import { RollbackDialog } from './rollback-dialog.tsx';

/** What a person can ask of a build; the dialog that is open is in the address. */
export function Steering({ view }: { view: BuildView }) {
  const [open, setOpen] = useParam('do');
  const maySteer = useMay('steer');
  if (!maySteer || view.status.completedAt !== undefined) return null;
  const close = () => setOpen('', true);
  // One that waits in `error` has stopped already.
  const mayStop = view.status.failure === undefined;
  return (
    <div className="actions">
      <button
        type="button"
        // What a failed build most often needs.
        className={mayStop ? undefined : 'primary'}
        onClick={() => setOpen('retry')}
      >
        Request retry
      </button>
      <button type="button" onClick={() => setOpen('rollback')}>
        Roll back
      </button>
      {mayStop && (
        <button type="button" onClick={() => setOpen('cancel')}>
          Cancel build
        </button>
      )}
      {open === 'retry' && <RetryDialog view={view} onClose={close} />}
      {open === 'rollback' && <RollbackDialog view={view} onClose={close} />}
      {open === 'cancel' && mayStop && <CancelDialog view={view} onClose={close} />}
    </div>
  );
}
