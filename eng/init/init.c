// PID 1 of the enclave: mounts, seeds the kernel's randomness, opens what the program needs, gives up every privilege and starts
// it; powers off when it ends. docs/specs/enclave-init.md says the same in words. Static, on the kernel's own nolibc headers.
//
// Every failure is either fatal, with a line on the console that says what failed, or passed to ignore() with the reason.

#include "nolibc.h"

#include <asm/ioctls.h>
#include <asm/socket.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/if.h>
#include <linux/mount.h>
#include <linux/nsm.h>
#include <linux/random.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <linux/time_types.h>
#include <linux/vm_sockets.h>

enum {
	family_inet = 2,
	family_vsock = 40,
	type_stream = 1,
	type_datagram = 2,
	type_close_on_exec = O_CLOEXEC,

	main_id = 65534,     // user and group of the enclave program
	workload_id = 65533, // and of a lifted server

	endpoint_port = 7000,
	endpoint_backlog = 128,
	heartbeat_port = 9000, // AWS: the parent's nitro-cli, or whoever started the enclave, listens here
	heartbeat_byte = 0xB7,
	cid_parent = 3, // AWS Nitro
	cid_host = 2,   // QEMU

	first_x32 = 0x40000000, // bit 30 of a system call's number

	least_randomness = 64, // bytes
	largest_file = 64 * 1024,
	most_strings = 1024,

	driver_wait = 5000, // milliseconds for its device to appear

	// Descriptors are kept here until a child puts its own in place.
	first_kept = 16,
	most_descriptors = 1024, // RLIMIT_NOFILE of a first process
};

#define amnion_etc "/etc/amnion/"

static _Noreturn void power_off(void)
{
	ioctl(1, TCSBRK, (void *)1); // let the console drain; there may be none
	reboot(LINUX_REBOOT_CMD_RESTART);
	for (;;) {
		msleep(1000); // the machine is about to end
	}
}

static _Noreturn void fail(const char *what)
{
	printf("amnion-init: error: %s (errno %d)\n", what, errno);
	if (getpid() == 1) {
		power_off();
	}

	exit(1); // a child: PID 1 sees it end
}

static long must(long result, const char *what)
{
	if (result < 0) {
		fail(what);
	}

	return result;
}

static void ignore(long result, const char *what)
{
	if (result < 0) {
		printf("amnion-init: %s (errno %d), going on\n", what, errno);
	}
}

// The descriptor, out of the way of the low numbers, and closed by exec.
static int keep(long descriptor, const char *what)
{
	long kept = must(syscall(__NR_fcntl, must(descriptor, what), F_DUPFD_CLOEXEC, first_kept), what);
	close(descriptor);
	return kept;
}

// close_range(2) is in Linux since 5.9; kernels that AWS ships are 4.14.
static void close_from(int first)
{
	if (syscall(__NR_close_range, first, ~0U, 0) == 0) {
		return;
	}

	if (errno != ENOSYS) {
		fail("descriptors");
	}

	for (int descriptor = first; descriptor < most_descriptors; descriptor++) {
		close(descriptor);
	}
}

// ---- File systems

static void mount_memory(const char *target, const char *options)
{
	must(mount("tmpfs", target, "tmpfs", MS_NODEV | MS_NOSUID | MS_NOEXEC, options), target);
}

static void mount_processes(const char *target, const char *options)
{
	must(mount("proc", target, "proc", MS_NODEV | MS_NOSUID | MS_NOEXEC | MS_RDONLY, options), target);
}

static void mount_all(void)
{
	must(mount("devtmpfs", "/dev", "devtmpfs", MS_NOSUID | MS_NOEXEC, "mode=0755"), "/dev");
	// The group is the program's: its worker cannot be inspected by user alone, and the program checks the worker's confinement.
	mount_processes("/proc", "hidepid=2,gid=65534");
	must(mount("sysfs", "/sys", "sysfs", MS_NODEV | MS_NOSUID | MS_NOEXEC | MS_RDONLY, 0), "/sys");
	mount_memory("/tmp", "mode=1777,size=16m");
	mount_memory("/run", "mode=0755,size=1m");
}

