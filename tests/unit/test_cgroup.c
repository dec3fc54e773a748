/* CPU quotas of cgroups: the text, and whole trees of folders as the kernel and containers show
 * them, which a child process sees as its own after chroot(). */
#include <math.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "../../engine/run/cgroup.h"
#include "../support.h"

static void texts_are_quota_and_period(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double cpus;
    } cases[] = {
        {"150000 100000\n", 1.5},
        {"150000 100000", 1.5},
        {"10000 100000\n", 0.1},
        {"400000\n 100000\n", 4}, /* v1's two files one after the other */
        {"max 100000\n", 0},
        {"-1 100000", 0},
        {"-1\n 100000\n", 0},
        {"0 100000", 0},
        {"150000", 0},
        {"150000 0", 0},
        {"150000 -5", 0},
        {"150000 max", 0},
        {"", 0},
        {"\n", 0},
        {"nan 100000", 0},
        {"100000 nan", 0},
        {"a quota", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (fabs(mn_cgroup_parse_max(cases[i].text) - cases[i].cpus) > 1e-9)
            fail_msg("\"%s\" is %g CPUs", cases[i].text, mn_cgroup_parse_max(cases[i].text));
}

enum { MOST_FILES = 5, NOT_ALLOWED = 201, BROKEN = 202 };

/* A system: what /proc/self/cgroup says, quota files, and the whole CPUs that follow. */
struct tree {
    const char *name;
    const char *groups; /* NULL: there is no /proc */
    struct {
        const char *path, *text;
    } files[MOST_FILES]; /* below /sys/fs/cgroup */
    int cpus;
};

static const struct tree trees[] = {
    {"no proc", NULL, {{NULL, NULL}}, 0},
    {"no quota anywhere", "0::/user.slice\n", {{"user.slice/cpu.max", "max 100000\n"}}, 0},
    {"own group", "0::/a/b\n", {{"a/b/cpu.max", "250000 100000\n"}}, 3},
    {"a whole number is not rounded up", "0::/a\n", {{"a/cpu.max", "200000 100000\n"}}, 2},
    {"a group above", "0::/a/b/c\n", {{"a/cpu.max", "100000 100000\n"}}, 1},
    {"the least of all",
     "0::/a/b\n",
     {{"a/b/cpu.max", "400000 100000\n"},
      {"a/cpu.max", "150000 100000\n"},
      {"cpu.max", "max 100000\n"}},
     2},
    {"another's quota is not ours", "0::/a/b\n", {{"a/c/cpu.max", "100000 100000\n"}}, 0},
    {"a container's own root", "0::/\n", {{"cpu.max", "50000 100000\n"}}, 1},
    {"a container with the host's names", "0::/docker/1234\n", {{"cpu.max", "300000 100000\n"}}, 3},
    {"version 1",
     "12:memory:/m\n4:cpu,cpuacct:/a\n0::/\n",
     {{"cpu/a/cpu.cfs_quota_us", "150000\n"}, {"cpu/a/cpu.cfs_period_us", "100000\n"}},
     2},
    {"version 1 without a quota",
     "4:cpu,cpuacct:/a\n",
     {{"cpu/a/cpu.cfs_quota_us", "-1\n"}, {"cpu/a/cpu.cfs_period_us", "100000\n"}},
     0},
    {"cpuset's group is not cpu's",
     "5:cpuset:/a\n4:cpuacct,cpu:/b\n",
     {{"cpu/a/cpu.cfs_quota_us", "100000\n"},
      {"cpu/a/cpu.cfs_period_us", "100000\n"},
      {"cpu/b/cpu.cfs_quota_us", "300000\n"},
      {"cpu/b/cpu.cfs_period_us", "100000\n"}},
     3},
    {"lines that are none", "\n0:\nno colon\n::\n0::\n", {{"a/cpu.max", "100000 100000\n"}}, 0},
};

/* Writes a file and the folders above it. */
static void write_file(const char *root, const char *folder, const char *path, const char *text)
{
    char whole[512];
    snprintf(whole, sizeof whole, "%s/%s/%s", root, folder, path);
    for (char *slash = whole + strlen(root) + 1; (slash = strchr(slash, '/')); *slash++ = '/') {
        *slash = 0;
        mkdir(whole, 0755);
    }
    FILE *file = fopen(whole, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

/* The quota that a process sees whose root folder is `root`. */
static int cpus_below(const char *root)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        if (geteuid() != 0)
            unshare(CLONE_NEWUSER); /* in which everybody may chroot */
        _exit(chroot(root) || chdir("/") ? NOT_ALLOWED : mn_cgroup_cpus());
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : BROKEN;
}

static void the_least_quota_of_the_tree_counts(void **state)
{
    (void)state;
    char folder[] = "/tmp/test_cgroup.XXXXXX", command[64];
    assert_non_null(mkdtemp(folder));
    int wrong = 0, found = 0;
    for (size_t i = 0; i < sizeof trees / sizeof *trees && found != NOT_ALLOWED; i++) {
        const struct tree *tree = &trees[i];
        char root[64];
        snprintf(root, sizeof root, "%s/%zu", folder, i);
        assert_int_equal(mkdir(root, 0755), 0);
        if (tree->groups)
            write_file(root, "proc/self", "cgroup", tree->groups);
        for (int f = 0; f < MOST_FILES && tree->files[f].path; f++)
            write_file(root, "sys/fs/cgroup", tree->files[f].path, tree->files[f].text);
        found = cpus_below(root);
        if (found != tree->cpus && found != NOT_ALLOWED) {
            print_error("%s: %d CPUs instead of %d\n", tree->name, found, tree->cpus);
            wrong++;
        }
    }
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
    if (found == NOT_ALLOWED) {
        print_message("skipped: no chroot() here\n");
        skip();
    }
    assert_int_equal(wrong, 0);
}

static void this_system_has_an_answer(void **state)
{
    (void)state;
    assert_true(mn_cgroup_cpus() >= 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_quota_and_period),
        cmocka_unit_test(the_least_quota_of_the_tree_counts),
        cmocka_unit_test(this_system_has_an_answer),
    };
    return cmocka_run_group_tests_name("cgroup", tests, NULL, NULL);
}
