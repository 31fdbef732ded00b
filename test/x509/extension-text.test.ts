import { describe, expect, it } from 'vitest'
import { parseRawExtension, parseTextExtension } from '../../src/x509/extension-text.ts'
import { toHex } from '../der/hex.ts'

const BASIC = '2.5.29.19'
const SAN = '2.5.29.17'
const POLICIES = '2.5.29.32'

/** Values as `openssl asn1parse` and Windows show them; written by hand from X.690. */
describe('parseTextExtension', () => {
  it.each([
    // The reference's own forms, and that of the ASP.NET Core article.
    ['2.5.29.19={text}CA=1&pathlength=1', BASIC, false, '30060101ff020101'],
    ['2.5.29.19={text}ca=0', BASIC, false, '3000'],
    ['2.5.29.19={text}CA=1', BASIC, false, '30030101ff'],
    ['2.5.29.19={text}pathlength=0&CA=1', BASIC, false, '30060101ff020100'],
    ['2.5.29.19={critical}{text}CA=1&pathlength=300', BASIC, true, '30070101ff0202012c'],
    ['2.5.29.19={CRITICAL}{TEXT}CA = 1 & PathLength = 0', BASIC, true, '30060101ff020100'],
    ['basicConstraints={text}CA=1', BASIC, false, '30030101ff'],
    ['2.5.29.19={hex}30030101FF', BASIC, false, '30030101ff'],
    ['2.5.29.19={critical}{hex}30 03 01 01 ff', BASIC, true, '30030101ff'],
    ['2.5.29.19=MAMBAf8=', BASIC, false, '30030101ff'],
    ['2.5.29.19={critical}MAMBAf8=', BASIC, true, '30030101ff'],
    ['2.5.29.19={base64}MAMBAf8=', BASIC, false, '30030101ff'],
    ['1.2.3={hex}ff', '1.2.3', false, 'ff'],
    ['2.5.29.37={text}1.3.6.1.5.5.7.3.2', '2.5.29.37', false, '300a06082b06010505070302'],
    [
      '2.5.29.37={text}1.3.6.1.5.5.7.3.2, serverAuth',
      '2.5.29.37',
      false,
      '301406082b0601050507030206082b06010505070301',
    ],
    ['2.5.29.17={text}DNS=a.test&dns=b.test', SAN, false, '30108206612e746573748206622e74657374'],
    ['2.5.29.17={text}Email=a@b.test', SAN, false, '300a8108614062 2e74657374'],
    ['2.5.29.17={text}IPAddress=10.0.0.1', SAN, false, '300687040a000001'],
    ['2.5.29.17={text}IPAddress=::1', SAN, false, '3012871000000000000000000000000000000001'],
    ['2.5.29.17={text}URL=http://a.test/x', SAN, false, '3011860f687474703a2f2f612e746573742f78'],
    ['2.5.29.17={text}RegisteredID=1.2.3.4', SAN, false, '300588032a0304'],
    ['2.5.29.17={text}DirectoryName=CN=a', SAN, false, '3010a40e300c310a300806035504030c0161'],
    ['2.5.29.17={text}UPN=a@b.test', SAN, false, '301aa018060a2b060104018237140203a00a0c0861406 22e74657374'],
    [
      '2.5.29.17={text}GUID=f7c3ac41-b8ce-4fb4-aa58-3d1dc0e36b39',
      SAN,
      false,
      '3021a01f06092b0601040182371901a0120410 41acc3f7ceb8b44faa583d1dc0e36b39',
    ],
    [
      '2.5.29.30={text}subtree=include&DNS=a.test&Email=b.test&subtree=exclude&IPAddress=10.0.0.0,255.0.0.0',
      '2.5.29.30',
      false,
      '3024a01430088206612e7465737430088106622e74657374a10c300a87080a000000ff000000',
    ],
    [
      '2.5.29.30={text}subtree=Exclude&DirectoryName=CN=a',
      '2.5.29.30',
      false,
      '3014a1123010a40e300c310a300806035504030c0161',
    ],
    [
      '2.5.29.30={critical}{text}subtree=include&URL=http://a.test/index.html',
      '2.5.29.30',
      true,
      '300ca00a30088606612e74657374',
    ],
    ['2.5.29.30={text}subtree=include&RegisteredID=1.2.3', '2.5.29.30', false, '3008a006300488022a03'],
    ['2.5.29.32={text}OID=1.2.3', POLICIES, false, '3006300406022a03'],
    [
      '2.5.29.32={text}OID=1.2.3&Notice=hi&URL=http://a&OID=1.2.4',
      POLICIES,
      false,
      '3036302e06022a033028 301006082b0601050507020230040c026869 301406082b060105050702011608687474703a2f2f61 300406022a04',
    ],
    ['2.5.29.33={text}oid=1.2.3&oid=1.2.4', '2.5.29.33', false, '300a300806022a0306022a04'],
    ['1.3.6.1.4.1.311.21.10={text}OID=1.2.3', '1.3.6.1.4.1.311.21.10', false, '3006300406022a03'],
    ['1.3.6.1.4.1.311.21.11={text}oid=1.2.3&oid=1.2.4', '1.3.6.1.4.1.311.21.11', false, '300a300806022a0306022a04'],
  ])('%s', (text, oid, critical, value) => {
    const extension = parseTextExtension(text)
    expect({ ...extension, value: toHex(extension.value) }).toEqual({ oid, critical, value: value.replace(/ /g, '') })
  })

  it.each([
    ['nothing', 'usage.extension'],
    ['={text}CA=1', 'usage.extension'],
    ['2.5.29.19', 'usage.extension'],
    ['keyUsages={hex}00', 'usage.extension'],
    ['2.5.29.19={text}CA=2', 'usage.extension'],
    ['2.5.29.19={text}CA=1&CA=0', 'usage.extension'],
    ['2.5.29.19={text}pathlength=-1', 'usage.extension'],
    ['2.5.29.19={text}', 'usage.extension'],
    ['2.5.29.19={text}CA=1&', 'usage.extension'],
    ['2.5.29.19={text}depth=1', 'usage.extension'],
    ['2.5.29.19={text}{critical}CA=1', 'usage.extension'],
    ['2.5.29.19=CA=1', 'usage.extension'],
    ['2.5.29.19={hex}3', 'usage.extension'],
    ['2.5.29.19={hex}xx', 'usage.extension'],
    ['2.5.29.19=abcd', 'usage.extension'],
    ['2.5.29.19=MAMBAf8A', 'usage.extension'],
    ['2.5.29.15={text}digitalSignature', 'usage.extension'],
    ['2.5.29.37={text}', 'usage.extension'],
    ['2.5.29.37={text}clientauht', 'usage.extension'],
    ['2.5.29.17={text}DNS=', 'usage.extension'],
    ['2.5.29.17={text}DNS=a b', 'usage.general-name'],
    ['2.5.29.17={text}IPAddress=10.0.0.0,255.0.0.0', 'usage.general-name'],
    ['2.5.29.17={text}GUID=f7c3ac41', 'usage.extension'],
    ['2.5.29.17={text}subtree=include', 'usage.extension'],
    ['2.5.29.30={text}DNS=a.test', 'usage.extension'],
    ['2.5.29.30={text}subtree=both&DNS=a.test', 'usage.extension'],
    ['2.5.29.30={text}subtree=include&IPAddress=10.0.0.0,ffff::', 'usage.general-name'],
    ['2.5.29.30={text}subtree=include&GUID=f7c3ac41-b8ce-4fb4-aa58-3d1dc0e36b39', 'usage.extension'],
    ['2.5.29.32={text}Notice=hi', 'usage.extension'],
    ['2.5.29.32={text}OID=1', 'usage.extension'],
    ['2.5.29.32={text}OID=1.2.3&Flags=0x1', 'usage.extension'],
    ['2.5.29.33={text}oid=1.2.3', 'usage.extension'],
  ])('refuses %s', (text, code) => {
    expect(() => parseTextExtension(text)).toThrow(expect.objectContaining({ code }))
  })
})

