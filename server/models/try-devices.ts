/** A process of its own that tries every device and tells which is the fastest that works. */
import { chooseDevice } from '#inference/device.ts'

process.send?.(await chooseDevice('auto'), () => process.exit())