// From here on nothing can be written but the small file systems in memory.
static void make_read_only(void)
{
	must(mount(0, "/dev", 0, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NOEXEC, 0), "/dev read-only");
	must(mount(0, "/", 0, MS_REMOUNT | MS_RDONLY | MS_NODEV | MS_NOSUID, 0), "/ read-only");
}

// No input; messages on the console. It may have no device behind it.
static void open_console(void)
{
	int null = must(open("/dev/null", O_RDWR), "/dev/null");
	int console = open("/dev/console", O_WRONLY | O_NOCTTY);
	int messages = console < 0 ? null : console;
	must(dup2(null, 0), "standard input");
	must(dup2(messages, 1), "standard output");
	must(dup2(messages, 2), "standard error");
	close_from(3);
}

// A measured file of /etc/amnion; -1 where it does not exist.
static long read_file(const char *path, char *into, long size)
{
	long descriptor = open(path, O_RDONLY | O_CLOEXEC);
	long length = 0, got = 1;
	if (descriptor < 0 && errno == ENOENT) {
		return -1;
	}

	must(descriptor, path);
	while (got > 0 && length < size) {
		got = must(read(descriptor, into + length, size - length), path);
		length += got;
	}

	close(descriptor);
	if (length == size) {
		errno = EFBIG;
		fail(path);
	}

	return length;
}

// NUL-terminated strings, one after another, as a list for exec; false where that is not what the bytes are.
static int split_strings(char *bytes, long length, char **list, int size)
{
	int count = 0;
	if (length > 0 && bytes[length - 1] != '\0') {
		return 0;
	}

	for (long i = 0; i < length; i += strlen(bytes + i) + 1) {
		if (count == size - 1) {
			return 0;
		}

		list[count++] = bytes + i;
	}

	list[count] = 0;
	return 1;
}

// Whether the expected words stand in the actual line as whole words, in one piece. What stands before and behind them is not the image's: the kernel puts its own
// words in front, and whoever starts the machine names devices at the end.
static int holds_words(const char *actual, long length, const char *expected, long count)
{
	for (long at = 0; count > 0 && at + count <= length; at++) {
		int begins = at == 0 || actual[at - 1] == ' ';
		int ends = at + count == length || actual[at + count] == ' ' || actual[at + count] == '\n';
		if (begins && ends && memcmp(actual + at, expected, count) == 0) {
			return 1;
		}
	}

	return 0;
}

// Registers hash kernel, command line and ramdisks one after the other without their lengths, so a host can move the beginning of the command line to the end of the kernel, or
// its end to a ramdisk, and no register differs. The copy in the image is out of its reach.
static void check_command_line(void)
{
	static char actual[8192], expected[4096];
	long length = must(read_file("/proc/cmdline", actual, sizeof(actual)), "/proc/cmdline");
	long count = must(read_file(amnion_etc "cmdline", expected, sizeof(expected)), amnion_etc "cmdline");
	errno = EPROTO;
	if (!holds_words(actual, length, expected, count)) {
		fail("the command line is not the image's");
	}
}

// ---- Security module and randomness

// Where the image has its driver as a module: AWS's own kernels do not have it built in. A kernel that refuses it ends the enclave, and so does one that takes it and finds no device.
static void load_driver(const char *module, const char *device)
{
	int descriptor = open(module, O_RDONLY | O_CLOEXEC), found = -1;
	if (descriptor < 0 && errno == ENOENT) {
		return;
	}

	must(descriptor, module);
	must(syscall(__NR_finit_module, descriptor, "", 0), "the kernel refuses the security module's driver");
	close(descriptor);
	for (int waited = 0; found < 0 && waited < driver_wait; waited += 10) {
		found = open(device, O_PATH | O_CLOEXEC);
		if (found < 0) {
			msleep(10);
		}
	}

	must(found, "the security module's driver found no device");
	close(found);
}

// The place and length of the bytes in {"GetRandom": {"random": bytes}}; 0 where the reply is anything else.
static unsigned char *random_bytes(unsigned char *reply, unsigned long length, unsigned long *count)
{
	static const char head[] = "\xA1\x69GetRandom\xA1\x66random";
	unsigned long at = sizeof(head) - 1, header;
	if (length < at + 3 || memcmp(reply, head, at) != 0) {
		return 0;
	}

	if (reply[at] == 0x58) { // byte string, one length byte
		*count = reply[at + 1];
		header = 2;
	} else if (reply[at] == 0x59) { // two
		*count = reply[at + 1] << 8 | reply[at + 2];
		header = 3;
	} else {
		return 0;
	}

	if (*count < least_randomness || *count != length - at - header) {
		return 0;
	}

	return reply + at + header;
}

