import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { nextTick, ref } from 'vue'
import type { Field, FormField } from '@/api/types'
import { draftsFrom, valuesFrom, type Drafts } from './draft'
import FormView from './FormView.vue'

const field = (id: string, type: Field['type'], more: Partial<FormField> = {}): FormField => ({
  id,
  type,
  label: { zh: id, en: id },
  required: false,
  read_only: false,
  ...more,
})

const fields = [
  field('title', 'text', { access: 'required' }),
  field('secret', 'text', { access: 'hidden' }),
  field('total', 'money', { access: 'read' }),
  field('lines', 'lines', { access: 'edit', columns: [field('product', 'text'), field('quantity', 'number')] }),
]
const values = { title: '报价', secret: 'x', total: 63000.5, lines: [{ id: 'a', product: '服务器', quantity: 2 }] }

function show(problems: Record<string, string> = {}) {
  const drafts = ref<Drafts>(draftsFrom(fields, values))
  const form = mount(FormView, {
    props: {
      fields,
      values,
      problems,
      modelValue: drafts.value,
      'onUpdate:modelValue': (next: Drafts) => {
        drafts.value = next
        void form.setProps({ modelValue: next })
      },
    },
  })
  return { form, drafts }
}

describe('a form', () => {
  it('hides, shows and edits as it is told', async () => {
    const { form } = show()
    await nextTick() // Element Plus gives its input the id a moment later
    expect(form.find('[data-test=field-secret]').exists()).toBe(false)
    expect(form.get('[data-test=field-total]').text()).toContain('¥63,000.50')
    expect(form.find('[data-test=field-total] input').exists()).toBe(false)
    const title = form.get<HTMLInputElement>('[data-test=field-title] input')
    expect(form.get('[data-test=field-title] label').attributes('for')).toBe(title.attributes('id'))
  })

  it('lets lines come and go without mixing them up', async () => {
    const { form, drafts } = show()
    await form.get('[data-test=line-add]').trigger('click')
    await form.get('[data-test=line-1] [data-test=cell-product] input').setValue('安装')
    await form.get('[data-test=line-1] [data-test=cell-quantity] input').setValue('1')
    await form.get('[data-test=line-0] [data-test=line-remove]').trigger('click')
    await nextTick()
    const [line] = valuesFrom(fields, drafts.value)['lines'] as { product: string }[]
    expect(line?.product).toBe('安装')
    expect(line).not.toHaveProperty('id')
    expect(form.findAll('[data-test^=line-][data-test$="0"], [data-test=line-1]')).toHaveLength(1)
  })

  it('says what is wrong where it is wrong', () => {
    const { form } = show({ title: '请填写', 'lines.0.quantity': '数量必须大于 0' })
    expect(form.get('[data-test=field-title] [role=alert]').text()).toBe('请填写')
    expect(form.get('[data-test=field-title] input').attributes('aria-invalid')).toBe('true')
    expect(form.get('[data-test=line-0] [data-test=cell-quantity]').text()).toContain('数量必须大于 0')
  })
})
