/** What the panel knows beside the process: roles, departments, entities, handlers and people. */
import { computed, inject, shallowReactive, shallowRef, type ComputedRef, type InjectionKey, type ShallowRef } from 'vue'
import { api } from '@/api/client'
import type { Catalogue, Definition, List, Person } from '@/api/types'
import { text } from '@/i18n'
import type { FlowEditor } from '../canvas/editor'
import { fieldScope, type FieldScope } from '../model/fields'
import type { Names } from '../model/summary'

export interface FlowContext {
  catalogue: ShallowRef<Catalogue>
  /** The fields the process can speak of, as it is now. */
  scope: ComputedRef<FieldScope>
  names: Names
  /** The published processes, which a process can call. */
  processes: ShallowRef<Definition[]>
  loadProcesses(): Promise<void>
  loadCatalogue(): Promise<void>
  searchPeople(query: string): Promise<Person[]>
}

const NOTHING: Catalogue = { handlers: [], assignee_rules: [], roles: [], departments: [], entities: [] }

/** Makes the context of an editor that may not be there yet. */
export function createContext(editor: ShallowRef<FlowEditor | undefined>): FlowContext {
  const catalogue = shallowRef<Catalogue>(NOTHING)
  const processes = shallowRef<Definition[]>([])
  const people = shallowReactive(new Map<string, string>())
  const asked = new Set<string>()

  const scope = computed((): FieldScope => {
    const open = editor.value
    if (!open || open.revision.value === 0) return { fields: [], values: [] }
    return fieldScope(open.process, catalogue.value, text)
  })

  async function searchPeople(query: string): Promise<Person[]> {
    const { items } = await api.get<List<Person>>('/people', { query: { q: query, limit: 20 } })
    for (const person of items) people.set(person.login, person.name)
    return items
  }

  /** A process holds sign-in names; their owners' names are looked up once and shown when they come. */
  function person(login: string): string {
    const known = people.get(login)
    if (known === undefined && !asked.has(login)) {
      asked.add(login)
      searchPeople(login).catch(() => asked.delete(login))
    }
    return known ?? login
  }

  const names: Names = {
    role: (code) => catalogue.value.roles.find((role) => role.code === code)?.name ?? code,
    department: (code) => catalogue.value.departments.find((one) => one.code === code)?.name ?? code,
    person,
    handler: (name) => {
      const known = catalogue.value.handlers.find((handler) => handler.name === name)
      return known ? text(known.label) : name
    },
    assigneeRule: (name) => {
      const known = catalogue.value.assignee_rules.find((rule) => rule.name === name)
      return known ? text(known.label) : name
    },
    process: (key) => processes.value.find((one) => one.key === key)?.name ?? key,
    field: (path) => scope.value.values.find((field) => field.path === path),
  }

  async function loadProcesses(): Promise<void> {
    processes.value = (await api.get<List<Definition>>('/definitions')).items
  }

  async function loadCatalogue(): Promise<void> {
    catalogue.value = await api.get<Catalogue>('/catalogue')
  }

  return { catalogue, scope, names, processes, loadProcesses, loadCatalogue, searchPeople }
}

export const contextKey: InjectionKey<FlowContext> = Symbol('flow context')

/** The context of the page this component stands in. */
export function useFlowContext(): FlowContext {
  const context = inject(contextKey)
  if (!context) throw new Error('there is no flow context around this component')
  return context
}
