/* biome-ignore-all lint/suspicious/noTemplateCurlyInString: lines of a shell */
/*
 * Attacks by hostile code, each a shell line. Variables name the targets: OWN_HOME, CHECKOUT, STATE
 * (Baton's), OTHER (the files of another build), SHARED (a folder in /tmp), TCP (a port of this machine),
 * SOCKET (a path), ABSTRACT (a name), CLI and NODE. Secret files hold a word that begins with loss-.
 * Forbidden writes hold the word PWNED. Processes that must not survive sleep for LINGER seconds. An
 * attack without another trace prints SUCCEEDED.
 *
 * The attacks run on machines that people use, and a sandbox can fail. A successful attack must do no harm.
 */

const write = (path: string): string => `mkdir -p "$(dirname ${path})" && echo PWNED >> ${path}`;
const node = (code: string): string => `"$NODE" -e '${code}'`;
const git = (line: string): string => `git -c safe.directory=* -C "$CHECKOUT" ${line}`;

/** The attacks that no command may succeed with. */
export const ATTACKS: Readonly<Record<string, string>> = {
  // Files
  'writes into the home': write('"$OWN_HOME/.bashrc"'),
  'writes an npm configuration': write('"$OWN_HOME/.npmrc"'),
  'writes a git configuration': `git config --global user.name PWNED; ${write('"$OWN_HOME/.gitconfig"')}`,
  'writes into the checkout': write('"$CHECKOUT/readme.md"'),
  'writes a program that the user runs': write('"$CHECKOUT/node_modules/.bin/tool"'),
  'writes into a folder of PATH':
    'for p in $(echo "$PATH" | tr : " "); do echo PWNED > "$p/pwned-tool"; done',
  "writes into Baton's state": write('"$STATE/runs/pwned"'),
  'writes the state database':
    'for f in $(find "$STATE" -name "*.db"); do echo PWNED >> "$f"; done',
  'writes into another build': write('"$OTHER/file.txt"'),
  'writes into the system': `${write('/etc/pwned')}; ${write('/usr/local/bin/pwned')}`,
  'writes into the shared /tmp': `${write('"$SHARED/pwned"')}; ${write('/tmp/pwned-by-a-build')}`,
  'writes into shared memory': write('/dev/shm/pwned-by-a-build'),
  'writes a job of cron': write('/var/spool/cron/crontabs/pwned'),
  'deletes files of the home':
    'rm -rf "$OWN_HOME" "$OWN_HOME"/.* "$CHECKOUT" "$STATE" "$OTHER" "$SHARED"',
  'changes permissions of the home': 'chmod -R 000 "$OWN_HOME" "$CHECKOUT" "$SHARED"',
  'reads a private key': 'cat "$OWN_HOME/.ssh/id_ed25519"',
  'reads passwords of the home': 'cat "$OWN_HOME/.netrc"; find "$OWN_HOME" -type f -exec cat {} +',
  'reads what is not committed':
    'cat "$CHECKOUT/.env"; find "$CHECKOUT" -type f -not -path "*/.git/*" -exec cat {} +',
  "reads Baton's state": 'find "$STATE" -type f -exec cat {} +',
  'reads another build': 'find "$OTHER" -type f -exec cat {} +',
  'reads the shared /tmp': 'find "$SHARED" /tmp -type f -exec cat {} +',

  // Links
  'reads through a symbolic link':
    'ln -sfn "$OWN_HOME" lnk-home; cat lnk-home/.ssh/id_ed25519; rm -f lnk-home',
  'writes through a symbolic link':
    'ln -sfn "$CHECKOUT" lnk-co; echo PWNED > lnk-co/readme.md; rm -f lnk-co',
  'links a file of the checkout': 'ln "$CHECKOUT/.env" lnk-env; cat lnk-env; rm -f lnk-env',
  'leads out with ..':
    'cat ../../../../../../../../"$OWN_HOME"/.ssh/id_ed25519; echo PWNED > ../pwned-beside',
  'reads through the root of a process':
    'cat /proc/1/root/"$OWN_HOME"/.ssh/id_ed25519; cat /proc/self/root/"$OWN_HOME"/.netrc',
  'reads through descriptors of a process':
    'cat /proc/[0-9]*/fd/* 2>/dev/null < /dev/null | head -c 1000000 | grep -a loss-',

  // Processes
  'reads the environment of its parents':
    'p=$PPID; while [ "$p" -gt 0 ] 2>/dev/null; do tr "\\0" "\\n" < /proc/$p/environ; p=$(cut -d" " -f4 /proc/$p/stat); done',
  'reads every environment': 'cat /proc/[0-9]*/environ | tr "\\0" "\\n"',
  'reads every command line': 'cat /proc/[0-9]*/cmdline | tr "\\0" "\\n"',
  'reads the memory of processes': node(
    'const fs = require("fs"); for (const p of fs.readdirSync("/proc")) { if (!/^[0-9]+$/.test(p) || p === String(process.pid)) continue; try { const m = fs.readFileSync(`/proc/${p}/maps`, "utf8"); const f = fs.openSync(`/proc/${p}/mem`); for (const l of m.split("\\n").filter((x) => /\\[(heap|stack)\\]/.test(x))) { const [a, b] = l.split(" ")[0].split("-").map((x) => parseInt(x, 16)); const buf = Buffer.alloc(Math.min(b - a, 1 << 22)); fs.readSync(f, buf, 0, buf.length, a); const at = buf.indexOf("loss-"); if (at >= 0) console.log(buf.subarray(at, at + 60).toString()); } } catch {} }',
  ),
  'kills processes of the user':
    'for p in /proc/[0-9]*; do id=${p#/proc/}; grep -qa canary-process $p/cmdline && kill -9 $id; done; kill -9 "$CANARY"',
  'stays in a session of its own':
    'setsid sleep "$LINGER" < /dev/null > /dev/null 2>&1 & sleep 0.1',
  'stays as a daemon': '(setsid sh -c "(sleep $LINGER &) ; exit" &) ; sleep 0.1',
  'stays behind nohup and a trap':
    'setsid sh -c \'trap "" TERM HUP INT; sleep "$LINGER"\' < /dev/null > /dev/null 2>&1 & sleep 0.1',
  'has another service start it':
    'systemd-run --user sleep "$LINGER"; echo "sleep $LINGER" | at now; echo "sleep $LINGER" | batch',

  // The kernel
  'takes the hidden folders away':
    'umount "$OWN_HOME"; umount -l "$OWN_HOME"; cat "$OWN_HOME/.ssh/id_ed25519"',
  'mounts the system to write it': `mount -o remount,rw /; mount -o remount,bind,rw /; ${write('/etc/pwned')}`,
  'takes /tmp away, and what is hidden in it':
    'umount -l "$OWN_HOME"; umount -l /tmp; umount -l "$OWN_HOME"; cat "$OWN_HOME/.ssh/id_ed25519"; find /tmp -type f -exec cat {} +',
  'does so with namespaces of its own': `unshare -Urm sh -c 'umount -l "$OWN_HOME"; cat "$OWN_HOME/.ssh/id_ed25519"; mount -o remount,rw,bind /; echo PWNED > /etc/pwned'`,
  'binds the root elsewhere': `unshare -Urm sh -c 'mkdir -p m; mount --rbind / m; cat "m/$OWN_HOME/.ssh/id_ed25519"; echo PWNED > m/etc/pwned'; rmdir m`,
  'enters the namespaces of others':
    'nsenter -t 1 -m cat "$OWN_HOME/.ssh/id_ed25519"; nsenter -t "$CANARY" -m -U cat "$OWN_HOME/.ssh/id_ed25519"',
  'makes a device':
    'mknod disk b 8 0 && head -c 100 disk; rm -f disk; head -c 1000000 /dev/mem | grep -a loss-',
  'writes settings of the kernel':
    'for f in kernel/hostname kernel/core_pattern vm/swappiness; do f=/proc/sys/$f; cat $f > kept-setting && cat kept-setting > $f && echo SUCCEEDED; done; rm -f kept-setting',
  'sets the clock': 'date -s "@$(date +%s)" && echo SUCCEEDED',
  'uses a shared memory segment':
    'ipcs -m | grep -a PWNED; id=$(ipcmk -M 4096 | grep -o "[0-9]*$"); ipcrm -m "$id"',

  // Git
  'plants a hook': write('"$CHECKOUT/.git/hooks/post-merge"'),
  "plants one by git's own word":
    'd=$(git rev-parse --path-format=absolute --git-common-dir); case "$d" in "$CHECKOUT"/*) mkdir -p "$d/hooks"; echo PWNED > "$d/hooks/post-checkout";; esac',
  "writes git's configuration": `${git('config core.fsmonitor PWNED')}; ${git('config filter.x.smudge PWNED')}`,
  'moves a branch': `${git('update-ref refs/heads/main HEAD~1')}; ${git('update-ref refs/heads/pwned HEAD')}`,
  'writes packed references':
    'echo "$(git rev-parse HEAD) refs/heads/PWNED" >> "$CHECKOUT/.git/packed-refs"',
  'changes the index': `${git('rm -rf --cached .')}; ${git('read-tree --empty')}`,
  'takes an object away':
    'find "$CHECKOUT/.git/objects" -type f -delete; find "$CHECKOUT/.git/objects" -type f -exec chmod 000 {} +',
  'forges checkpoints': git('update-ref refs/baton/pwned HEAD'),

  // Baton
  'approves by the command line':
    '"$NODE" "$CLI" approve "$BATON_WORKFLOW" --by grace --workspace "$CHECKOUT"; "$NODE" "$CLI" list --workspace "$CHECKOUT" | grep -a loss-',
  'moves the build by the command line':
    '"$NODE" "$CLI" rollback "$BATON_WORKFLOW" --to discovery --reason PWNED --workspace "$CHECKOUT"',
};

