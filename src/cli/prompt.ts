/** Questions to the person at the terminal. The one importer of inquirer, reached through import() only. */

import inquirer from 'inquirer'
import { PkiError } from '../errors.ts'

/** Questions go to standard error: standard output is for results. */
const ask = inquirer.createPromptModule({ output: process.stderr })

/** A line of text; `check` says what is wrong with it, or nothing. */
export async function askText(
  message: string,
  options: { readonly default?: string; readonly check?: (text: string) => string | undefined } = {},
): Promise<string> {
  const { answer } = await answered(() =>
    ask<{ answer: string }>([
      {
        type: 'input',
        name: 'answer',
        message,
        ...(options.default === undefined ? {} : { default: options.default }),
        validate: (text: string) => options.check?.(text) ?? true,
      },
    ]),
  )
  return answer.trim()
}

export interface Choice<T> {
  /** As it is listed. */
  readonly name: string
  readonly value: T
  /** As it stands there once it is chosen, if not as it was listed. */
  readonly short?: string
}

export async function askChoice<T>(message: string, choices: readonly Choice<T>[], preset?: T): Promise<T> {
  const { answer } = await answered(() =>
    ask<{ answer: unknown }>([
      {
        type: 'select',
        name: 'answer',
        message,
        choices: [...choices],
        ...(preset === undefined ? {} : { default: preset }),
      },
    ]),
  )
  return answer as T
}

export async function askYesNo(message: string, preset: boolean): Promise<boolean> {
  const { answer } = await answered(() =>
    ask<{ answer: boolean }>([{ type: 'confirm', name: 'answer', message, default: preset }]),
  )
  return answer
}

export async function askPassword(message: string): Promise<string> {
  const { answer } = await answered(() =>
    ask<{ answer: string }>([{ type: 'password', name: 'answer', message, mask: '*' }]),
  )
  return answer
}

/** Asked twice, because nobody sees what they type. */
export async function askNewPassword(message: string): Promise<string> {
  for (;;) {
    const first = await askPassword(message)
    if (first !== '' && first === (await askPassword('The same again'))) return first
    process.stderr.write(first === '' ? 'An empty password protects nothing.\n' : 'They differ.\n')
  }
}

/** Ctrl-C at a question is an answer: nothing is to be done. */
async function answered<T>(question: () => Promise<T>): Promise<T> {
  try {
    return await question()
  } catch (error) {
    if (error instanceof Error && error.name === 'ExitPromptError') {
      throw new PkiError('usage.option', 'cancelled, nothing was done', { cause: error })
    }
    throw error
  }
}
