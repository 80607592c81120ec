/** What a plugin wants to know before it does something, as the fields of a form. */
import type { FormField, OfferInput } from '@/api/types'

export function inputFields(inputs: readonly OfferInput[]): FormField[] {
  return inputs.map(({ name, label, kind, entity, required }) => ({
    id: name,
    label,
    required,
    read_only: false,
    ...(kind === 'record' ? { type: entity ? ('reference' as const) : ('text' as const), ...(entity && { entity }) } : { type: kind }),
  }))
}
