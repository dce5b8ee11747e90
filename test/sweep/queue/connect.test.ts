import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { connect, redisAddress } from '../../../src/sweep/index.js'

it('says what to do about a Redis in protected mode, whose words ioredis keeps to itself', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.end('-DENIED Redis is running in protected mode\r\n')
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const address = redisAddress(`redis://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const connecting = connect(address, () => undefined)
  await expect(connecting).rejects.toMatchObject({ code: 'REDIS_UNREACHABLE' })
  await expect(connecting).rejects.toThrow(/protected mode/)
})

it('says that nothing listens', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  await expect(connect(redisAddress(`redis://127.0.0.1:${port}`), () => undefined)).rejects.toThrow(
    /ECONNREFUSED/,
  )
})
