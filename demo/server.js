// A small shop: every part of it was written by somebody else and logs in that somebody's way.
const { createServer } = require('node:http')
const express = require('express')
const { context } = require('@x/unify-logs')
const { reserve } = require('./services/stock')
const { charge } = require('./services/payment')
const { confirm } = require('./services/mail')

const app = express()

app.post('/orders/:item', async function order(req, res) {
  console.log('order received for %s', req.params.item)
  await reserve(req.params.item)
  try {
    await charge(req.params.item === 'piano' ? 4000 : 20)
    confirm(req.headers['x-user-id'])
    res.json({ ok: true })
  } catch (error) {
    console.error('order refused:', error.message)
    res.status(402).json({ ok: false })
  }
})

// The one thing that the application tells us: who a request belongs to.
module.exports = createServer(function identify(req, res) {
  const { 'x-request-id': interactionId, 'x-user-id': userId } = req.headers
  context.run({ interactionId, userId }, () => app(req, res))
})
