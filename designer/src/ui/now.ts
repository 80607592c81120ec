/** The present time for things like `5 minutes ago`, moving on by itself. */
import { readonly, ref } from 'vue'

const present = ref(Date.now())
setInterval(() => (present.value = Date.now()), 15_000)

export const now = readonly(present)
