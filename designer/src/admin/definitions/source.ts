/** Definitions from the server and to it. */
import { api, ApiError } from '@/api/client'
import type { EntityBrief, List, RecordRow, Text } from '@/api/types'
import type { Definitions, EntityDocument } from './document'
import { noDefinitions } from './document'
import { shippedOf, type Change } from './layers'

export interface PlannedChange {
  text: Text
  destructive: boolean
}

export interface Plan {
  changes: PlannedChange[]
  errors: (Text | { text: Text })[]
}

/** What everything about one entity looks like together. */
interface Effective {
  entity: EntityDocument
  permissions?: Definitions['permissions'][string]
  field_rules?: Definitions['field_rules'][string]
}

interface Answer extends Partial<Definitions> {
  /** What other layers declare besides entities. */
  shipped?: Partial<Definitions>
}

export interface Read {
  shipped: Definitions
  layer: Definitions
}

const encoded = encodeURIComponent

export async function readDefinitions(signal?: AbortSignal): Promise<Read> {
  const call = signal ? { signal } : {}
  const [answer, entities, roles] = await Promise.all([
    api.get<Answer>('/admin/definitions', call),
    api.get<List<EntityBrief>>('/entities', call),
    api.get<List<RecordRow>>('/records/system.role', { ...call, query: { limit: 100 } }),
  ])
  const { shipped: others, ...own } = answer
  const layer: Definitions = { ...noDefinitions(), ...own }
  const effective: Definitions = { ...noDefinitions(), ...others }
  effective.roles = { ...rolesOf(roles.items), ...effective.roles }
  await Promise.all(
    entities.items.map(async ({ id }) => {
      const view = await readEffective(id, call)
      if (!view) return
      effective.entities = { ...effective.entities, [id]: view.entity }
      if (view.permissions) effective.permissions = { ...effective.permissions, [id]: view.permissions }
      if (view.field_rules) effective.field_rules = { ...effective.field_rules, [id]: view.field_rules }
    }),
  )
  return { layer, shipped: shippedOf(effective, layer) }
}

/** Nothing when it was removed since the list was read. */
async function readEffective(id: string, call: { signal?: AbortSignal }): Promise<Effective | undefined> {
  try {
    return await api.get<Effective>(`/admin/definitions/effective/${encoded(id)}`, call)
  } catch (cause) {
    if (cause instanceof ApiError && cause.status === 404) return undefined
    throw cause
  }
}

function rolesOf(records: readonly RecordRow[]): Definitions['roles'] {
  const named = records.map(({ fields, title }) => [String(fields['code'] ?? ''), { label: { zh: title, en: title } }] as const)
  return Object.fromEntries(named.filter(([code]) => code !== ''))
}

export function plan(changes: readonly Change[]): Promise<Plan> {
  return api.post<Plan>('/admin/definitions/plan', { body: { changes } })
}

export function apply(changes: readonly Change[], idempotencyKey: string): Promise<unknown> {
  return api.post('/admin/definitions', { body: { changes, confirm: true }, idempotencyKey })
}
