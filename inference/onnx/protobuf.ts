/**
 * Writes protocol-buffer messages.
 * Encoding: https://protobuf.dev/programming-guides/encoding/
 */
const varintType = 0
const lengthType = 2
const fixed32Type = 5

export class ProtobufWriter {
  private readonly parts: Uint8Array[] = []
  private length = 0

  int(field: number, value: number | bigint): this {
    return this.tag(field, varintType).varint(BigInt(value))
  }

  float(field: number, value: number): this {
    return this.tag(field, fixed32Type).push(new Uint8Array(Float32Array.of(value).buffer))
  }

  text(field: number, value: string): this {
    return this.bytes(field, new TextEncoder().encode(value))
  }

  bytes(field: number, value: Uint8Array): this {
    return this.tag(field, lengthType).varint(BigInt(value.length)).push(value)
  }

  /** A message within this one. */
  message(field: number, write: (inner: ProtobufWriter) => void): this {
    const inner = new ProtobufWriter()
    write(inner)
    return this.bytes(field, inner.finish())
  }

  finish(): Uint8Array {
    const result = new Uint8Array(this.length)
    let offset = 0
    for (const part of this.parts) {
      result.set(part, offset)
      offset += part.length
    }
    return result
  }

  private tag(field: number, wireType: number): this {
    return this.varint(BigInt((field << 3) | wireType))
  }

  /** Seven bits a byte, lowest first; negative numbers as their 64-bit two's complement. */
  private varint(value: bigint): this {
    let rest = BigInt.asUintN(64, value)
    const bytes: number[] = []
    while (rest > 127n) {
      bytes.push(Number(rest & 127n) | 128)
      rest >>= 7n
    }
    bytes.push(Number(rest))
    return this.push(Uint8Array.from(bytes))
  }

  private push(bytes: Uint8Array): this {
    this.parts.push(bytes)
    this.length += bytes.length
    return this
  }
}
