import { expect, it } from 'vitest';
import { SessionThread } from './session-thread.ts';

const program = (what: string): URL =>
  new URL(`data:text/javascript,${encodeURIComponent(`import { parentPort } from 'node:worker_threads'; ${what}`)}`);

it('says in one sentence that the thread ended, to whoever waits and whoever asks after', async () => {
  const thread = new SessionThread(program("parentPort.on('message', () => process.exit(3));"));
  const refused = { code: 'engine', message: 'the thread that computes ended: exit code 3' };
  await expect(thread.ask({ kind: 'load' })).rejects.toMatchObject(refused);
  await expect(thread.ask({ kind: 'close', session: 0 })).rejects.toMatchObject(refused);
});

it('names what the thread threw', async () => {
  const thread = new SessionThread(program("parentPort.on('message', () => { throw new Error('no memory'); });"));
  await expect(thread.ask({ kind: 'load' })).rejects.toThrow('the thread that computes ended: no memory');
});

it('gives each answer to the order of its number', async () => {
  const answer = 'parentPort.postMessage({ number, answer: [kind, number].join() })';
  const late = `parentPort.on('message', ({ number, kind }) => setTimeout(() => ${answer}, number === 0 ? 20 : 0));`;
  const thread = new SessionThread(program(late));
  const asked = [thread.ask({ kind: 'load' }), thread.ask({ kind: 'close', session: 0 })];
  expect(thread.load).toBe(2);
  expect(await Promise.all(asked)).toEqual(['load,0', 'close,1']);
  expect(thread.load).toBe(0);
  await thread.end();
});
