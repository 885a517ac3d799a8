import { type ReactNode, useId } from 'react';
import { personName, usePerson } from '../../api/caller.ts';

interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly required?: boolean;
}

export function TextArea({
  label,
  hint,
  value,
  onChange,
  required = false,
  rows = 4,
}: FieldProps & { rows?: number }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea
        id={id}
        rows={rows}
        value={value}
        required={required}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => onChange(event.target.value)}
      />
      <Hint id={id}>{hint}</Hint>
    </div>
  );
}

export function TextField({ label, hint, value, onChange, required = false }: FieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="text"
        value={value}
        required={required}
        spellCheck={false}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => onChange(event.target.value)}
      />
      <Hint id={id}>{hint}</Hint>
    </div>
  );
}

interface SelectProps extends FieldProps {
  readonly options: readonly { readonly value: string; readonly words: string }[];
}

export function Select({ label, hint, value, onChange, options }: SelectProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.target.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.words}
          </option>
        ))}
      </select>
      <Hint id={id}>{hint}</Hint>
    </div>
  );
}

function Hint({ id, children }: { id: string; children: ReactNode }) {
  if (children === undefined) return null;
  return (
    <p className="hint" id={`${id}-hint`}>
      {children}
    </p>
  );
}

/** As whom the person acts: the audit trail keeps it. */
export function PersonField() {
  const { name, isFixed } = usePerson();
  if (isFixed) {
    return (
      <p className="muted">
        You act as <b>{name}</b>; the audit trail records it.
      </p>
    );
  }
  return (
    <TextField
      label="Your name"
      hint="Recorded in the audit trail."
      value={name}
      onChange={(value) => personName.set(value)}
      required
    />
  );
}
