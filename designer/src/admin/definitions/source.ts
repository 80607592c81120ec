/** Definitions from the server and to it. */
import { api, ApiError } from '@/api/client'
import type { EntityBrief, List, RecordRow, Text } from '@/api/types'
import type { Definitions, EntityDocument } from './document'
import { noDefinitions } from './document'
import { isOwnRole } from './ids'
import type { Change } from './layers'

export interface PlannedChange {
  text: Text
  destructive: boolean
}

export interface Plan {
  changes: PlannedChange[]
  errors: { text: Text }[]
}

/** What holds, and what was there before administrators changed it; of theirs alone there is none. */
interface Both<Part> {
  effective: Part
  shipped: Part | null
}

interface AboutEntity {
  entity: EntityDocument
  permissions: Definitions['permissions'][string]
  field_rules: Definitions['field_rules'][string]
}

export interface Read {
  shipped: Definitions
  layer: Definitions
  /** The version of the layer. */
  version: string | undefined
}

interface Call {
  signal?: AbortSignal
}

/** What plugins ship, and what administrators made of it. */
export async function readDefinitions(signal?: AbortSignal): Promise<Read> {
  const call: Call = signal ? { signal } : {}
  const [layer, shipped] = await Promise.all([
    api.send<Partial<Definitions>>('GET', '/admin/definitions', call),
    readAll(call).then((all) => all ?? readEach(call)),
  ])
  return {
    layer: { ...noDefinitions(), ...layer.body },
    shipped: { ...noDefinitions(), ...shipped },
    version: layer.headers.get('ETag')?.replaceAll('"', '') ?? undefined,
  }
}

/** In one piece; nothing when the server only speaks of one entity at a time. */
async function readAll(call: Call): Promise<Partial<Definitions> | undefined> {
  const both = await orNothing(api.get<Both<Partial<Definitions>>>('/admin/definitions/effective', call))
  return both?.shipped ?? undefined
}

async function readEach(call: Call): Promise<Partial<Definitions>> {
  const [entities, roles] = await Promise.all([
    api.get<List<EntityBrief>>('/entities', call),
    api.get<List<RecordRow>>('/records/system.role', { ...call, query: { limit: 100 } }),
  ])
  const shipped = noDefinitions()
  shipped.roles = rolesOf(roles.items)
  await Promise.all(
    entities.items.map(async ({ id }) => {
      const about = (await orNothing(api.get<Both<AboutEntity>>(`/admin/definitions/effective/${encodeURIComponent(id)}`, call)))?.shipped
      if (!about) return
      shipped.entities[id] = about.entity
      shipped.permissions[id] = about.permissions
      shipped.field_rules[id] = about.field_rules
    }),
  )
  return shipped
}

async function orNothing<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer
  } catch (cause) {
    if (cause instanceof ApiError && cause.status === 404) return undefined
    throw cause
  }
}

function rolesOf(records: readonly RecordRow[]): Definitions['roles'] {
  const named = records.map(({ fields, title }) => [String(fields['code'] ?? ''), { label: { zh: title, en: title } }] as const)
  return Object.fromEntries(named.filter(([code]) => code !== '' && !isOwnRole(code)))
}

export function plan(changes: readonly Change[]): Promise<Plan> {
  return api.post<Plan>('/admin/definitions/plan', { body: { changes } })
}

/** Refused when the layer is no longer the one that the changes were made on. */
export function apply(changes: readonly Change[], base: string | undefined, idempotencyKey: string): Promise<unknown> {
  return api.post('/admin/definitions', { body: { changes, confirm: true, base }, idempotencyKey })
}
