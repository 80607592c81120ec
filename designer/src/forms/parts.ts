/** Values that have parts: stored files and addresses. Pure. */
import { Decimal } from '@/api/decimal'
import type { Json, Values } from '@/api/types'

/** A file that the server keeps; `file` is its id. */
export interface StoredFile {
  file: string
  name: string
  size: number
  type: string
}

export interface AddressDraft {
  /** A key of the field's choices. */
  region: string
  detail: string
  postcode: string
}

export function asMap(value: Json | undefined): Values {
  const isMap = typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Decimal)
  return isMap ? value : {}
}

export function asFiles(value: Json | undefined): StoredFile[] {
  if (!Array.isArray(value)) return []
  return value.map(asMap).flatMap(({ file, name, size, type }) =>
    typeof file === 'string' ? [{ file, name: words(name) || file, size: Number(size ?? 0), type: words(type) }] : [],
  )
}

export function asAddress(value: Json | undefined): AddressDraft {
  const { region, detail, postcode } = asMap(value)
  return { region: words(region), detail: words(detail), postcode: words(postcode) }
}

export function isNoAddress(address: AddressDraft): boolean {
  return !address.region && !address.detail.trim() && !address.postcode.trim()
}

function words(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}
