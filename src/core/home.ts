import { basename, dirname } from 'node:path'

/** Absolute path of the folder that all of our code is in. What is merged into one file lies beside the folder that it was in. */
export const HOME = basename(__dirname) === 'core' ? dirname(__dirname) : __dirname
