import type { Patcher, PatchFinding } from '../core/patcher'

/** One row a logger library; its file is loaded when the library is. */
export const patchers: ReadonlyMap<string, () => Patcher> = new Map([
  ['debug', () => (require('./debug') as typeof import('./debug')).debug],
  ['loglevel', () => (require('./loglevel') as typeof import('./loglevel')).loglevel],
  ['consola', () => (require('./consola') as typeof import('./consola')).consola],
  ['winston', () => (require('./winston') as typeof import('./winston')).winston],
  ['bunyan', () => (require('./bunyan') as typeof import('./bunyan')).bunyan],
  ['pino', () => (require('./pino') as typeof import('./pino')).pino],
  ['log4js', () => (require('./log4js') as typeof import('./log4js')).log4js],
  ['npmlog', () => (require('./npmlog') as typeof import('./npmlog')).npmlog],
  ['kafkajs', () => (require('./kafkajs') as typeof import('./kafkajs')).kafkajs],
  ['signale', () => (require('./signale') as typeof import('./signale')).signale],
  ['roarr', () => (require('./roarr') as typeof import('./roarr')).roarr],
  ['@grpc/grpc-js', () => (require('./grpc-js') as typeof import('./grpc-js')).grpcJs],
  ['@azure/logger', () => (require('./azure-logger') as typeof import('./azure-logger')).azureLogger],
  ['bole', () => (require('./bole') as typeof import('./bole')).bole],
  ['log', () => (require('./log') as typeof import('./log')).log],
  ['@firebase/logger', () => (require('./firebase-logger') as typeof import('./firebase-logger')).firebase],
  ['@logtape/logtape', () => (require('./logtape') as typeof import('./logtape')).logtape],
  ['@nestjs/common', () => (require('./nestjs') as typeof import('./nestjs')).nestjs],
  [
    'google-logging-utils',
    () => (require('./google-logging-utils') as typeof import('./google-logging-utils')).google,
  ],
  [
    '@dabh/diagnostics',
    () => (require('./dabh-diagnostics') as typeof import('./dabh-diagnostics')).diagnostics,
  ],
  ['@slack/logger', () => (require('./slack-logger') as typeof import('./slack-logger')).slack],
  ['webpack', () => (require('./webpack') as typeof import('./webpack')).webpack],
  ['fancy-log', () => (require('./fancy-log') as typeof import('./fancy-log')).fancyLog],
  ['proc-log', () => (require('./proc-log') as typeof import('./proc-log')).procLog],
  ['morgan', () => (require('./morgan') as typeof import('./morgan')).morgan],
  ['obug', () => (require('./obug') as typeof import('./obug')).obug],
  ['tslog', () => (require('./tslog') as typeof import('./tslog')).tslog],
])

/** Natively they print nothing: taken over only where `patch` names them. */
export const optIn: ReadonlySet<string> = new Set(['proc-log'])

/** The row of a package with private loggers; `findings` takes the report. */
export function recursive(name: string, findings: PatchFinding[]): () => Patcher {
  return () => (require('./recursive') as typeof import('./recursive')).recursive(name, findings)
}
