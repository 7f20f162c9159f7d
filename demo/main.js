// Starts the shop, lets four customers order at once over loopback, and ends.
const { once } = require('node:events')
const server = require('./server')

const orders = [
  { id: 'req-7f3a', user: 'ada', item: 'violin' },
  { id: 'req-91bc', user: 'bob', item: 'piano' },
  { id: 'req-c0de', user: 'cleo', item: 'drum' },
  { id: 'req-e5e5', user: 'dan', item: 'flute' },
]

async function main() {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  await Promise.all(
    orders.map(({ id, user, item }) =>
      fetch(`http://127.0.0.1:${port}/orders/${item}`, {
        method: 'POST',
        headers: { 'x-request-id': id, 'x-user-id': user },
      }).then((response) => response.text()),
    ),
  )
  server.close()
  server.closeAllConnections()
}

void main()
