/** Sends a file to the server and tells how far it is; what a form still sends must be waited for. */
import { computed, ref } from 'vue'
import { ApiError, base, newIdempotencyKey, problemFrom, unreachable } from '@/api/client'
import { parseJson } from '@/api/json'
import { asFiles, type StoredFile } from './parts'

const running = ref(0)

/** Whether something is still on its way. */
export const isUploading = computed(() => running.value > 0)

export interface Upload {
  done: Promise<StoredFile>
  stop: () => void
}

/** `fetch` cannot tell how much of a request was sent, so this is the older way. */
export function upload(file: File, progress: (part: number) => void): Upload {
  const request = new XMLHttpRequest()
  running.value += 1
  const done = new Promise<StoredFile>((resolve, reject) => {
    request.upload.addEventListener('progress', ({ loaded, total }) => total > 0 && progress(loaded / total))
    request.addEventListener('load', () => {
      if (request.status < 200 || request.status >= 300) {
        reject(new ApiError(problemFrom(request.status, request.responseText)))
        return
      }
      const [stored] = asFiles([parseJson(request.responseText) as never])
      if (stored) resolve(stored)
      else reject(new ApiError(problemFrom(request.status, '')))
    })
    request.addEventListener('error', () => reject(new ApiError(unreachable)))
    request.addEventListener('abort', () => reject(new DOMException('stopped', 'AbortError')))
  }).finally(() => (running.value -= 1))

  request.open('POST', `${base}/files`)
  request.setRequestHeader('Content-Type', file.type || 'application/octet-stream')
  request.setRequestHeader('X-File-Name', encodeURIComponent(file.name))
  request.setRequestHeader('X-Kapok', '1')
  request.setRequestHeader('Idempotency-Key', newIdempotencyKey())
  request.send(file)
  return { done, stop: () => request.abort() }
}

/** Where a file of a record is read; `preview` is a small picture of it. */
export function fileAddress(record: { entity: string; id: string }, file: string, preview = false): string {
  const address = `${base}/records/${encodeURIComponent(record.entity)}/${record.id}/files/${encodeURIComponent(file)}`
  return preview ? `${address}/preview` : address
}
