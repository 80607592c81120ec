import type { AddressInfo, Server, Socket } from 'node:net'

/** Listens on a free port of this machine; stopping ends every conversation. */
export async function listen(server: Server): Promise<{ port: number; stop: () => Promise<void> }> {
  const open = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const stop = () =>
    new Promise<void>((stopped) => {
      server.close(() => stopped())
      for (const socket of open) socket.destroy()
    })
  return { port: (server.address() as AddressInfo).port, stop }
}
