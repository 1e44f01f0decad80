import { lookup } from 'node:dns'
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net'
import { storeError } from './store.ts'

/** IPv4 ranges that are not the public internet (IANA special-purpose registry), multicast and above included. */
const special4 = blockList('ipv4', [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
])

/** All of IPv6 that is handed out to the public; the rest is loopback, local, mapped, translated or multicast. */
const global6 = blockList('ipv6', [['2000::', 3]])

/** What within it is tunnelled (and may lead to a private IPv4 address), reserved or documentation. */
const special6 = blockList('ipv6', [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
])

/** Whether a literal IP address belongs to the public internet. Anything unclear does not. */
export function isPublicAddress(address: string): boolean {
  if (isIPv6(address)) return global6.check(address, 'ipv6') && !special6.check(address, 'ipv6')
  return isIP(address) === 4 && !special4.check(address)
}

/**
 * Name resolution for connections whose target an attacker chose. The addresses checked are the very ones that
 * the socket connects to, so a name that resolves differently a second time (DNS rebinding) gains nothing. A
 * literal address never reaches a lookup: the caller checks it with `isPublicAddress`.
 */
export const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '', 0)
    const forbidden = addresses.find(({ address }) => !isPublicAddress(address))
    if (forbidden) return callback(privateHost(hostname, forbidden.address), '', 0)
    if (options.all) return callback(null, addresses)
    callback(null, addresses[0].address, addresses[0].family)
  })
}

export function privateHost(hostname: string, address: string): Error {
  return storeError(
    'STORE_URI_FORBIDDEN',
    `${hostname} is ${address}, which is not a public address; allow private hosts only where miners are trusted`,
    { details: { hostname, address } },
  )
}

function blockList(family: 'ipv4' | 'ipv6', ranges: [network: string, prefix: number][]): BlockList {
  const list = new BlockList()
  for (const [network, prefix] of ranges) list.addSubnet(network, prefix, family)
  return list
}