static void seed_randomness(int nsm)
{
	static const char request[] = "\x69GetRandom";
	static unsigned char reply[NSM_RESPONSE_MAX_SIZE];
	static struct {
		struct rand_pool_info head;
		unsigned char bytes[NSM_RESPONSE_MAX_SIZE];
	} pool;
	struct nsm_raw message = {
		.request = { (unsigned long)request, sizeof(request) - 1 },
		.response = { (unsigned long)reply, sizeof(reply) },
	};
	unsigned long count;
	unsigned char *bytes;
	int random;

	must(ioctl(nsm, NSM_IOCTL_RAW, &message), "the security module gave no randomness");
	errno = EPROTO;
	bytes = message.response.len > sizeof(reply) ? 0 : random_bytes(reply, message.response.len, &count);
	if (!bytes) {
		fail("the security module's randomness does not parse");
	}

	pool.head.entropy_count = 8 * count;
	pool.head.buf_size = count;
	memcpy(pool.head.buf, bytes, count);
	random = must(open("/dev/urandom", O_WRONLY | O_CLOEXEC), "/dev/urandom");
	must(ioctl(random, RNDADDENTROPY, &pool), "randomness");
	close(random);
	memset(&pool, 0, sizeof(pool));
	memset(reply, 0, sizeof(reply));
}

// ---- Network

static int vsock(void)
{
	return must(syscall(__NR_socket, family_vsock, type_stream | type_close_on_exec, 0), "vsock");
}

// Says to whoever started the enclave that it runs; true where they answered.
static int heartbeat(unsigned int cid)
{
	struct sockaddr_vm to = { .svm_family = family_vsock, .svm_port = heartbeat_port, .svm_cid = cid };
	struct __kernel_old_timeval connect_limit = { .tv_usec = 300000 }, answer_limit = { .tv_sec = 2 };
	unsigned char byte = heartbeat_byte;
	int socket = vsock(), answered;
	must(syscall(__NR_setsockopt, socket, family_vsock, SO_VM_SOCKETS_CONNECT_TIMEOUT, &connect_limit, sizeof(connect_limit)), "heartbeat");
	must(syscall(__NR_setsockopt, socket, SOL_SOCKET, SO_RCVTIMEO, &answer_limit, sizeof(answer_limit)), "heartbeat");
	answered = syscall(__NR_connect, socket, &to, sizeof(to)) == 0
		&& write(socket, &byte, 1) == 1
		&& read(socket, &byte, 1) == 1
		&& byte == heartbeat_byte;
	close(socket);
	return answered;
}

static int listen_for_host(void)
{
	struct sockaddr_vm at = { .svm_family = family_vsock, .svm_port = endpoint_port, .svm_cid = VMADDR_CID_ANY };
	int socket = vsock();
	must(syscall(__NR_bind, socket, &at, sizeof(at)), "vsock port 7000");
	must(syscall(__NR_listen, socket, endpoint_backlog), "vsock port 7000");
	return socket;
}

static void raise_loopback(void)
{
	struct ifreq loopback = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int socket = must(syscall(__NR_socket, family_inet, type_datagram | type_close_on_exec, 0), "loopback");
	must(ioctl(socket, SIOCSIFFLAGS, &loopback), "loopback");
	close(socket);
}

// ---- Privileges

// No capability, now or through any program started later.
static void drop_privileges(int id)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[2] = { 0 };
	struct rlimit no_core = { 0, 0 };
	must(setrlimit(RLIMIT_CORE, &no_core), "core limit");
	for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++) {
		must(prctl(PR_CAPBSET_DROP, capability, 0, 0, 0), "bounding set");
	}

	must(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "ambient set");
	must(syscall(__NR_setgroups, 0, 0), "groups");
	must(syscall(__NR_setresgid, id, id, id), "group");
	must(syscall(__NR_setresuid, id, id, id), "user");
	must(syscall(__NR_capset, &header, none), "capabilities");
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges");
}

