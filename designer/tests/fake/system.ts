/** How a server does: on a quiet day, when nothing is set up yet, and on a bad day. */
import type { SystemView } from '../../src/api/types'

const now = Date.now()
const hours = (count: number) => new Date(now + count * 3_600_000).toISOString()
const MiB = 1 << 20

export const quiet: SystemView = {
  health: 'writable',
  reason: null,
  commits: 12_340,
  queue: 0,
  cases_started: 128,
  cases_finished: 117,
  overdue_timers: 0,
  outbox: { waiting: 3, leased: 1, sent: 412, failed: 0, unknown: 0 },
  disk: {
    journal: 64 * MiB,
    snapshots: 21.4 * MiB,
    state: 180 * MiB,
    index: 35 * MiB,
    free: 19.1 * 1024 * MiB,
    days_left: 212.7,
    newest_snapshot: 12_000,
    snapshot_problem: null,
  },
  backup: {
    last: hours(-6),
    folder: '/mnt/backup/2026-11-28T02-30-00',
    next: hours(18),
    failed_at: null,
    reason: null,
  },
}

/** Without a folder for backups; a server that says nothing of its newest snapshot. */
export const fresh: SystemView = {
  ...quiet,
  disk: { journal: MiB, snapshots: 0, state: 13 * MiB, free: 19.1 * 1024 * MiB, days_left: null },
  backup: null,
}

export const bad: SystemView = {
  ...quiet,
  health: 'read-only',
  reason: {
    zh: '磁盘已满，只能查看，不能保存；腾出空间后会自动恢复。',
    en: 'Nothing can be saved: the disk is full.',
  },
  queue: 14,
  overdue_timers: 10_000,
  outbox: { waiting: 10_000, leased: 0, sent: 4_980, failed: 18, unknown: 2 },
  disk: {
    ...quiet.disk!,
    free: 20 * MiB,
    days_left: 0.4,
    snapshot_problem: { zh: '磁盘空间不够', en: 'the disk has too little room' },
  },
  backup: {
    last: hours(-40 * 24),
    folder: '/mnt/backup/2026-10-19T02-30-00',
    next: hours(1),
    failed_at: hours(-0.2),
    reason: { zh: '不能写入 /mnt/backup：磁盘已满。', en: '/mnt/backup cannot be written to: the disk is full.' },
  },
}