describe('parseRawExtension', () => {
  it.each([
    ['1.2.3=hex:0500', false, '0500'],
    ['1.2.3=HEX:05 00', false, '0500'],
    ['1.2.3=hex:05:00', false, '0500'],
    ['1.2.3=hex:', false, ''],
    ['1.2.3=base64:BQA=', false, '0500'],
    ['1.2.3=BQA=', false, '0500'],
    ['1.2.3=0500', false, '0500'],
    ['1.2.3=base64:0500', false, 'd39d34'],
    ['1.2.3=deadbeef', false, 'deadbeef'],
    ['critical,1.2.3=0500', true, '0500'],
    ['CRITICAL , 1.2.3 = 0500', true, '0500'],
  ])('%s', (text, critical, value) => {
    const extension = parseRawExtension(text)
    expect({ ...extension, value: toHex(extension.value) }).toEqual({ oid: '1.2.3', critical, value })
  })

  it('takes names of extensions', () => {
    expect(parseRawExtension('critical,keyUsage=03020780').oid).toBe('2.5.29.15')
  })

  it.each([
    '1.2.3',
    '1.2.3=hex:5',
    '1.2.3=hex:zz',
    '1.2.3=050',
    '1.2.3=base64:!',
    'critical,=05',
    '9.9=05',
    'critical',
  ])('refuses %s', (text) => {
    expect(() => parseRawExtension(text)).toThrow(expect.objectContaining({ code: 'usage.extension' }))
  })
})