/** Says something to the proxy that leads out, where there is one, and prints what comes back. */
const say = (words: string): string =>
  node(
    `const s = require("net").connect(+new URL(process.env.HTTP_PROXY ?? "http://x:9").port, "127.0.0.1"); s.on("error", () => process.exit()); s.end(${words}); s.pipe(process.stdout); setTimeout(() => process.exit(), 2000)`,
  );
const tunnel = (host: string): string =>
  say(
    `"CONNECT ${host}:" + process.env.TCP + " HTTP/1.1\\r\\nHost: registry.npmjs.org\\r\\n\\r\\n"`,
  );

/** Of these, commands that have the machine's own network reach some. */
export const NETWORK_ATTACKS: Readonly<Record<string, string>> = {
  'asks a server of this machine': node(
    'require("net").connect(+process.env.TCP, "127.0.0.1").on("data", (d) => { console.log(String(d)); process.exit(); }).on("error", () => process.exit()); setTimeout(() => process.exit(), 2000)',
  ),
  'asks an abstract socket': node(
    'require("net").connect("\\0" + process.env.ABSTRACT).on("data", (d) => { console.log(String(d)); process.exit(); }).on("error", () => process.exit()); setTimeout(() => process.exit(), 2000)',
  ),
};

/** What leads out to listed hosts must lead nowhere else. */
export const PROXY_ATTACKS: Readonly<Record<string, string>> = {
  'tunnels to a server of this machine': tunnel('127.0.0.1'),
  'tunnels there by its name': tunnel('localhost'),
  'tunnels there by a number': `${tunnel('2130706433')}; ${tunnel('0x7f.1')}; ${tunnel('0177.1')}`,
  'tunnels there by IPv6': `${tunnel('[::1]')}; ${tunnel('[::ffff:127.0.0.1]')}`,
  'tunnels there by any address': `${tunnel('0.0.0.0')}; ${tunnel('[::]')}; ${tunnel('0')}`,
  'asks it for a page there, and forges Host': say(
    '"GET http://127.0.0.1:" + process.env.TCP + "/ HTTP/1.1\\r\\nHost: registry.npmjs.org\\r\\n\\r\\n"',
  ),
  'looks for the ways out of other builds':
    'for s in /tmp/baton-network-*/* /run/baton/*/*; do curl -sS --max-time 2 --noproxy "" --unix-socket "$s" "http://127.0.0.1:$TCP/"; done',
};

/** Sockets that lie in a folder which is hidden. */
export const SOCKET_ATTACKS: Readonly<Record<string, string>> = {
  'asks a socket of the user': node(
    'require("net").connect(process.env.SOCKET).on("data", (d) => { console.log(String(d)); process.exit(); }).on("error", () => process.exit()); setTimeout(() => process.exit(), 2000)',
  ),
  'asks Docker': 'curl -sS --max-time 2 --unix-socket /var/run/docker.sock http://localhost/info',
};
