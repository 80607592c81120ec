/** Which record a form shows, for what must be read through it: its files. */
import { inject, provide, type InjectionKey } from 'vue'

export interface FormRecord {
  entity: string
  id: string
}

const key: InjectionKey<() => FormRecord | undefined> = Symbol('record of the form')

export function provideFormRecord(record: () => FormRecord | undefined): void {
  provide(key, record)
}

/** Nothing while the record is not saved yet. */
export function useFormRecord(): () => FormRecord | undefined {
  return inject(key, () => undefined)
}