static void filter_calls(struct sock_filter *program, long length)
{
	struct sock_fprog filter = { .len = length / sizeof(*program), .filter = program };
	must(syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter), "system-call filter");
}

// ---- The enclave program

static struct sock_filter main_filter[BPF_MAXINSNS + 1];
static long main_filter_length;

static void read_main_filter(void)
{
	main_filter_length = must(read_file(amnion_etc "filter.bpf", (char *)main_filter, sizeof(main_filter)), amnion_etc "filter.bpf");
	errno = EINVAL;
	if (main_filter_length == 0 || main_filter_length % sizeof(*main_filter) != 0) {
		fail(amnion_etc "filter.bpf");
	}
}

static _Noreturn void run_main(int nsm, int listener, int start, int weights)
{
	static char *const arguments[] = { "/app/amnion-enclave", "run", "--nsm-device", "3", "--vsock-fd", "4", 0 };
	// What the local platform gives (Amnion.Host/Local/SandboxProfile.cs), and where the libraries are.
	static char *const environment[] = {
		"DOTNET_EnableDiagnostics=0", "DOTNET_DbgEnableMiniDump=0", "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1", "DOTNET_NOLOGO=1",
		"GGML_NO_BACKTRACE=1", "HOME=/tmp", "LANG=C.UTF-8", "LD_LIBRARY_PATH=/lib:/app/lib", "PATH=", "TMPDIR=/tmp", 0,
	};
	int last = start < 0 ? 4 : 6;
	must(setsid(), "session");
	must(dup2(nsm, 3), "descriptor 3");
	must(dup2(listener, 4), "descriptor 4");
	if (start >= 0) {
		must(dup2(start, 5), "descriptor 5");
		must(dup2(weights, 6), "descriptor 6");
	}

	close_from(last + 1);
	must(chdir("/app"), "/app");
	umask(022);
	drop_privileges(main_id);
	filter_calls(main_filter, main_filter_length);
	execve(arguments[0], arguments, environment);
	fail(arguments[0]);
}

// ---- A lifted server beside it, where the image has one

static char workload_bytes[3][largest_file];
static char *workload_argv[most_strings], *workload_env[most_strings];
static char *const workload_directory = workload_bytes[2];

static int read_workload(void)
{
	long argv = read_file(amnion_etc "workload.argv", workload_bytes[0], largest_file), env, directory;
	if (argv < 0) {
		return 0;
	}

	env = must(read_file(amnion_etc "workload.env", workload_bytes[1], largest_file), amnion_etc "workload.env");
	directory = must(read_file(amnion_etc "workload.cwd", workload_directory, largest_file), amnion_etc "workload.cwd");
	workload_directory[directory] = '\0';
	errno = EINVAL;
	if (!split_strings(workload_bytes[0], argv, workload_argv, most_strings) || !workload_argv[0]) {
		fail(amnion_etc "workload.argv");
	}

	if (!split_strings(workload_bytes[1], env, workload_env, most_strings)) {
		fail(amnion_etc "workload.env");
	}

	return 1;
}

static void make_directory(const char *path)
{
	if (mkdir(path, 0755) < 0 && errno != EEXIST) {
		fail(path);
	}
}

static void make_device(const char *path, int minor)
{
	must(mknod(path, S_IFCHR | 0666, makedev(1, minor)), path); // major 1: memory devices
}

// Its own /proc, /dev and /tmp, and the directory of the weights, which is returned. Done inside its root, so that a symbolic
// link in a foreign file system leads nowhere else.
static int furnish_workload(void)
{
	int root = must(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), "/"), weights;
	must(chroot("/workload"), "/workload");
	must(chdir("/"), "/workload");
	make_directory("/proc");
	make_directory("/dev");
	make_directory("/tmp");
	make_directory("/run");
	make_directory("/run/amnion");
	mount_processes("/proc", "hidepid=2");
	must(mount("tmpfs", "/dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=0755,size=64k"), "/workload/dev");
	make_device("/dev/null", 3);
	make_device("/dev/zero", 5);
	make_device("/dev/random", 8);
	make_device("/dev/urandom", 9);
	make_directory("/dev/shm");
	mount_memory("/dev/shm", "mode=1777,size=64m");
	must(mount(0, "/dev", 0, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NOEXEC, 0), "/workload/dev read-only");
	mount_memory("/tmp", "mode=1777,size=64m");
	mount_memory("/run/amnion", "mode=0755,uid=65534,gid=65534,size=75%");
	weights = must(open("/run/amnion", O_RDONLY | O_DIRECTORY), "/workload/run/amnion");
	must(syscall(__NR_fchdir, root), "/");
	must(chroot("."), "/");
	close(root);
	return weights;
}

