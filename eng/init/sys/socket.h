// The kernel's interface headers take these from the C library; nolibc has no sockets.
#pragma once
#include <linux/socket.h>

typedef __kernel_sa_family_t sa_family_t;

struct sockaddr {
	sa_family_t sa_family;
	char sa_data[14];
};
