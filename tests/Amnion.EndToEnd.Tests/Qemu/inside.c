// Stands in an image in the place of the enclave program and prints what that program would find: files, mounts, sockets, privileges.
// Compiled by InsideTests with: cc -static -O1
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static void walk(const char *folder)
{
	char path[4096];
	struct dirent *entry;
	struct stat at;
	DIR *entries = opendir(*folder ? folder : "/");
	if (!entries) {
		printf("inside: closed %s %d\n", folder, errno);
		return;
	}

	while ((entry = readdir(entries))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) {
			continue;
		}

		snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (lstat(path, &at)) {
			printf("inside: unknown %s %d\n", path, errno);
			continue;
		}

		printf("inside: file %06o %u %lld %s\n", at.st_mode, at.st_uid, (long long)at.st_size, path);
		if (S_ISDIR(at.st_mode) && strcmp(path, "/proc") && strcmp(path, "/sys")) {
			char made[4200];
			int file;
			snprintf(made, sizeof(made), "%s/new", path);
			file = open(made, O_CREAT | O_EXCL | O_WRONLY, 0755);
			if (file >= 0) {
				printf("inside: writable %s\n", path);
				close(file);
				unlink(made);
			}

			walk(path);
		}
	}

	closedir(entries);
}

static void show(const char *what, const char *path)
{
	char line[1024];
	FILE *file = fopen(path, "r");
	if (!file) {
		printf("inside: no %s %s\n", what, path);
		return;
	}

	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = 0;
		printf("inside: %s %s\n", what, line);
	}

	fclose(file);
}

static void processes(void)
{
	struct dirent *entry;
	DIR *entries = opendir("/proc");
	while (entries && (entry = readdir(entries))) {
		if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9') {
			printf("inside: process %s\n", entry->d_name);
		}
	}
}

int main(int count, char **arguments)
{
	static const char *devices[] = { "/dev/mem", "/dev/port", "/dev/kmsg", "/dev/ttyS0", "/dev/console", "/dev/nsm", "/dev/vsock", "/dev/hwrng" };
	static const int families[] = { AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, 40 };
	for (int i = 0; i < count; i++) {
		printf("inside: argument %s\n", arguments[i]);
	}

	for (int descriptor = 0; descriptor < 64; descriptor++) {
		if (fcntl(descriptor, F_GETFD) >= 0) {
			printf("inside: descriptor %d\n", descriptor);
		}
	}

	walk("");
	show("mount", "/proc/mounts");
	show("tcp", "/proc/net/tcp");
	show("udp", "/proc/net/udp");
	show("raw", "/proc/net/raw");
	show("packet", "/proc/net/packet");
	show("unix", "/proc/net/unix");
	show("device", "/proc/net/dev");
	show("status", "/proc/self/status");
	show("limit", "/proc/self/limits");
	for (unsigned int i = 0; i < sizeof(devices) / sizeof(*devices); i++) {
		int opened = open(devices[i], O_RDWR);
		printf("inside: opens %s %d\n", devices[i], opened < 0 ? errno : 0);
	}

	for (unsigned int i = 0; i < sizeof(families) / sizeof(*families); i++) {
		int opened = socket(families[i], SOCK_STREAM, 0);
		printf("inside: socket %d %d\n", families[i], opened < 0 ? errno : 0);
	}

	processes();
	printf("inside: end\n");
	return 0;
}
