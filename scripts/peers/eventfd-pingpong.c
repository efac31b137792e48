/*
 * What one round trip between two threads costs by the means that a hypervisor has for a kick and an interrupt: two
 * eventfds, each read by a thread that sleeps. No ring, no data: the floor under a blocking virtqueue.
 *
 *   cc -O2 -pthread eventfd-pingpong.c && ./a.out [ROUND_TRIPS]
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

static long round_trips = 100000;
static long warmup;
static int kick_fd, call_fd;

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void ring_bell(int fd)
{
	uint64_t one = 1;
	if (write(fd, &one, sizeof one) != sizeof one)
		fail("write");
}

static void wait_for_bell(int fd)
{
	uint64_t count;
	if (read(fd, &count, sizeof count) != sizeof count)
		fail("read");
}

/* The CPU that is number `wanted` among those this process may use, or -1. */
static int allowed_cpu(int wanted)
{
	cpu_set_t allowed;
	if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
		fail("sched_getaffinity");
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &allowed) && wanted-- == 0)
			return cpu;
	return -1;
}

static void pin(pthread_t thread, int cpu)
{
	cpu_set_t one;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (pthread_setaffinity_np(thread, sizeof one, &one) != 0)
		fail("pthread_setaffinity_np");
}

static void *answer(void *unused)
{
	(void)unused;
	for (long i = 0; i < warmup + round_trips; i++) {
		wait_for_bell(kick_fd);
		ring_bell(call_fd);
	}
	return NULL;
}

static int64_t now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* The smallest that at least `percent` of all do not exceed. */
static long long percentile(const int64_t *sorted, long percent)
{
	return sorted[(round_trips * percent + 99) / 100 - 1];
}

int main(int argc, char **argv)
{
	char *end = "";
	if (argc == 2)
		round_trips = strtol(argv[1], &end, 10);
	if (argc > 2 || *end != '\0' || round_trips < 1 || round_trips > 100000000) {
		fprintf(stderr, "usage: %s [ROUND_TRIPS]\n", argv[0]);
		return 2;
	}
	warmup = round_trips / 10;
	int64_t *took = malloc(round_trips * sizeof *took);
	kick_fd = eventfd(0, 0);
	call_fd = eventfd(0, 0);
	if (took == NULL || kick_fd < 0 || call_fd < 0)
		fail("set-up");
	/* Both, before one of them is pinned: a thread inherits what its maker may use. */
	int here = allowed_cpu(0), there = allowed_cpu(1);
	pthread_t other;
	if (pthread_create(&other, NULL, answer, NULL) != 0)
		fail("pthread_create");
	if (there >= 0) {
		pin(pthread_self(), here);
		pin(other, there);
	}
	for (long i = -warmup; i < round_trips; i++) {
		int64_t start = now_ns();
		ring_bell(kick_fd);
		wait_for_bell(call_fd);
		if (i >= 0)
			took[i] = now_ns() - start;
	}
	pthread_join(other, NULL);
	qsort(took, round_trips, sizeof *took, by_size);
	printf("cpus %d %d\np50 %lld\np99 %lld\n", here, there, percentile(took, 50), percentile(took, 99));
	return 0;
}
