/*
 * A seccomp filter (seccomp(2), BPF as in linux/filter.h) that refuses the system calls of the kernel's key
 * rings. No namespace separates key rings, so a command could read the keys of the user who started Baton,
 * and leave keys for the next command.
 */

/** The calls add_key, request_key and keyctl of one architecture. */
interface Calls {
  /** AUDIT_ARCH_… of linux/audit.h. */
  readonly architecture: number;
  readonly numbers: readonly number[];
}

/** A machine runs programs of its own architecture and of the older 32-bit one. */
const CALLS: Readonly<Record<string, readonly Calls[]>> = {
  x64: [
    { architecture: 0xc000003e, numbers: [248, 249, 250] },
    { architecture: 0x40000003, numbers: [286, 287, 288] },
  ],
  arm64: [
    { architecture: 0xc00000b7, numbers: [217, 218, 219] },
    { architecture: 0x40000028, numbers: [309, 310, 311] },
  ],
};

const LOAD_WORD = 0x20;
const AND = 0x54;
const JUMP_IF_EQUAL = 0x15;
const RETURN = 0x06;
/** Offsets in `struct seccomp_data`. */
const NUMBER = 0;
const ARCHITECTURE = 4;
/** Calls of the x32 ABI are those of x64 with this bit set. */
const WITHOUT_X32 = 0xbfffffff;
const ALLOW = 0x7fff0000;
const ENOSYS = 38;
const REFUSE = 0x00050000 | ENOSYS;

type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];

/** The filter for programs of `architecture`, as in `process.arch`; undefined for other architectures. */
export function keyringFilter(architecture: string): Buffer | undefined {
  const all = CALLS[architecture];
  if (all === undefined) return undefined;
  const parts = all.map((calls) => partFor(calls));
  const program: Instruction[] = [
    [LOAD_WORD, 0, 0, ARCHITECTURE],
    ...parts.flat(),
    // Refuse every call of an unknown architecture.
    [RETURN, 0, 0, REFUSE],
  ];
  return Buffer.concat(program.map(encoded));
}

/** The instructions for the calls of one architecture; others continue behind it. */
function partFor({ architecture, numbers }: Calls): readonly Instruction[] {
  const checks = numbers.map(
    (number, at): Instruction => [JUMP_IF_EQUAL, numbers.length - at, 0, number],
  );
  const body: Instruction[] = [
    [LOAD_WORD, 0, 0, NUMBER],
    [AND, 0, 0, WITHOUT_X32],
    ...checks,
    [RETURN, 0, 0, ALLOW],
    [RETURN, 0, 0, REFUSE],
  ];
  return [[JUMP_IF_EQUAL, 0, body.length, architecture], ...body];
}

/** Encodes a `struct sock_filter`, in the byte order of both architectures. */
function encoded([code, ifTrue, ifFalse, value]: Instruction): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt8(ifTrue, 2);
  bytes.writeUInt8(ifFalse, 3);
  bytes.writeUInt32LE(value >>> 0, 4);
  return bytes;
}
