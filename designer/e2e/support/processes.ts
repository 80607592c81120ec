/** What administrators draw in these tests, all of it by mouse. */
import { Drawing } from './drawing'
import type { Hands } from './hands'
import type { Person } from './person'

/** 请假 from blank: a form, the superior, over three days the general manager too, and a copy to HR. */
export async function drawLeave(admin: Person, hands: Hands): Promise<void> {
  const drawing = new Drawing(hands)
  await hands.click(admin.test('new-process'))
  await hands.click(admin.test('new-blank'))
  await drawing.name('请假申请')

  // The form: a click adds a field, whose name is ready to be typed over.
  const fields: [type: string, label: string, choices?: string][] = [
    ['choice', '类型', '年假、事假、病假、调休'],
    ['date', '开始日期'],
    ['date', '结束日期'],
    ['number', '天数'],
    ['long-text', '事由'],
  ]
  for (const [index, [type, label, choices]] of fields.entries()) {
    await hands.click(admin.test(`form-add-${type}`))
    await hands.type(label)
    if (choices) {
      await hands.fill(drawing.input(`form-${index}-choices`), choices)
      await hands.press('Enter')
    }
    if (type !== 'long-text') await hands.click(admin.test(`form-${index}-required`))
  }

  await hands.pointAt(drawing.step('开始'))
  await drawing.next('approval', '上级审批')
  await drawing.next('branch')
  await drawing.next('approval', '总经理审批')
  await drawing.condition('天数', '大于', '3')
  await drawing.role('assignees', '总经理')
  await drawing.next('copy', '抄送人事')
  await drawing.role('recipients', '人事')
  await drawing.next('end')
  await hands.pointAt(drawing.step('条件分支'))
  await drawing.connectTo(drawing.step('抄送人事'))
  await hands.click(admin.test('flow-default'))
}

/**
 * A second approval, by the finance manager, before the amount of a quote is graded. When it is to be asked for is left
 * open, as one forgets it.
 */
export async function addFinanceApproval(admin: Person, hands: Hands): Promise<void> {
  const drawing = new Drawing(hands)
  await admin.test('problems-none').waitFor()
  await hands.pointAt(drawing.element('to-amount'))
  await drawing.openNext()
  await drawing.next('branch')
  await drawing.next('approval', '财务经理审批')
  await drawing.role('assignees', '财务经理')
  await hands.pointAt(drawing.step('条件分支'))
  await hands.click(admin.test('section-branches').getByRole('button', { name: '金额大小' }))
  await hands.click(admin.test('flow-default'))
  await hands.pointAt(drawing.step('财务经理审批'))
  await drawing.connectTo(drawing.element('amount'))
}
