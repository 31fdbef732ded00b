import { describe, expect, it } from 'vitest'
import { planHierarchy } from '../../src/issue/hierarchy.ts'
import { parseShard, shardOf, takeShard } from '../../src/issue/shard.ts'

describe('parseShard', () => {
  it.each([
    ['1/1', { index: 1, count: 1 }],
    ['3/16', { index: 3, count: 16 }],
    ['16/16', { index: 16, count: 16 }],
  ])('reads %s', (text, shard) => {
    expect(parseShard(text)).toEqual(shard)
  })

  it.each(['0/4', '5/4', '1/0', '3', '3/', '/4', '-1/4', '1/4/4', '1.5/4', 'a/b', ''])('refuses %j', (text) => {
    expect(() => parseShard(text)).toThrowError(expect.objectContaining({ code: 'usage.option' }))
  })
})

describe('shardOf', () => {
  it('does not change: machines of different versions may share the work', () => {
    expect(['alice', 'bob', 'client-1', 'client-2'].map((name) => shardOf(name, 16))).toEqual([15, 3, 1, 9])
  })

  it('spreads names evenly', () => {
    const sizes = new Map<number, number>()
    for (let i = 0; i < 16_000; i++) {
      const shard = shardOf(`client-${i}`, 16)
      sizes.set(shard, (sizes.get(shard) ?? 0) + 1)
    }
    expect([...sizes.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, i) => i + 1))
    // Four standard deviations of a fair throw.
    for (const size of sizes.values()) expect(Math.abs(size - 1000)).toBeLessThan(123)
  })
})

describe('takeShard', () => {
  const plan = planHierarchy({
    certificates: [
      { name: 'root', profile: 'root' },
      { name: 'ca1', profile: 'intermediate', from: 'root' },
      { name: 'ca2', profile: 'intermediate', from: 'root' },
      { name: 'alice', profile: 'client', from: 'ca1' },
      { name: 'lone', profile: 'client' },
    ],
  })
  const namesOf = ({ steps }: { readonly steps: readonly { readonly name: string }[] }) => steps.map(({ name }) => name)
  const shard = (index: number, of = plan) => takeShard(of, { index, count: 8 })
  const home = shardOf('alice', 8)

  it('gives each name to one shard', () => {
    const owners = [1, 2, 3, 4, 5, 6, 7, 8].flatMap((index) => [...shard(index).owned])
    expect(owners.sort()).toEqual(namesOf(plan).sort())
  })

  it('gives a shard the authorities above what it owns, and no more, in the order of the plan', () => {
    const { owned } = shard(home)
    expect([...owned]).toContain('alice')
    expect([...owned]).not.toContain('ca1')
    expect(namesOf(shard(home))).toEqual(['root', 'ca1', 'alice'])
  })

  it('gives a shard that owns nothing nothing to do', () => {
    const idle = [1, 2, 3, 4, 5, 6, 7, 8].filter((index) => shard(index).owned.size === 0)
    expect(idle.length).toBeGreaterThan(0)
    for (const index of idle) expect(shard(index).steps).toEqual([])
  })

  it('gives everything to the only one', () => {
    expect(takeShard(plan, { index: 1, count: 1 }).steps).toEqual(plan.steps)
  })

  it('takes an authority that exists already as given', () => {
    const more = planHierarchy({ certificates: [{ name: 'bob', profile: 'client', from: 'old' }] }, new Set(['old']))
    expect(namesOf(shard(shardOf('bob', 8), more))).toEqual(['bob'])
  })
})
