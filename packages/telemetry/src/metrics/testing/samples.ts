/** What a scrape says, by name and labels: `baton_commits_total{result="committed"}` → 3. */
export function samplesOf(text: string): ReadonlyMap<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => {
      const end = line.lastIndexOf(' ');
      return [line.slice(0, end), Number(line.slice(end + 1))];
    }),
  );
}

/** The samples of a metric that are not 0, without its buckets. */
export function told(text: string, name: string): Readonly<Record<string, number>> {
  const found = [...samplesOf(text)].filter(
    ([key, value]) => key.startsWith(name) && !/[{,]le="/.test(key) && value !== 0,
  );
  return Object.fromEntries(found.map(([key, value]) => [key.slice(name.length), value]));
}
