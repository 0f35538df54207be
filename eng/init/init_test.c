// Tests of init.c's parsers and of its dropping of privileges, and of the system calls that an older kernel lacks or refuses. Built and run by test.sh.

#define main init_main
#include "init.c"
#undef main

static int failures;

static void check(int truth, const char *what)
{
	if (!truth) {
		printf("not ok: %s\n", what);
		failures++;
	}
}

static void splits_strings(void)
{
	char *list[4];
	char two[] = "a\0b";
	check(split_strings(two, 4, list, 4) && strcmp(list[0], "a") == 0 && strcmp(list[1], "b") == 0 && !list[2], "two strings");
	check(!split_strings(two, 3, list, 4), "the last string is not ended");
	check(split_strings(two, 0, list, 4) && !list[0], "no string");
	char empty[] = "\0\0";
	check(split_strings(empty, 2, list, 4) && list[0] == empty && list[1] == empty + 1 && !list[2], "empty strings");
	char four[] = "a\0b\0c\0d";
	check(split_strings(four, 6, list, 4) && !list[3], "as many as fit");
	check(!split_strings(four, 8, list, 4), "more than fit");
}

static void reads_randomness(void)
{
	static unsigned char reply[400] = "\xA1\x69GetRandom\xA1\x66random\x59\x01\x00";
	const unsigned long head = 22;
	unsigned long count = 0;
	check(random_bytes(reply, head + 256, &count) == reply + head && count == 256, "256 bytes");
	for (unsigned long length = 0; length < sizeof(reply); length++) {
		check(length == head + 256 || !random_bytes(reply, length, &count), "a length that is not the reply's");
	}

	for (unsigned long at = 0; at < head; at++) {
		for (int value = 0; value < 256; value++) {
			unsigned char was = reply[at];
			reply[at] = value;
			check(value == was || !random_bytes(reply, head + 256, &count), "a header that is altered");
			reply[at] = was;
		}
	}

	reply[19] = 0x58;
	reply[20] = 64;
	check(random_bytes(reply, 21 + 64, &count) == reply + 21 && count == 64, "64 bytes");
	reply[20] = 63;
	check(!random_bytes(reply, 21 + 63, &count), "too few bytes");
}

static int holds(const char *actual, const char *expected)
{
	return holds_words(actual, strlen(actual), expected, strlen(expected));
}

static void compares_command_lines(void)
{
	check(holds("a=1 b\n", "a=1 b"), "the line itself");
	check(holds("no_timer_check a=1 b virtio_mmio.device=4K@0xd0000000:5\n", "a=1 b"), "the line between others");
	check(holds("xa=1 b a=1 b\n", "a=1 b"), "the line behind something like it");
	check(!holds("=1 b\n", "a=1 b"), "a line that lost its beginning");
	check(!holds("b\n", "a=1 b"), "a line that lost a word");
	check(!holds("a=1\n", "a=1 b"), "a line that lost its end");
	check(!holds("xa=1 b\n", "a=1 b"), "a line that begins inside a word");
	check(!holds("a=1 b070701\n", "a=1 b"), "a line that ends inside a word");
	check(!holds("\n", "a=1 b") && !holds("", "a=1 b"), "no line");
	check(!holds("a=1 b\n", ""), "no line expected");
}

static int status_has(const char *line)
{
	static char status[8192];
	int descriptor = open("/proc/self/status", O_RDONLY);
	long length = read(descriptor, status, sizeof(status) - 1);
	status[length > 0 ? length : 0] = '\0';
	close(descriptor);
	for (char *at = status; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (strncmp(at, line, strlen(line)) == 0) {
			return 1;
		}
	}

	return 0;
}

