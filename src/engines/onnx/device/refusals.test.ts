import { expect, it } from 'vitest';
import { refusedSession, stopped } from './refusals.ts';

/** As onnxruntime 1.30 says it. */
const SAID = {
  adapter:
    '/onnxruntime_src/onnxruntime/core/providers/webgpu/webgpu_context.cc:136 onnxruntime::webgpu::WebGpuContext::Initialize()::<lambda()> adapter_result.status == wgpu::RequestAdapterStatus::Success was false. Failed to get a WebGPU adapter: No supported adapters\n',
  placement:
    'This session contains graph nodes that are assigned to the default CPU EP, but fallback to CPU EP has been explicitly disabled by the user.',
  cuda: 'Failed to load library libonnxruntime_providers_cuda.so with error: libcublasLt.so.12: cannot open shared object file',
};

it.each([
  ['webgpu', SAID.adapter, '--device webgpu: expected a graphics adapter, found none that WebGPU supports'],
  [
    'webgpu',
    SAID.placement,
    '--device webgpu: expected a kernel for every operation of the net program, found some that only the CPU has',
  ],
  ['cuda', SAID.cuda, `--device cuda: expected CUDA 12, cuDNN 9 and a card, found ${SAID.cuda}`],
  ['dml', 'no such file', '--device dml: could not load the net program: no such file'],
] as const)('%s: %s', (device, said, message) => {
  const error = refusedSession(device, 'net', new Error(said));
  expect(error).toMatchObject({ code: 'engine', message, hint: expect.stringContaining('leave --device out') });
});

it('a device that is lost is one sentence, and what is stored stays', () => {
  const error = stopped('webgpu', new Error('WebGPU device lost (1): a card was taken out\nmore'));
  expect(error.message).toBe(
    '--device webgpu: stopped in the middle of a forward pass: WebGPU device lost (1): a card was taken out',
  );
  expect(error.hint).toContain('repeat the command to go on');
});
