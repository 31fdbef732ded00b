/** Types of the narrow modules of node-forge that `pkcs12-pbe.ts` loads; @types/node-forge knows the whole only. */

declare module 'node-forge/lib/pbe.js' {
  import type { util } from 'node-forge'

  const pbe: {
    generatePkcs12Key(
      password: string | undefined,
      salt: util.ByteBuffer,
      id: 1 | 2 | 3,
      iterations: number,
      length: number,
    ): util.ByteBuffer
  }
  export default pbe
}

declare module 'node-forge/lib/rc2.js' {
  import forge from 'node-forge'
  export default forge.rc2
}

declare module 'node-forge/lib/cipher.js' {
  import forge from 'node-forge'
  export default forge.cipher
}

declare module 'node-forge/lib/des.js'

declare module 'node-forge/lib/util.js' {
  import forge from 'node-forge'
  export default forge.util
}
