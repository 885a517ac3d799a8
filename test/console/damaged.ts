const ERROR = { code: 'data_loss', message: 'the record is damaged' };

/** What a server answers that cannot read what it was asked for. */
export const DAMAGED = {
  status: 500,
  contentType: 'application/json',
  body: JSON.stringify(ERROR),
};

/** A stream tells of an error in its last message: a byte that says so, the length in four, and JSON. */
const LAST = Buffer.from(JSON.stringify({ error: ERROR }));
export const DAMAGED_STREAM = {
  contentType: 'application/connect+proto',
  body: Buffer.concat([Buffer.from([2, 0, 0, 0, LAST.length]), LAST]),
};
