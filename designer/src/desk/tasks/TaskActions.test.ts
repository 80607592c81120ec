import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import type { Task } from '@/api/types'
import TaskActions from './TaskActions.vue'

const task: Task = {
  id: '1',
  instance: '2',
  title: '报价',
  name: '经理审批',
  element: 'approve',
  process: { key: 'quote', name: '报价审批' },
  kind: 'approval',
  assignee: { id: '3', name: '陈建国' },
  candidates: [],
  claimable: false,
  initiator: null,
  created_at: '2026-03-01T01:00:00Z',
  due_at: null,
  overdue: false,
  reminders: 0,
  escalated_from: null,
  state: 'open',
  decision: null,
  comment: null,
  ended_at: null,
  completed_by: null,
  reason_required: true,
  form: { source: 'variables', record: null, fields: [], values: {}, display: {} },
  history: [],
}
const show = (more: Partial<Task> = {}) =>
  mount(TaskActions, { props: { task: { ...task, ...more }, busy: false, problem: '', conflict: false } })

describe('the buttons of a to-do', () => {
  it('approve with a comment in two clicks', async () => {
    const actions = show()
    await actions.get('[data-test=task-approve]').trigger('click')
    await actions.get('[data-test=task-comment]').setValue('同意，尽快')
    await actions.get('form').trigger('submit')
    expect(actions.emitted('complete')).toEqual([['approve', '同意，尽快']])
  })

  it('ask for a reason before a rejection that needs one', async () => {
    const actions = show()
    await actions.get('[data-test=task-reject]').trigger('click')
    await actions.get('form').trigger('submit')
    expect(actions.emitted('complete')).toBeUndefined()
    expect(actions.get('[role=alert]').text()).not.toBe('')
    await actions.get('[data-test=task-comment]').setValue('价格不对')
    await actions.get('form').trigger('submit')
    expect(actions.emitted('complete')).toEqual([['reject', '价格不对']])
  })

  it('offer nothing but claiming to who may claim', async () => {
    const actions = show({ claimable: true, assignee: null, candidates: ['财务部'] })
    expect(actions.findAll('button')).toHaveLength(1)
    await actions.get('[data-test=task-claim]').trigger('click')
    expect(actions.emitted('claim')).toHaveLength(1)
  })

  it('finish work without a decision', async () => {
    const actions = show({ kind: 'work' })
    await actions.get('[data-test=task-finish]').trigger('click')
    await actions.get('form').trigger('submit')
    expect(actions.emitted('complete')).toEqual([[undefined, '']])
  })
})
