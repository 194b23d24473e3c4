import { badArguments, type HarnessError } from '../../core/errors.ts';

/** A Redis, and what opens it. */
export interface QueueAddress {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  /** TLS; certificates of an authority of your own are named by NODE_EXTRA_CA_CERTS, as for all of Node. */
  readonly isEncrypted: boolean;
  readonly username: string | null;
  readonly password: string | null;
  /** Without credentials. */
  readonly shown: string;
}

const USER = 'BENCH_QUEUE_USER';
const PASSWORD = 'BENCH_QUEUE_PASSWORD';
const EXPECTED = 'redis://HOST[:PORT][/DATABASE], or rediss:// for TLS';
const PORT = 6379;

/**
 * Reads the address of a Redis. Credentials come from the environment alone: what is typed is seen by all users of a machine.
 *
 * @throws HarnessError 'bad-arguments'; what was typed is not repeated where it may hold a password
 */
export function queueAddress(
  typed: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): QueueAddress {
  const url = URL.canParse(typed) ? new URL(typed) : null;
  if (url === null || !['redis:', 'rediss:'].includes(url.protocol) || url.hostname === '') throw noAddress();
  if (url.username !== '' || url.password !== '') {
    const hint = `set ${USER} and ${PASSWORD} in the environment`;
    throw badArguments(`--queue: expected an address without credentials, found some in it`, hint);
  }
  const database = /^\/?(\d*)$/.exec(url.pathname);
  if (database === null || url.search !== '' || url.hash !== '') throw noAddress();
  const port = url.port === '' ? PORT : Number(url.port);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    db: Number(database[1]),
    isEncrypted: url.protocol === 'rediss:',
    username: given(environment[USER]),
    password: given(environment[PASSWORD]),
    shown: `${url.protocol}//${url.hostname}:${port}${database[1] === '' ? '' : `/${database[1]}`}`,
  };
}

const given = (value: string | undefined): string | null => (value === undefined || value === '' ? null : value);

function noAddress(): HarnessError {
  return badArguments(`--queue: expected ${EXPECTED}, found something else`, 'such as --queue redis://127.0.0.1:6379');
}
