#define _GNU_SOURCE
#include "CPlatform.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const int forwarded[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH, SIGCONT, SIGCHLD};

// Kernels before 5.9 have no close_range, and some containers forbid it: then one by one, as far as the limit allows any.
static void close_between(unsigned first, unsigned last) {
  if (syscall(SYS_close_range, first, last, 0) == 0) return;
  struct rlimit limit;
  unsigned end = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < 1U << 20 ? (unsigned)limit.rlim_cur : 1U << 20;
  for (unsigned descriptor = first; descriptor < end && descriptor <= last; descriptor++) close((int)descriptor);
}

static void close_from(int first, int kept) {
  if (kept < first) {
    close_between((unsigned)first, ~0U);
    return;
  }
  if (kept > first) close_between((unsigned)first, (unsigned)(kept - 1));
  close_between((unsigned)(kept + 1), ~0U);
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

int holdfast_detach(const char *path, char *const argv[], char *const envp[], const char *words) {
  pid_t middle = fork();
  if (middle < 0) return -1;
  if (middle == 0) {
    setsid();
    if (fork() != 0) _exit(0);
    null_streams();
    if (words) {
      int file = open(words, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);
      if (file >= 0)
        for (int stream = 1; stream < 3; stream++) dup2(file, stream);
    }
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
    close_between(3, 199);
    for (int index = 0; index < 2; index++)
      if (locks[index] < 0) close(202 + index);
    close_between(204, ~0U);
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

// Whether an address is one of the host we are on: a loopback one, or the one that we ourselves are seen under.
static bool is_here(const struct sockaddr_storage *peer, const struct sockaddr_storage *own) {
  if (peer->ss_family == AF_INET) {
    const struct in_addr *address = &((const struct sockaddr_in *)peer)->sin_addr;
    return ntohl(address->s_addr) >> 24 == 127 ||
           address->s_addr == ((const struct sockaddr_in *)own)->sin_addr.s_addr;
  }
  const struct in6_addr *address = &((const struct sockaddr_in6 *)peer)->sin6_addr;
  return IN6_IS_ADDR_LOOPBACK(address) || (IN6_IS_ADDR_V4MAPPED(address) && address->s6_addr[12] == 127) ||
         memcmp(address, &((const struct sockaddr_in6 *)own)->sin6_addr, sizeof *address) == 0;
}

int holdfast_listener_user(int descriptor, uid_t *user) {
  struct sockaddr_storage peer, own;
  socklen_t peer_length = sizeof peer, own_length = sizeof own;
  if (getpeername(descriptor, (struct sockaddr *)&peer, &peer_length) < 0) return -1;
  if (getsockname(descriptor, (struct sockaddr *)&own, &own_length) < 0) return -1;
  errno = ENOENT;
  if (peer.ss_family != own.ss_family || (peer.ss_family != AF_INET && peer.ss_family != AF_INET6)) return -1;
  if (!is_here(&peer, &own)) return -1;

  struct {
    struct nlmsghdr header;
    struct inet_diag_req_v2 body;
  } question = {
      .header = {.nlmsg_len = sizeof question, .nlmsg_type = SOCK_DIAG_BY_FAMILY, .nlmsg_flags = NLM_F_REQUEST},
      .body = {.sdiag_family = (unsigned char)peer.ss_family, .sdiag_protocol = IPPROTO_TCP, .idiag_states = ~0U},
  };
  struct inet_diag_sockid *id = &question.body.id;
  id->idiag_cookie[0] = id->idiag_cookie[1] = INET_DIAG_NOCOOKIE;
  // No other end: what is found is who listens there, not the connection, which is nobody's until it is accepted.
  if (peer.ss_family == AF_INET) {
    id->idiag_sport = ((struct sockaddr_in *)&peer)->sin_port;
    memcpy(id->idiag_src, &((struct sockaddr_in *)&peer)->sin_addr, sizeof(struct in_addr));
  } else {
    id->idiag_sport = ((struct sockaddr_in6 *)&peer)->sin6_port;
    memcpy(id->idiag_src, &((struct sockaddr_in6 *)&peer)->sin6_addr, sizeof(struct in6_addr));
  }
  int asking = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
  if (asking < 0) return -1;
  union {
    struct nlmsghdr header;
    char bytes[2048];
  } answer;
  ssize_t length = -1;
  // The kernel answers before send returns.
  if (send(asking, &question, sizeof question, 0) == sizeof question)
    length = recv(asking, &answer, sizeof answer, MSG_DONTWAIT);
  close(asking);
  if (length < (ssize_t)NLMSG_LENGTH(sizeof(struct inet_diag_msg)) ||
      answer.header.nlmsg_type != SOCK_DIAG_BY_FAMILY) {
    errno = ENOENT;
    return -1;
  }
  *user = ((struct inet_diag_msg *)NLMSG_DATA(&answer.header))->idiag_uid;
  return 0;
}

int holdfast_lock(int descriptor, bool take) { return flock(descriptor, take ? LOCK_EX | LOCK_NB : LOCK_UN); }

int holdfast_rename_anew(int from, const char *name, int to, const char *other) {
  return (int)syscall(SYS_renameat2, from, name, to, other, 1U /* RENAME_NOREPLACE */);
}

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
