import { UserError } from '../../../../base/errors.ts';
import type { GuestSpec } from '../../hypervisor.ts';
import {
  agentDevice,
  agentOverride,
  agentPort,
  directBoot,
  diskDevice,
  environmentOf,
  networkDevice,
  networkSource,
  pinning,
  seedDevice,
  seedTarget,
  serialDevice,
  socketPaths,
} from './devices.ts';
import { domainName } from './domain-name.ts';
import { domainType, qemuNamespace } from './domain-xml.ts';
import {
  child,
  childrenOf,
  element,
  formatXml,
  parseXml,
  removeChildren,
  setChild,
  type Element,
} from './xml.ts';

/**
 * A user's own domain XML for one of our guests. Kept is the machine as the user wrote it: CPU,
 * memory, features, further devices. Replaced are name, UUID, accelerator, the first disk, serial
 * port and guest agent's channel, where the first interface is plugged in and its MAC, the kernel
 * where the image brings one, and the mark.
 * @throws UserError if it is no domain XML of QEMU
 */
export function domainFromTemplate(xml: string, spec: GuestSpec): string {
  const domain = parseDomain(xml);
  const devices = child(domain, 'devices') ?? addChild(domain, 'devices');
  delete domain.attributes.id;
  domain.attributes.type = domainType(spec);
  removeChildren(domain, 'uuid');
  setChild(domain, element('name', {}, domainName(spec)));

  replaceFirst(devices, isHardDisk, (old) => diskDevice(spec, targetOf(old)));
  if (spec.disk.iothread && child(domain, 'iothreads') === undefined) {
    domain.children.push(element('iothreads', {}, '1'));
  }
  if (spec.seed !== undefined) devices.children.push(seedDevice(spec.seed));

  replaceFirst(
    devices,
    ({ name }) => name === 'interface',
    (old) => {
      if (old) plugIn(old, spec);
      return old ?? networkDevice(spec);
    },
  );

  removeChildren(devices, 'serial');
  removeChildren(devices, 'console');
  devices.children = devices.children.filter((device) => !isAgentChannel(device));
  devices.children.push(serialDevice(spec), agentDevice(spec));
  const override = child(domain, 'qemu:override') ?? addChild(domain, 'qemu:override');
  override.children.push(agentOverride());

  const pins = pinning(spec);
  if (pins) setChild(domain, pins);
  boot(domain, spec);
  mark(domain, spec);
  return formatXml(domain);
}

/**
 * The XML of a guest that runs, changed to what differs on the host that it goes to: paths, the
 * bridge, pinning, the mark. Everything that the guest sees stays, addresses of devices included.
 * @param xml from `virsh dumpxml --migratable`
 */
export function domainForTarget(xml: string, spec: GuestSpec): string {
  const domain = parseDomain(xml);
  const devices = child(domain, 'devices') ?? addChild(domain, 'devices');
  const paths = socketPaths(spec.directory);

  const disk = devices.children.find(isHardDisk);
  if (disk) moveDisk(disk, spec.disk.path);
  const seed = devices.children.find((device) => targetOf(device) === seedTarget);
  if (seed && spec.seed !== undefined) moveDisk(seed, spec.seed);
  const network = child(devices, 'interface');
  if (network) plugIn(network, spec);
  // libvirt lists the first serial port a second time, as the console.
  const consoles = [child(devices, 'serial'), child(devices, 'console')];
  for (const device of consoles) if (device) moveSocket(device, paths.console);
  const channel = agentDevice(spec);
  const name = child(channel, 'target')?.attributes.name;
  for (const device of childrenOf(devices, 'channel')) {
    if (child(device, 'target')?.attributes.name === name) moveSocket(device, paths.agent);
  }
  removeChildren(domain, 'cputune');
  const pins = pinning(spec);
  if (pins) domain.children.push(pins);
  boot(domain, spec);
  mark(domain, spec);
  return formatXml(domain);
}

/** @throws UserError if it is no domain XML of QEMU */
export function expectDomain(xml: string): void {
  parseDomain(xml);
}

/** What the guest's disk is called in a domain's XML: `vda`. */
export function diskTarget(xml: string): string {
  const devices = child(parseDomain(xml), 'devices');
  return targetOf(devices?.children.find(isHardDisk)) ?? 'vda';
}

