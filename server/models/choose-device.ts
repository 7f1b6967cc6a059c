/** Chooses the device for this process once. `auto` is tried out elsewhere: a broken driver can end a process. */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { deviceNames, type Device } from '#inference/device.ts'
import { ConfigError } from '../config-error.ts'
import { log } from '../log.ts'
import { childExecArgv } from '../runner/exec-argv.ts'

/** @throws ConfigError with the known names when the wish is none of them. */
export function checkDeviceName(wish: string): void {
  if (!deviceNames.some((name) => name === wish))
    throw new ConfigError(`Cannot use device '${wish}': it is unknown, there are ${deviceNames.join(', ')}`)
}

let automatic: Promise<string> | null = null

/** The device to use for a wish. One that was named is taken as it is; `auto` gives the fastest that works. */
export async function chooseDeviceFor(wish: string): Promise<string> {
  if (wish !== 'auto') return wish
  automatic ??= tryDevices()
  return automatic
}

const entry = fileURLToPath(new URL('./try-devices.ts', import.meta.url))

/** Providers print what they miss; nobody asked for that, so the output of the trial goes nowhere. */
async function tryDevices(): Promise<string> {
  const child = fork(entry, { execArgv: childExecArgv(), stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  const device = await new Promise<Device | null>((resolve) => {
    child.once('message', (message) => resolve(message as Device))
    child.once('error', () => resolve(null))
    child.once('exit', () => resolve(null))
  })
  log.info({ device: device?.name ?? 'cpu', why: device?.why ?? 'the trial of the others crashed' }, 'device chosen')
  return device?.name ?? 'cpu'
}
