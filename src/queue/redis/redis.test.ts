import { expect, it } from 'vitest';
import { HarnessError } from '../../core/errors.ts';
import { queueAddress } from './address.ts';
import { requireFit } from './connect.ts';
import { isAtLeast, loadQueueLibrary } from './library.ts';

const NONE = {};

it('reads addresses, with and without port, database and TLS', () => {
  expect(queueAddress('redis://queue.example', NONE)).toMatchObject({
    host: 'queue.example',
    port: 6379,
    db: 0,
    isEncrypted: false,
  });
  expect(queueAddress('rediss://[::1]:7000/3', NONE)).toMatchObject({
    host: '::1',
    port: 7000,
    db: 3,
    isEncrypted: true,
  });
});

it('takes credentials from the environment alone, and repeats none', () => {
  const environment = { BENCH_QUEUE_USER: 'me', BENCH_QUEUE_PASSWORD: 'secret' };
  const address = queueAddress('redis://host', environment);
  expect(address).toMatchObject({ username: 'me', password: 'secret', shown: 'redis://host:6379' });
  for (const typed of ['redis://me:secret@host', 'redis://:secret@host']) {
    expect(() => queueAddress(typed, NONE)).toThrow(
      /^--queue: expected an address without credentials, found some in it$/,
    );
  }
});

it.each(['host:6379', 'http://host', 'redis://', 'redis://host/x', 'redis://host?password=secret', ''])(
  'refuses %j',
  (typed) => {
    expect(() => queueAddress(typed, NONE)).toThrow(/^--queue: expected redis:\/\/HOST.*, found something else$/);
  },
);

it('says what to install where a package is absent or too old', async () => {
  const absent = await loadQueueLibrary(() => Promise.reject(new Error('absent'))).catch((error: unknown) => error);
  expect(absent).toBeInstanceOf(HarnessError);
  expect(absent).toMatchObject({
    message: '--queue needs the package bullmq, which is not installed',
    hint: 'npm install bullmq@6.7.0 ioredis@6.0.0',
  });
  await expect(
    loadQueueLibrary(
      async () => ({}),
      () => '6.3.2',
    ),
  ).rejects.toThrow(/expected BullMQ 6\.3\.3 or later, found 6\.3\.2/);
});

it('compares versions by their numbers', () => {
  expect(isAtLeast('6.10.0', '6.3.3')).toBe(true);
  expect(isAtLeast('6.3.3', '6.3.3')).toBe(true);
  expect(isAtLeast('6.3.2', '6.3.3')).toBe(false);
  expect(isAtLeast('7.2.4', '6.2')).toBe(true);
  expect(isAtLeast('6.0.16', '6.2')).toBe(false);
});

it('refuses servers that are old, or that may drop what they hold', () => {
  const shown = { shown: 'redis://host:6379' };
  const info = (version: string, policy: string) => `redis_version:${version}\r\nmaxmemory_policy:${policy}\r\n`;
  expect(() => requireFit(info('6.2.0', 'noeviction'), shown)).not.toThrow();
  expect(() => requireFit(info('6.0.16', 'noeviction'), shown)).toThrow(
    /expected Redis or Valkey 6\.2 or later, found 6\.0\.16/,
  );
  expect(() => requireFit(info('7.2.4', 'volatile-lru'), shown)).toThrow(
    /expected maxmemory-policy noeviction, found volatile-lru; others drop/,
  );
});
