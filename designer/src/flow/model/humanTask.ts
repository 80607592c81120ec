/** The settings of a person's step, 审批 or 办理. */
import { readRules, writeRules, type AssigneeRule } from './assignees'
import { extension, withExtensions } from './extensions'
import { children, flag, make, text, type Edit, type Factory, type ModdleElement } from './moddle'
import { readReminders, writeReminders, type Reminders } from './reminders'

/** How an approval is signed. */
export interface Approval {
  /** 或签: the first decision counts; 会签: all must approve. */
  mode: 'any' | 'all'
  /** What a rejection does. `flow` names the sequence flow that is then taken, when it is chosen. */
  onRejection: 'end' | 'flow'
  flow?: string
  reasonRequired: boolean
}

/** What a step may do with a field. */
export type FieldAccess = 'hidden' | 'read' | 'edit' | 'required'

/** The choices, from nothing to most. */
export const FIELD_ACCESS = ['hidden', 'read', 'edit', 'required'] as const satisfies readonly FieldAccess[]

/** A person's step. */
export interface HumanTask {
  /** Absent: 办理, plain work. */
  approval?: Approval
  assignees: AssigneeRule[]
  /** Access by field path; fields not named can be read. */
  fields: Record<string, FieldAccess>
  reminders: Reminders
}

/** What a new 审批 begins with: the direct superior, a rejection ends the case and says why. */
export const NEW_APPROVAL: Approval = { mode: 'any', onRejection: 'end', reasonRequired: true }

/** Reads a user task's settings. */
export function readHumanTask(task: ModdleElement): HumanTask {
  const approval = readApproval(extension(task, 'kapok:Approval'))
  return {
    ...(approval && { approval }),
    assignees: readRules(extension(task, 'kapok:Assignees')),
    fields: readFields(extension(task, 'kapok:Fields')),
    reminders: readReminders(extension(task, 'kapok:Reminders')),
  }
}

/** Writes a user task's settings. */
export function writeHumanTask(factory: Factory, task: ModdleElement, settings: HumanTask): Edit {
  const { approval } = settings
  return withExtensions(factory, task, {
    'kapok:Approval': approval && writeApproval(factory, approval),
    'kapok:Assignees': writeRules(factory, 'kapok:Assignees', settings.assignees),
    'kapok:Fields': writeFields(factory, settings.fields),
    'kapok:Reminders': writeReminders(factory, settings.reminders),
  })
}

function readApproval(approval: ModdleElement | undefined): Approval | undefined {
  if (!approval) return undefined
  const flow = text(approval, 'flow')
  return {
    mode: text(approval, 'mode') === 'all' ? 'all' : 'any',
    onRejection: text(approval, 'onRejection') === 'flow' ? 'flow' : 'end',
    ...(flow !== undefined && { flow }),
    reasonRequired: flag(approval, 'reasonRequired'),
  }
}

function writeApproval(factory: Factory, approval: Approval): ModdleElement {
  return make(factory, 'kapok:Approval', {
    mode: approval.mode,
    onRejection: approval.onRejection,
    flow: approval.onRejection === 'flow' ? approval.flow : undefined,
    reasonRequired: approval.reasonRequired || undefined,
  })
}

function readFields(fields: ModdleElement | undefined): Record<string, FieldAccess> {
  const access: Record<string, FieldAccess> = {}
  for (const field of children(fields, 'values')) {
    const id = text(field, 'id')
    const given = FIELD_ACCESS.find((one) => one === text(field, 'access'))
    if (id !== undefined && given) access[id] = given
  }
  return access
}

function writeFields(factory: Factory, fields: Record<string, FieldAccess>): ModdleElement | undefined {
  const values = Object.entries(fields).map(([id, access]) => make(factory, 'kapok:Field', { id, access }))
  return values.length > 0 ? make(factory, 'kapok:Fields', { values }) : undefined
}
