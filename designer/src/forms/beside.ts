/** What is chosen elsewhere in the same form, so that a chooser can offer what belongs to it. */
import { inject, provide, type InjectionKey } from 'vue'
import type { FormField } from '@/api/types'
import type { Draft } from './draft'

/** The record that the form names, by its entity; none where two fields name records of the same entity. */
export type Beside = Readonly<Record<string, string>>

const key: InjectionKey<() => Beside> = Symbol('what is chosen beside')

export function provideBeside(beside: () => Beside): void {
  provide(key, beside)
}

export function useBeside(): () => Beside {
  return inject(key, () => ({}))
}

/** `valueOf` says what a field has now, whether it can be changed or is only shown. */
export function chosenBeside(fields: readonly FormField[], valueOf: (field: FormField) => Draft | undefined): Beside {
  const named: Record<string, string[]> = {}
  for (const field of fields) {
    if (field.type !== 'reference' || field.multiple || !field.entity) continue
    const value = valueOf(field)
    ;(named[field.entity] ??= []).push(typeof value === 'string' ? value : '')
  }
  return Object.fromEntries(Object.entries(named).flatMap(([entity, [id, other]]) => (id && other === undefined ? [[entity, id]] : [])))
}
