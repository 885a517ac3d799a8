import { utcDay } from './format.ts';

export interface BarDay {
  readonly day: string;
  readonly value: number;
}

interface BarsProps {
  readonly name: string;
  readonly days: readonly BarDay[];
  readonly words: (value: number) => string;
  /** What stands beside the name, where a sum says nothing, as of rates. Default: the sum of all days. */
  readonly total?: string;
}

const HEIGHT = 56;
const WIDTH = 300;

/** A bar for each day, its value in its title; above them the sum and the highest, below them the first and the last day. */
export function Bars({ name, days, words, total }: BarsProps) {
  const values = days.map(({ value }) => value);
  const most = Math.max(0, ...values);
  const sum = total ?? words(values.reduce((all, one) => all + one, 0));
  const step = WIDTH / days.length;
  return (
    <figure className="bars">
      <figcaption>
        <span className="muted">{name}</span> <b className="number">{sum}</b>
        {total === undefined && <span className="muted number">max. {words(most)} per day</span>}
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${name} by day: ${sum} in ${days.length} days, at most ${words(most)} on one day`}
      >
        {days.map(({ day, value }, index) => {
          const height = most === 0 ? 0 : Math.max(value > 0 ? 1 : 0, (value / most) * HEIGHT);
          return (
            <rect
              key={day}
              x={index * step + step * 0.1}
              y={HEIGHT - height}
              width={step * 0.8}
              height={height}
            >
              <title>
                {day}: {words(value)}
              </title>
            </rect>
          );
        })}
      </svg>
      <p className="bars-days muted number" aria-hidden="true">
        <span>{utcDay(days[0]?.day)}</span>
        <span>{utcDay(days.at(-1)?.day)}</span>
      </p>
    </figure>
  );
}
