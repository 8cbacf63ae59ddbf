#define _GNU_SOURCE
#include "CPlatform.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const int forwarded[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT, SIGCHLD};

static void close_from(int first, int kept) {
  if (kept < first) {
    syscall(SYS_close_range, (unsigned)first, ~0U, 0);
    return;
  }
  if (kept > first) syscall(SYS_close_range, (unsigned)first, (unsigned)(kept - 1), 0);
  syscall(SYS_close_range, (unsigned)(kept + 1), ~0U, 0);
}

static void reset_signals(void) {
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

static void null_streams(void) {
  int null = open("/dev/null", O_RDWR);
  for (int stream = 0; stream < 3; stream++) dup2(null, stream);
}

int holdfast_detach(const char *path, char *const argv[], char *const envp[]) {
  pid_t middle = fork();
  if (middle < 0) return -1;
  if (middle == 0) {
    setsid();
    if (fork() != 0) _exit(0);
    null_streams();
    close_from(3, -1);
    reset_signals();
    execve(path, argv, envp);
    _exit(127);
  }
  int status;
  while (waitpid(middle, &status, 0) < 0)
    if (errno != EINTR) return -1;
  return 0;
}

pid_t holdfast_spawn(const char *file, char *const argv[], char *const envp[], struct holdfast_spawn_options options) {
  int report[2];
  if (pipe2(report, O_CLOEXEC) < 0) return -1;
  pid_t parent = getpid();
  pid_t child = fork();
  if (child < 0) {
    close(report[0]);
    close(report[1]);
    return -1;
  }
  if (child == 0) {
    if (options.own_session) setsid();
    if (options.own_group) setpgid(0, 0);
    if (options.death_signal) {
      prctl(PR_SET_PDEATHSIG, options.death_signal);
      if (getppid() != parent) _exit(127);  // the parent died before the kernel was told
    }
    int streams[3] = {options.standard_input, options.standard_output, options.standard_error};
    for (int stream = 0; stream < 3; stream++)
      if (streams[stream] >= 0 && streams[stream] != stream) dup2(streams[stream], stream);
    if (options.kept_descriptor >= 0) fcntl(options.kept_descriptor, F_SETFD, 0);
    reset_signals();
    execvpe(file, argv, envp);
    int error = errno;
    if (write(report[1], &error, sizeof error) < 0) _exit(126);
    _exit(127);
  }
  close(report[1]);
  int error = 0;
  ssize_t count;
  while ((count = read(report[0], &error, sizeof error)) < 0 && errno == EINTR) {}
  close(report[0]);
  if (count == sizeof error) {
    waitpid(child, NULL, 0);
    errno = error;
    return -1;
  }
  return child;
}

// The kernel has killed the child already, unless that was too late to be told; what it started is asked to go, and
// after two seconds made to.
static void end(pid_t child, int handle, bool leads_group, const int locks[2]) {
  syscall(SYS_pidfd_send_signal, handle, SIGKILL, NULL, 0);
  struct pollfd gone = {.fd = handle, .events = POLLIN};
  poll(&gone, 1, 2000);
  // Nobody drives the session any more; what the client left behind may take its time, a zombie for ever.
  for (int index = 0; index < 2; index++)
    if (locks[index] >= 0) flock(locks[index], LOCK_UN);
  if (!leads_group) return;
  kill(-child, SIGTERM);
  for (int round = 0; round < 40 && kill(-child, 0) == 0; round++) poll(NULL, 0, 50);
  kill(-child, SIGKILL);
}

int holdfast_guard(pid_t child, bool leads_group, int lock, int other) {
  int handle = (int)syscall(SYS_pidfd_open, child, 0);
  if (handle < 0) return -1;
  int word[2];
  if (pipe2(word, O_CLOEXEC) < 0) {
    close(handle);
    return -1;
  }
  pid_t middle = fork();
  if (middle == 0) {
    setsid();
    if (fork() != 0) _exit(0);
    // Low numbers first, so that the streams and all else of the caller can go: a pipe held here never ends.
    int ours = dup2(word[0], 200) < 0 ? word[0] : 200;
    int watched = dup2(handle, 201) < 0 ? handle : 201;
    int locks[2] = {lock < 0 ? -1 : dup2(lock, 202), other < 0 ? -1 : dup2(other, 203)};
    null_streams();
    syscall(SYS_close_range, 3U, 199U, 0);
    for (int index = 0; index < 2; index++)
      if (locks[index] < 0) close(202 + index);
    syscall(SYS_close_range, 204U, ~0U, 0);
    for (int index = 0; index < (int)(sizeof forwarded / sizeof *forwarded); index++) signal(forwarded[index], SIG_IGN);
    char byte;
    ssize_t count;
    while ((count = read(ours, &byte, 1)) < 0 && errno == EINTR) {}
    if (count == 0) end(child, watched, leads_group, locks);
    _exit(0);
  }
  close(word[0]);
  close(handle);
  if (middle < 0) {
    close(word[1]);
    return -1;
  }
  while (waitpid(middle, NULL, 0) < 0 && errno == EINTR) {}
  return word[1];
}

void holdfast_guard_dismiss(int descriptor) {
  if (descriptor < 0) return;
  ssize_t ignored = write(descriptor, "x", 1);
  (void)ignored;
  close(descriptor);
}

int holdfast_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int holdfast_memory_file(void) { return memfd_create("holdfast", MFD_CLOEXEC); }

void holdfast_fill_standard_streams(void) {
  int descriptor;
  while ((descriptor = open("/dev/null", O_RDWR)) >= 0 && descriptor < 3) {}
  if (descriptor >= 0) close(descriptor);
}

int holdfast_readable(int descriptor) {
  int count = 0;
  return ioctl(descriptor, FIONREAD, &count) < 0 ? 0 : count;
}

int holdfast_peer_user(int descriptor, uid_t *user) {
  struct ucred peer;
  socklen_t length = sizeof peer;
  if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0) return -1;
  *user = peer.uid;
  return 0;
}

int holdfast_lock(int descriptor, bool take) { return flock(descriptor, take ? LOCK_EX | LOCK_NB : LOCK_UN); }

int holdfast_signal_descriptor(void) {
  sigset_t set;
  sigemptyset(&set);
  for (int index = 0; index < (int)(sizeof forwarded / sizeof *forwarded); index++) sigaddset(&set, forwarded[index]);
  if (sigprocmask(SIG_BLOCK, &set, NULL) < 0) return -1;
  return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

struct holdfast_signal holdfast_next_signal(int descriptor) {
  struct signalfd_siginfo info;
  if (read(descriptor, &info, sizeof info) != sizeof info) return (struct holdfast_signal){0, false};
  return (struct holdfast_signal){(int)info.ssi_signo, info.ssi_code == SI_KERNEL};
}
