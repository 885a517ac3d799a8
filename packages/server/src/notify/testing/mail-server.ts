import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { onTestFinished } from 'vitest';

interface Mail {
  readonly to: readonly string[];
  readonly text: string;
  /** Who has logged in. */
  readonly user: unknown;
}

export interface MailServer {
  readonly port: number;
  readonly mails: Mail[];
  /** What it says to every recipient, as a status; undefined: it takes them. 0: nothing. */
  refusal: number | undefined;
}

/** A mail server on loopback, until the test ends. Its password is `p@ss`. */
export async function startMailServer(refusal?: number): Promise<MailServer> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 1,
    onAuth: ({ username, password }, _session, done) =>
      password === 'p@ss' ? done(null, { user: username }) : done(new Error('who are you?')),
    onRcptTo(_address, _session, done) {
      const { refusal: responseCode } = started;
      if (responseCode === undefined) done();
      else if (responseCode > 0)
        done(Object.assign(new Error('no such mailbox'), { responseCode }));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        started.mails.push({ to, text: Buffer.concat(chunks).toString(), user: session.user });
        done();
      });
    },
  });
  // Clients that leave in the middle.
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const { port } = server.server.address() as AddressInfo;
  const started: MailServer = { port, mails: [], refusal };
  return started;
}
