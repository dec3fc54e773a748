/* The CPU quota of a container or a service: cgroup v2's cpu.max, v1's cpu.cfs_quota_us. */
#ifndef MN_CGROUP_H
#define MN_CGROUP_H

/* Whole CPUs that the quotas of this process's cgroup and of all above it leave, rounded up; 0
 * where there is none, or nothing can be read. */
int mn_cgroup_cpus(void);

/* The text of a cpu.max file, "max 100000" or "150000 100000" (quota and period in microseconds),
 * as CPUs; 0 for no quota or no such text. */
double mn_cgroup_parse_max(const char *text);

#endif
