import { expect, test } from 'vitest'
import { chooseDevice } from '#inference/device.ts'

test('cpu works everywhere', async () => {
  const device = await chooseDevice('cpu')
  expect(device.name).toBe('cpu')
  expect(device.why).toMatch(/^cpu was asked for and works: test product in [\d.]+ ms$/)
})

test('auto tries every device and says why each was not taken', async () => {
  const { name, why, tried } = await chooseDevice('auto')
  expect(tried.map((trial) => trial.name)).toEqual(['cpu', 'cuda', 'dml', 'webgpu', 'coreml'])
  expect(why).toContain(`${name} is the fastest that works`)
  for (const trial of tried.filter((other) => other.name !== name))
    expect(why).toContain(`${trial.name}: ${trial.reason}`)
})

test('an unknown device is refused with the known ones, and never replaced', async () => {
  await expect(chooseDevice('gpu')).rejects.toThrow(
    "Cannot use device 'gpu': it is unknown; known are auto, cpu, webgpu, cuda, dml, coreml",
  )
})

test('a device that does not work is refused with the reason, and never replaced', async () => {
  const foreign = process.platform === 'win32' ? 'coreml' : 'dml'
  await expect(chooseDevice(foreign)).rejects.toThrow(
    new RegExp(
      `^Cannot use device '${foreign}': onnxruntime for .* is built without it; use 'auto' or 'cpu'$`,
    ),
  )
})