static void drops_privileges(void)
{
	int status, child;
	if (syscall(__NR_geteuid) != 0) {
		printf("skipped: dropping privileges needs root\n");
		return;
	}

	child = fork();
	if (child == 0) {
		failures = 0;
		drop_privileges(workload_id);
		filter_calls(workload_filter, sizeof(workload_filter));
		check(status_has("Uid:\t65533\t65533\t65533\t65533\n"), "user");
		check(status_has("Gid:\t65533\t65533\t65533\t65533\n"), "group");
		check(status_has("Groups:\t \n"), "groups");
		check(status_has("CapInh:\t0000000000000000\n") && status_has("CapPrm:\t0000000000000000\n") && status_has("CapEff:\t0000000000000000\n"), "capabilities");
		check(status_has("CapBnd:\t0000000000000000\n") && status_has("CapAmb:\t0000000000000000\n"), "bounding and ambient set");
		check(status_has("NoNewPrivs:\t1\n") && status_has("Seccomp:\t2\n"), "no new privileges, filtered");
		check(syscall(__NR_socket, family_vsock, type_stream, 0) < 0 && errno == EAFNOSUPPORT, "no vsock");
		check(syscall(__NR_socket, 16, 3, 0) < 0 && errno == EAFNOSUPPORT, "no netlink");
		check(syscall(__NR_socket, 1, type_stream, 0) >= 0, "Unix sockets");
		// A kernel may be somebody else's: io_uring makes sockets past a filter, x32 has numbers of its own.
		check(syscall(__NR_io_uring_setup, 1, 0) < 0 && errno == EPERM, "no io_uring");
		check(syscall(__NR_io_uring_enter, -1, 0, 0, 0, 0) < 0 && errno == EPERM, "no io_uring");
		check(syscall(__NR_io_uring_register, -1, 0, 0, 0) < 0 && errno == EPERM, "no io_uring");
#ifdef __x86_64__
		check(syscall(0x40000000 | __NR_socket, 1, type_stream, 0) < 0 && errno == EPERM, "no x32");
#endif
		exit(failures);
	}

	check(waitpid(child, &status, 0) == child && status == 0, "privileges are dropped");
}

// From here on the kernel answers one call with this number, without doing it.
static void answer_call(int number, int answer)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | answer),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no new privileges");
	filter_calls(filter, sizeof(filter));
}

// How loading ends in a process whose kernel answers so (-1: as this one does); what it printed.
static int loads(const char *module, const char *device, int answer, char *printed, int size)
{
	int status, child, output[2];
	long length = 0, got;
	must(pipe(output), "pipe");
	child = fork();
	if (child == 0) {
		dup2(output[1], 1);
		if (answer >= 0) {
			answer_call(__NR_finit_module, answer);
		}

		load_driver(module, device);
		exit(0);
	}

	close(output[1]);
	while ((got = read(output[0], printed + length, size - 1 - length)) > 0) {
		length += got;
	}

	printed[length] = '\0';
	close(output[0]);
	check(waitpid(child, &status, 0) == child && WIFEXITED(status), "loading ends");
	return WEXITSTATUS(status);
}

static int begins(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

static void loads_driver(void)
{
	static char printed[512];
	check(loads("/does/not/exist", "/dev/null", ENOEXEC, printed, sizeof(printed)) == 0 && !printed[0], "an image without the module");
	check(loads("/proc/self/exe", "/dev/null", 0, printed, sizeof(printed)) == 0 && !printed[0], "the kernel takes the module");
	static const int refusals[] = { ENOSYS, EPERM, ENOEXEC, EEXIST };
	for (unsigned int i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		check(loads("/proc/self/exe", "/dev/null", refusals[i], printed, sizeof(printed)) == 1
			&& begins(printed, "amnion-init: error: the kernel refuses the security module's driver (errno "), "the kernel refuses the module");
	}

	// This program is no module, whoever asks.
	check(loads("/proc/self/exe", "/dev/null", -1, printed, sizeof(printed)) == 1, "what is no module");
	check(loads("/proc/self/exe", "/dev/does-not-exist", 0, printed, sizeof(printed)) == 1
		&& begins(printed, "amnion-init: error: the security module's driver found no device (errno 2)"), "no device appears");
	check(loads("/proc/self/exe/below", "/dev/null", 0, printed, sizeof(printed)) == 1 && begins(printed, "amnion-init: error: /proc/self/exe/below"), "a module that cannot be read");
}

static int closes(int answer)
{
	int status, child = fork();
	if (child == 0) {
		failures = 0;
		must(dup2(1, 3), "descriptor 3");
		must(dup2(1, 500), "descriptor 500");
		if (answer >= 0) {
			answer_call(__NR_close_range, answer);
		}

		close_from(4);
		check(syscall(__NR_fcntl, 3, F_GETFD, 0) >= 0, "descriptor 3 stays");
		check(syscall(__NR_fcntl, 500, F_GETFD, 0) < 0, "descriptor 500 is closed");
		exit(failures);
	}

	check(waitpid(child, &status, 0) == child && WIFEXITED(status), "closing ends");
	return WEXITSTATUS(status);
}

static void closes_descriptors(void)
{
	check(closes(-1) == 0, "descriptors are closed");
	check(closes(ENOSYS) == 0, "descriptors are closed by a kernel that lacks the call");
}

int main(void)
{
	splits_strings();
	reads_randomness();
	compares_command_lines();
	loads_driver();
	closes_descriptors();
	drops_privileges();
	printf("%s\n", failures ? "failed" : "passed");
	return failures != 0;
}
