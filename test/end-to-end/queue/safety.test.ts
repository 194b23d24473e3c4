/** TLS and credentials: what opens a Redis comes from the environment, and what does not fit is said in a sentence. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort, hasRedis, OwnRedis } from '../../../scripts/queue/own-redis.ts';
import { startBench } from '../../../scripts/queue/processes.ts';

const hasOpenSsl = spawnSync('openssl', ['version']).status === 0;

describe.skipIf(!hasRedis || !hasOpenSsl)('a Redis with TLS and a password (needs redis-server, openssl)', () => {
  let folder = '';
  let redis: OwnRedis;
  let url = '';
  const file = (name: string) => join(folder, name);
  const password = { BENCH_QUEUE_PASSWORD: 'correct horse' };
  const status = async (environment: Readonly<Record<string, string>>, address = url) => {
    const asked = startBench(['queue', 'status', '--queue', address], environment);
    const code = await asked.ended;
    return { code, ...asked.written };
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bench-tls-'));
    const made = spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-subj', '/CN=queue', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'],
      ...['-keyout', file('key.pem'), '-out', file('certificate.pem')],
    ]);
    expect(made.status, String(made.stderr)).toBe(0);
    const port = await freePort();
    url = `rediss://127.0.0.1:${port}`;
    redis = await OwnRedis.start(folder, [
      ...['--tls-port', String(port), '--tls-auth-clients', 'no', '--requirepass', password.BENCH_QUEUE_PASSWORD],
      ...['--tls-cert-file', file('certificate.pem'), '--tls-key-file', file('key.pem')],
    ]);
  });
  afterAll(async () => {
    await redis.kill();
    await rm(folder, { recursive: true });
  });

  it('is opened with the certificate and the password of the environment, by address and by name', async () => {
    const trusted = { ...password, NODE_EXTRA_CA_CERTS: file('certificate.pem') };
    const opened = { code: 0, stdout: 'no runs\nno workers\n', stderr: '' };
    expect(await status(trusted)).toEqual(opened);
    expect(await status(trusted, url.replace('127.0.0.1', 'localhost'))).toEqual(opened);
  });

  it.each([
    ['a certificate that nobody vouches for', password, /found self-signed certificate/],
    ['no password', {}, /found .*NOAUTH.*|found .*[Aa]uthentication required/],
    ['another password', { BENCH_QUEUE_PASSWORD: 'battery staple' }, /found .*WRONGPASS/],
  ])('is refused with %s, which is said and not repeated', async (what, environment, found) => {
    const certificate = what.startsWith('a certificate') ? {} : { NODE_EXTRA_CA_CERTS: file('certificate.pem') };
    const { code, stderr } = await status({ ...environment, ...certificate });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^bench: --queue: expected a Redis at rediss:\/\/127\.0\.0\.1:\d+, found .*\nhint: .*\n$/);
    expect(stderr).toMatch(found);
    expect(stderr).not.toMatch(/horse|staple/);
  });
});
