import type { ChildProcess } from 'node:child_process';

/**
 * What the processes of one command may touch. Everything else that lies on the machine can be read,
 * and not be written. All paths are absolute and real; a path below another one is looked at by itself.
 */
export interface SandboxPolicy {
  /** Folders whose content is not there: home, Baton's state, other builds. */
  readonly hidden: readonly string[];
  /** Files and folders that can be read though they lie in what is hidden. */
  readonly readable: readonly string[];
  /** Files and folders that can be written, wherever they lie. */
  readonly writable: readonly string[];
  /**
   * `none`: a loopback of its own alone. `all`: the machine's own network. Hosts: a loopback of its own,
   * with a proxy on it that lets HTTP and HTTPS to these hosts through, and with the ports of this
   * machine's loopback that are listed.
   */
  readonly network: 'none' | 'all' | { readonly hosts: readonly string[] };
  readonly limits: SandboxLimits;
}

/** What all processes of a command use together; beyond it the command is ended and has failed. */
export interface SandboxLimits {
  /** Bytes of memory that is resident. */
  readonly memoryBytes: number;
  readonly processes: number;
  /** Bytes that it writes to stdout and stderr. */
  readonly outputBytes: number;
}

/** A host that a command tried to reach and may not, with its port. */
export interface RefusedHost {
  readonly host: string;
  /** The address that its name leads to, where no name may lead; absent: it is not listed. */
  readonly leadsTo?: string;
}

/** What is to be run. */
export interface SandboxCommand {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * A wall around the processes of a command. What runs in it is gone when the command ends, whatever
 * session or group it is in, and sees no process outside.
 */
export interface Sandbox {
  /** As the configuration names it. */
  readonly name: string;
  /** Folders of which each command has an empty one of its own, such as `/tmp`. Default: none. */
  readonly privateFolders?: readonly string[];
  /** Why it cannot give a command this network, in words; undefined: it can. Default: it always can. */
  problemWith?(network: SandboxPolicy['network']): string | undefined;
  /**
   * The command as it is to be spawned, behind the wall.
   *
   * @throws BatonError `invalid_input` for a policy that it cannot enforce: it never runs without.
   */
  confine(command: SandboxCommand, policy: SandboxPolicy): Promise<ConfinedCommand>;
}

/** A command that is ready to be spawned behind the wall. */
export interface ConfinedCommand extends SandboxCommand {
  /** Pipes that it is spawned with beside stdin, stdout and stderr. */
  readonly pipes: number;
  /** To be called at once when it has been spawned. */
  attach(child: ChildProcess): Confined;
  /** Lets go of what the wall holds outside of itself. To be called whatever became of the command. */
  close(): Promise<void>;
}

/** A command that runs behind the wall. */
export interface Confined {
  /** Ids of its processes, as they are outside of the wall; without those of the wall itself. */
  processes(): readonly number[];
  /** Whether the wall was put up. To be asked when it has ended: if not, the command never ran. */
  isUp(): boolean;
  /** Names of the processes that were still there when the command had ended; they are gone. */
  leftRunning(): readonly string[];
  /** Those that it asked the proxy for; whatever goes round that reaches nothing, and is not seen. */
  refusedHosts(): readonly RefusedHost[];
  /** What processes of the wall itself use among those of the command, at most. */
  readonly overhead: Pick<SandboxLimits, 'memoryBytes' | 'processes'>;
}
