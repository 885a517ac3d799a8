import type { ChildProcess } from 'node:child_process';

/**
 * What the processes of one command may access. They can read everything else on the machine and write
 * nothing else. All paths are absolute and real. For nested paths, the innermost one decides.
 */
export interface SandboxPolicy {
  /** Folders whose content is hidden: home, Baton's state, other builds. */
  readonly hidden: readonly string[];
  /** Files and folders that can be read although they lie in a hidden folder. */
  readonly readable: readonly string[];
  /** Files and folders that can be written, wherever they lie. */
  readonly writable: readonly string[];
  /**
   * `none`: only a loopback of its own. `all`: the machine's network. `hosts`: a loopback of its own with a
   * proxy that passes HTTP and HTTPS to these hosts, and with the listed ports of the machine's loopback.
   */
  readonly network: 'none' | 'all' | { readonly hosts: readonly string[] };
  readonly limits: SandboxLimits;
}

/**
 * Limits on all processes of a command together. When one is exceeded, the command is ended and has failed.
 */
export interface SandboxLimits {
  /** Bytes of resident memory. */
  readonly memoryBytes: number;
  readonly processes: number;
  /** Bytes written to stdout and stderr. */
  readonly outputBytes: number;
}

/** A host, with its port, that a command tried to reach and may not. */
export interface RefusedHost {
  readonly host: string;
  /** The forbidden address that its name resolves to; absent: the host is not listed. */
  readonly leadsTo?: string;
}

/** The command to run. */
export interface SandboxCommand {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Isolates the processes of a command. They are gone when the command ends, whatever session or group they
 * are in, and they cannot see processes outside.
 */
export interface Sandbox {
  /** Its name in the configuration. */
  readonly name: string;
  /** Folders that are empty and private for each command, such as `/tmp`. Default: none. */
  readonly privateFolders?: readonly string[];
  /**
   * Why the sandbox cannot provide this network, in words; undefined: it can. Default: it can provide every
   * network.
   */
  problemWith?(network: SandboxPolicy['network']): string | undefined;
  /**
   * Prepares a command to be spawned in the sandbox.
   *
   * @throws BatonError `invalid_input` for a policy that the sandbox cannot enforce: the command then never
   * runs.
   */
  confine(command: SandboxCommand, policy: SandboxPolicy): Promise<ConfinedCommand>;
}

/** A command that is ready to be spawned in the sandbox. */
export interface ConfinedCommand extends SandboxCommand {
  /** Pipes to spawn it with, beside stdin, stdout and stderr. */
  readonly pipes: number;
  /** Call it right after the command was spawned. */
  attach(child: ChildProcess): Confined;
  /** Releases what the sandbox holds outside. Call it in every case. */
  close(): Promise<void>;
}

/** A command that runs in the sandbox. */
export interface Confined {
  /** Process ids as seen from outside, without the sandbox's own processes. */
  processes(): readonly number[];
  /** Whether the sandbox was set up, valid once the command has ended. If not, the command never ran. */
  isUp(): boolean;
  /** Names of processes that still ran when the command ended. They are gone. */
  leftRunning(): readonly string[];
  /**
   * Hosts that the command asked the proxy for. Connections that bypass the proxy fail and are not listed.
   */
  refusedHosts(): readonly RefusedHost[];
  /** Upper bound on what the sandbox's own processes use within the limits. */
  readonly overhead: Pick<SandboxLimits, 'memoryBytes' | 'processes'>;
}

/** A sandbox of this machine, or why there is none. */
export type FoundSandbox =
  | { readonly sandbox: Sandbox; readonly version: string }
  | {
      readonly sandbox: undefined;
      readonly problem: string;
      /** What makes the sandbox work here, in words; absent: unknown. */
      readonly advice?: string;
    };
