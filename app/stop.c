#include "stop.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <ucontext.h>
#include <unistd.h>

static void raise_event(int fd)
{
    const uint64_t one = 1;
    ssize_t written = write(fd, &one, sizeof one);
    (void)written; /* fails only when the counter is full, and then it is readable already */
}

void stop_request(struct stop *stop)
{
    if (atomic_exchange(&stop->requested, true))
        return;
    raise_event(stop->fd);
    if (stop->wake)
        stop->wake(stop->wake_context);
}

bool stop_requested(const struct stop *stop)
{
    return atomic_load(&stop->requested);
}

static void stop_signals(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGHUP);
}

/* What libraries start before main() can block anything are threads too, such as OpenBLAS's, and
 * the kernel may give one of them the signal. It is sent on, and the thread gets no more of them,
 * until only those are left that have it blocked, and with them the descriptor. */
static void pass_on(int signal_number, siginfo_t *info, void *context)
{
    (void)info;
    ucontext_t *interrupted = context;
    sigaddset(&interrupted->uc_sigmask, SIGINT);
    sigaddset(&interrupted->uc_sigmask, SIGTERM);
    sigaddset(&interrupted->uc_sigmask, SIGHUP);
    kill(getpid(), signal_number);
}

/* Those that are ignored (nohup, a shell's background job) stay so. */
static void set_actions(const struct sigaction *action)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        struct sigaction before;
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN)
            sigaction(numbers[i], action, NULL);
    }
}

/* Lets the next one through to the calling thread, and to its default action, which is to end the
 * process. */
static void let_signals_through(void)
{
    sigset_t signals;
    stop_signals(&signals);
    set_actions(&(struct sigaction){.sa_handler = SIG_DFL});
    pthread_sigmask(SIG_UNBLOCK, &signals, NULL);
}

static void *watch(void *argument)
{
    struct stop *stop = argument;
    struct pollfd fds[] = {{.fd = stop->closing_fd, .events = POLLIN},
                           {.fd = stop->signal_fd, .events = POLLIN}};
    struct timespec timeout = {.tv_sec = (time_t)stop->duration_s,
                               .tv_nsec = (long)(fmod(stop->duration_s, 1) * 1e9)};
    int ready = ppoll(fds, 2, stop->duration_s > 0 ? &timeout : NULL, NULL);
    if (fds[0].revents)
        return NULL;
    if (ready > 0) { /* a signal */
        struct signalfd_siginfo info;
        ssize_t got = read(stop->signal_fd, &info, sizeof info);
        (void)got;
        stop->signalled = true;
        let_signals_through();
    }
    stop_request(stop);
    while (poll(fds, 1, -1) < 0 && errno == EINTR)
        ;
    return NULL;
}

enum mn_status stop_open(struct stop *stop, double duration_s, void (*wake)(void *), void *context,
                         struct mn_error *error)
{
    sigset_t signals;
    stop_signals(&signals);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    set_actions(&(struct sigaction){.sa_sigaction = pass_on, .sa_flags = SA_SIGINFO | SA_RESTART});
    *stop = (struct stop){.duration_s = duration_s, .wake = wake, .wake_context = context};
    stop->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    stop->closing_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    stop->signal_fd = signalfd(-1, &signals, SFD_CLOEXEC);
    int failed = stop->fd < 0 || stop->closing_fd < 0 || stop->signal_fd < 0 ? errno : 0;
    if (!failed)
        failed = pthread_create(&stop->thread, NULL, watch, stop);
    if (!failed) {
        pthread_setname_np(stop->thread, "watch");
        return MN_OK;
    }
    close(stop->fd);
    close(stop->closing_fd);
    close(stop->signal_fd);
    return mn_fail(error, MN_FAILED, "cannot watch for signals: %s", strerror(failed));
}

void stop_close(struct stop *stop)
{
    raise_event(stop->closing_fd);
    pthread_join(stop->thread, NULL);
    if (stop->signalled)
        let_signals_through();
    close(stop->fd);
    close(stop->closing_fd);
    close(stop->signal_fd);
}