function parseDomain(xml: string): Element {
  const expected = 'expected the XML of a libvirt domain of QEMU';
  const remedy = 'Give what `virsh dumpxml` prints of a guest of qemu:///system.';
  let domain: Element;
  try {
    domain = parseXml(xml);
  } catch (cause) {
    const message = `${expected}, got no XML: ${(cause as Error).message}`;
    throw new UserError({ message, remedy }, { cause });
  }
  if (domain.name !== 'domain') {
    throw new UserError({ message: `${expected}, got <${domain.name}>`, remedy });
  }
  const { type = 'none' } = domain.attributes;
  if (type !== 'qemu' && type !== 'kvm') {
    throw new UserError({ message: `${expected} (type qemu or kvm), got type ${type}`, remedy });
  }
  return useQemuPrefix(domain);
}

/** A user may have bound another prefix to the namespace. */
function useQemuPrefix(domain: Element): Element {
  const bound = Object.entries(domain.attributes).find(
    ([name, value]) => name.startsWith('xmlns:') && value === qemuNamespace,
  )?.[0];
  const others = Object.entries(domain.attributes).filter(([name]) => name !== bound);
  domain.attributes = { ...Object.fromEntries(others), 'xmlns:qemu': qemuNamespace };
  if (bound !== undefined) renamePrefix(domain, `${bound.slice('xmlns:'.length)}:`);
  return domain;
}

function renamePrefix(parent: Element, prefix: string): void {
  for (const each of parent.children) {
    if (each.name.startsWith(prefix)) each.name = `qemu:${each.name.slice(prefix.length)}`;
    renamePrefix(each, prefix);
  }
}

function addChild(parent: Element, name: string): Element {
  const added = element(name);
  parent.children.push(added);
  return added;
}

function replaceFirst(
  parent: Element,
  fits: (device: Element) => boolean,
  replace: (old: Element | undefined) => Element,
): void {
  const at = parent.children.findIndex(fits);
  if (at < 0) parent.children.push(replace(undefined));
  else parent.children[at] = replace(parent.children[at]);
}

function isHardDisk(device: Element): boolean {
  const { device: kind = 'disk' } = device.attributes;
  return device.name === 'disk' && kind === 'disk' && child(device, 'readonly') === undefined;
}

/** Our disk is a virtio one whatever the user's was: a name such as `sda` would not fit. */
function targetOf(device: Element | undefined): string | undefined {
  if (device?.name !== 'disk') return undefined;
  const target = child(device, 'target')?.attributes;
  return target?.bus === 'virtio' ? target.dev : undefined;
}

function isAgentChannel(device: Element): boolean {
  return device.name === 'channel' && child(device, 'target')?.attributes.name === agentPort;
}

/** What lies under a disk is read from the image there. */
function moveDisk(disk: Element, path: string): void {
  setChild(disk, element('source', { file: path }));
  removeChildren(disk, 'backingStore');
}

function moveSocket(device: Element, path: string): void {
  setChild(device, element('source', { mode: 'bind', path }));
}

function plugIn(device: Element, spec: GuestSpec): void {
  const { type, children } = networkSource(spec);
  device.attributes.type = type;
  setChild(device, element('mac', { address: spec.mac }));
  for (const name of ['source', 'target', 'virtualport', 'portgroup', 'backend']) {
    removeChildren(device, name);
  }
  device.children.push(...children);
}

function boot(domain: Element, spec: GuestSpec): void {
  const kernel = directBoot(spec);
  if (kernel.length === 0) return;
  const os = child(domain, 'os') ?? addChild(domain, 'os');
  for (const part of kernel) setChild(os, part);
}

function mark(domain: Element, spec: GuestSpec): void {
  const commandLine = child(domain, 'qemu:commandline') ?? addChild(domain, 'qemu:commandline');
  const ours = Object.keys(spec.environment);
  commandLine.children = [
    ...commandLine.children.filter(
      ({ name, attributes }) => name !== 'qemu:env' || !ours.includes(attributes.name ?? ''),
    ),
    ...environmentOf(spec),
  ];
}
