/**
 * Mutations of DER: blind ones, which break the encoding, and ones that know it, which repair every length around
 * the place they change and so reach the code behind the reader.
 */

import { contextTag, DerError, DerReader, Tag } from '../../src/der/reader.ts'
import { concatBytes, element } from '../../src/der/writer.ts'
import type { Random } from '../random.ts'

/** One changed copy of `bytes`; now and then several changes at once. */
export function mutate(bytes: Uint8Array, corpus: readonly Uint8Array[], random: Random): Uint8Array {
  let changed = bytes
  const rounds = random.below(8) === 0 ? 1 + random.below(6) : 1
  for (let i = 0; i < rounds; i++) {
    const aware = random.below(2) === 0 ? mutateElement(changed, corpus, random) : undefined
    changed = aware ?? mutateBlindly(changed, corpus, random)
  }
  return changed
}

function mutateBlindly(bytes: Uint8Array, corpus: readonly Uint8Array[], random: Random): Uint8Array {
  const at = random.below(bytes.length + 1)
  const length = 1 + random.below(random.below(4) === 0 ? 64 : 4)
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)]
  switch (random.below(7)) {
    case 0:
    case 1: {
      const copy = bytes.slice()
      const position = random.below(copy.length)
      copy[position] = (copy[position] as number) ^ (1 << random.below(8))
      return copy
    }
    case 2: {
      const copy = bytes.slice()
      if (copy.length > 0) copy[random.below(copy.length)] = random.pick(INTERESTING)
      return copy
    }
    case 3:
      return concatBytes([before, after.subarray(Math.min(length, after.length))])
    case 4:
      return concatBytes([before, Uint8Array.from({ length }, () => random.below(256)), after])
    case 5:
      return before
    default: {
      const other = random.pick(corpus)
      const from = random.below(other.length)
      return concatBytes([before, other.subarray(from, from + length * 8), after])
    }
  }
}

/** Octets on which encodings turn: length forms, tag classes, extremes. */
const INTERESTING = [0x00, 0x01, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xff, 0x30, 0x31, 0x1f, 0xa0, 0xbf]

const TAGS = [...Object.values(Tag), contextTag(0, true), contextTag(1, false), contextTag(3, true), 0x24, 0x9f]

/** Changes one element somewhere in the tree and writes the tree anew; undefined if `bytes` is no DER. */
function mutateElement(bytes: Uint8Array, corpus: readonly Uint8Array[], random: Random): Uint8Array | undefined {
  const tree = parseTree(bytes)
  if (tree === undefined) return undefined
  const all = flatten(tree)
  const node = random.pick(all)
  switch (random.below(8)) {
    case 0:
      node.tag = random.pick(TAGS)
      break
    case 1:
      replaceContent(node, new Uint8Array(0))
      break
    case 2:
      replaceContent(node, mutateBlindly(contentOf(node), corpus, random))
      break
    case 3: {
      const other = random.pick(all)
      replaceContent(node, contentOf(other))
      break
    }
    case 4:
      node.copies = random.pick([0, 2, 3, 40])
      break
    case 5:
      node.children?.reverse()
      break
    case 6: {
      // A shell of its own kind around it, many times over: depth.
      const depth = random.pick([1, 3, 60])
      let inner = contentOf(node)
      for (let i = 0; i < depth; i++) inner = element(Tag.sequence, inner)
      replaceContent(node, inner)
      break
    }
    default:
      replaceContent(node, random.pick(corpus))
  }
  return encodeTree(tree)
}

/**
 * For each element of `bytes` one input in which it stands so often that it fills some `octets`, every time a little
 * different: what takes a step for every pair of elements shows only in a crowd.
 */
export function* crowds(bytes: Uint8Array, octets: number): Generator<Uint8Array> {
  const tree = parseTree(bytes)
  if (tree === undefined) return
  for (const node of flatten(tree)) {
    yield encodeTree(tree, { node, octets })
  }
}

interface Crowd {
  readonly node: Node
  readonly octets: number
}

interface Node {
  tag: number
  children: Node[] | undefined
  content: Uint8Array
  copies: number
}

function parseTree(bytes: Uint8Array): Node | undefined {
  try {
    const reader = new DerReader(bytes)
    const node = readNode(reader)
    return reader.atEnd ? node : undefined
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}

function readNode(reader: DerReader): Node {
  const { tag, content, ...found } = elementOf(reader)
  return { tag, content, copies: 1, children: found.children }
}

function elementOf(reader: DerReader): { tag: number; content: Uint8Array; children: Node[] | undefined } {
  const found = reader.element('element')
  // OCTET STRINGs in certificates mostly wrap encodings; those that do not are leaves.
  const inside = found.tag === Tag.octetString || (found.tag & 0x20) !== 0 ? childrenOf(found.content) : undefined
  return { tag: found.tag, content: found.content, children: inside }
}

function childrenOf(content: Uint8Array): Node[] | undefined {
  if (content.length === 0) return undefined
  const reader = new DerReader(content)
  const children: Node[] = []
  try {
    while (!reader.atEnd) children.push(readNode(reader))
    return children
  } catch (error) {
    if (error instanceof DerError) return undefined
    throw error
  }
}

function flatten(node: Node): Node[] {
  return [node, ...(node.children ?? []).flatMap(flatten)]
}

function contentOf({ children, content }: Node, crowd?: Crowd): Uint8Array {
  return children === undefined ? content : concatBytes(children.map((child) => encodeTree(child, crowd)))
}

function replaceContent(node: Node, content: Uint8Array): void {
  node.children = undefined
  node.content = content
}

function encodeTree(node: Node, crowd?: Crowd): Uint8Array {
  const once = element(node.tag, contentOf(node, crowd))
  if (crowd?.node === node) {
    const free = Math.min(3, lastLeaf(node).content.length)
    return concatBytes(Array.from({ length: crowd.octets / once.length }, (_, number) => numbered(once, number, free)))
  }
  return node.copies === 1 ? once : concatBytes(Array.from({ length: node.copies }, () => once))
}

function lastLeaf(node: Node): Node {
  const last = node.children?.at(-1)
  return last === undefined ? node : lastLeaf(last)
}

/** A copy with a number in its last octets, as letters: those are fit for texts, numbers and identifiers alike. */
function numbered(bytes: Uint8Array, number: number, octets: number): Uint8Array {
  const copy = bytes.slice()
  for (let i = 1, rest = number; i <= octets; i++, rest = Math.floor(rest / 26)) {
    copy[copy.length - i] = 'a'.charCodeAt(0) + (rest % 26)
  }
  return copy
}
