/** Short words to the user (a toast), and a question before something that cannot be undone. */
import { ElMessage, ElMessageBox } from 'element-plus'
import 'element-plus/es/components/message-box/style/css'
import 'element-plus/es/components/message/style/css'

export function toast(message: string, tone: 'success' | 'info' | 'warning' | 'error' = 'success'): void {
  ElMessage({ message, type: tone, duration: tone === 'error' ? 8000 : 3000, showClose: tone === 'error' })
}

export interface Question {
  title: string
  message: string
  confirm: string
  cancel: string
  danger?: boolean
}

export async function confirm(question: Question): Promise<boolean> {
  try {
    await ElMessageBox.confirm(question.message, question.title, buttons(question))
    return true
  } catch {
    return false
  }
}

/** The words that were entered, or null when the user thought better of it. */
export async function ask(question: Question & { missing: string }): Promise<string | null> {
  try {
    const { value } = await ElMessageBox.prompt(question.message, question.title, {
      ...buttons(question),
      inputType: 'textarea',
      inputValidator: (entered: string | null) => Boolean(entered?.trim()) || question.missing,
    })
    return value.trim()
  } catch {
    return null
  }
}

function buttons(question: Question) {
  return {
    confirmButtonText: question.confirm,
    cancelButtonText: question.cancel,
    confirmButtonType: question.danger ? ('danger' as const) : ('primary' as const),
  }
}
