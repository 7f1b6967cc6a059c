/** Reads a workflow that somebody named on the command line: a JSON file, or a PNG with a workflow inside. */
import { readFile, stat } from 'node:fs/promises'
import { JsonError, parseJson } from '../json.ts'
import { limits } from '../limits.ts'
import { PngTextError, readWorkflow } from '../pictures/png-text.ts'
import { CliError } from './command.ts'

/**
 * The JSON of the file, not yet checked.
 *
 * @throws CliError naming the file, when it is missing, no file, too large, no JSON, or a PNG without a workflow.
 */
export async function readWorkflowFile(path: string): Promise<unknown> {
  const bytes = await readBounded(path)
  try {
    return isPng(bytes) ? parseJson(workflowOf(bytes), limits.pngTextBytes) : parseJson(bytes)
  } catch (error) {
    if (error instanceof JsonError || error instanceof PngTextError)
      throw new CliError(`${path}: ${error.message}`)
    throw error
  }
}

function workflowOf(png: Uint8Array): Uint8Array {
  const text = readWorkflow(png)
  if (text === null)
    throw new PngTextError(
      'no-workflow',
      'Cannot find a workflow in the PNG: only pictures that Groundwork saved carry one',
    )
  return Buffer.from(text, 'latin1')
}

/** The bytes of a file of at most the size of a large PNG. */
export async function readBounded(path: string): Promise<Buffer> {
  const info = await stat(path).catch(() => null)
  if (!info) throw new CliError(`Cannot open '${path}': there is no such file`)
  if (!info.isFile()) throw new CliError(`Cannot open '${path}': it is not a file`)
  if (info.size > limits.pngBytes)
    throw new CliError(`Cannot open '${path}': it has ${info.size} bytes, the limit is ${limits.pngBytes}`)
  try {
    return await readFile(path)
  } catch (error) {
    throw new CliError(
      `Cannot open '${path}': ${error instanceof Error ? error.message : 'it cannot be read'}`,
    )
  }
}

function isPng(bytes: Uint8Array): boolean {
  return bytes[0] === 0x89 && bytes[1] === 0x50
}