// It may talk inside the enclave (Unix and Internet sockets; the only network device is loopback) and to nobody outside: no vsock. Our kernel has neither io_uring, which
// makes sockets without this call, nor x32, which has other numbers; one that was named with --kernel may have both.
static struct sock_filter workload_filter[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
#ifdef __x86_64__
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
#else
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_AARCH64, 1, 0),
#endif
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
#ifdef __x86_64__
	BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, first_x32, 10, 0),
#endif
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_io_uring_setup, 9, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_io_uring_enter, 8, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_io_uring_register, 7, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_socket, 1, 0),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 2, 0), // AF_UNIX
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, family_inet, 1, 0),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAFNOSUPPORT),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
};

static _Noreturn void run_workload(int start)
{
	char byte = 0;
	must(setsid(), "session");
	must(chroot("/workload"), "/workload");
	must(chdir("/"), "/workload");
	must(chdir(workload_directory), "the workload's directory");
	// Nowhere, in every image: servers quote prompts in their logs, and in a debug enclave or under an emulator the host reads the console.
	must(dup2(0, 1), "the workload's output");
	must(dup2(0, 2), "the workload's output");

	must(dup2(start, 3), "the workload's start");
	close_from(4);
	umask(022);
	drop_privileges(workload_id);
	// The program says when: weights in place, keys released. Where it ends instead, PID 1 ends everything.
	while (must(read(3, &byte, 1), "the workload's start") == 0) {
		msleep(1000);
	}

	errno = EPROTO;
	if (byte != 'S') {
		fail("the workload's start");
	}

	close(3);
	filter_calls(workload_filter, sizeof(workload_filter));
	execve(workload_argv[0], workload_argv, workload_env);
	fail("the workload's program");
}

// ----

static _Noreturn void wait_for_end(int main_process, int workload)
{
	for (;;) {
		int status, ended = must(waitpid(-1, &status, 0), "wait");
		if (ended != main_process && ended != workload) {
			continue; // an orphan
		}

		printf("amnion-init: %s ended with %d\n", ended == main_process ? "amnion-enclave" : "workload",
		       WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
		power_off();
	}
}

int main(void)
{
	int nsm, listener, main_process, workload = -1, weights = -1, start[2] = { -1, -1 };
	if (getpid() != 1) {
		errno = EPERM;
		fail("only the kernel starts this program");
	}

	umask(0);
	mount_all();
	open_console();
	check_command_line();
	load_driver("/nsm.ko", "/dev/nsm");
	nsm = keep(open("/dev/nsm", O_RDWR), "/dev/nsm");
	must(chmod("/dev/nsm", 0600), "/dev/nsm"); // the kernel offers it to everybody
	seed_randomness(nsm);
	listener = keep(listen_for_host(), "vsock port 7000");
	// After listening: whoever answers may connect at once.
	if (!heartbeat(cid_parent) && !heartbeat(cid_host)) {
		ignore(-1, "nobody answers the heartbeat");
	}

	read_main_filter();
	if (read_workload()) {
		must(pipe2(start, O_CLOEXEC), "the workload's start");
		start[0] = keep(start[0], "the workload's start");
		start[1] = keep(start[1], "the workload's start");
		weights = keep(furnish_workload(), "/workload/run/amnion");
		raise_loopback();
	}

	make_read_only();
	if (weights >= 0) {
		workload = must(fork(), "workload");
		if (workload == 0) {
			run_workload(start[0]);
		}
	}

	main_process = must(fork(), "amnion-enclave");
	if (main_process == 0) {
		run_main(nsm, listener, start[1], weights);
	}

	// PID 1 keeps nothing of theirs: when the program ends, its descriptors end with it.
	close_from(3);
	wait_for_end(main_process, workload);
}
