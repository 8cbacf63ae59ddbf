#ifndef CPLATFORM_H
#define CPLATFORM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

// What Swift cannot say: code between fork and exec, and calls whose names Swift hides.
// Every function answers -1 and sets errno when it fails.

/// Starts a program that outlives us: double fork, new session, standard streams on /dev/null, no other descriptor.
/// A child of a killed hook dies with it unless it has both left the process group and lost its parent.
/// `words`: a file, begun anew, for what it says on 1 and 2; NULL leaves them on /dev/null.
int holdfast_detach(const char *path, char *const argv[], char *const envp[], const char *words);

struct holdfast_spawn_options {
  /// Descriptors that become 0, 1 and 2; -1 inherits ours.
  int standard_input, standard_output, standard_error;
  /// A descriptor that stays open in the child (a lock that must live as long as it), or -1.
  int kept_descriptor;
  /// A process group of its own, so that a signal to the group reaches what the child started too.
  bool own_group;
  /// A session of its own: no terminal's signals.
  bool own_session;
  /// The signal the kernel sends the child when we die, or 0.
  int death_signal;
};

/// Starts a program found on PATH with default signals and an empty signal mask. Answers its pid; a failed exec is
/// reported here, not as a child that exits.
pid_t holdfast_spawn(const char *file, char *const argv[], char *const envp[], struct holdfast_spawn_options options);

/// Starts a process that sees to it that `child` is dead should we die without a word, and that what it started goes
/// too, when it leads a group: SIGTERM, two seconds later SIGKILL. Until the child is dead it holds the locked
/// files `lock` and `other`, each where it is not -1, so that nobody resumes what runs. Answers the descriptor to hold; `holdfast_guard_dismiss` on it calls the guard off.
int holdfast_guard(pid_t child, bool leads_group, int lock, int other);
void holdfast_guard_dismiss(int descriptor);

/// A pipe, and a nameless file in memory, that no child inherits unless told to.
int holdfast_pipe(int ends[2]);
int holdfast_memory_file(void);

/// Lets names of hosts and users be looked up by what this executable holds itself, whatever /etc/nsswitch.conf says.
void holdfast_resolve_names_alone(void);

/// Opens /dev/null on those of 0, 1 and 2 that are closed, or the next file opened would pass for one of them.
void holdfast_fill_standard_streams(void);

/// How many bytes can be read from a pipe without waiting.
int holdfast_readable(int descriptor);

/// The user whose process listens on the other end of a connected Unix socket (SO_PEERCRED, unix(7)).
int holdfast_peer_user(int descriptor, uid_t *user);

/// The user who listens on the other end of a TCP connection within this host (sock_diag(7)); ENOENT where the other end
/// is elsewhere, or its listener is not in our network namespace. One question to the kernel: it reads no table.
int holdfast_listener_user(int descriptor, uid_t *user);

/// Takes (or drops, with `take` false) an exclusive lock on an open file without waiting.
int holdfast_lock(int descriptor, bool take);

/// Renames within open folders, never over what is there (EEXIST), in one step (renameat2(2)).
int holdfast_rename_anew(int from, const char *name, int to, const char *other);

/// Blocks the signals that a wrapper forwards and answers a descriptor they can be read from.
int holdfast_signal_descriptor(void);

struct holdfast_signal {
  int number;
  /// Whether the kernel sent it to the whole foreground group, as a terminal does for Ctrl-C.
  bool from_terminal;
};

/// The next pending signal, or number 0.
struct holdfast_signal holdfast_next_signal(int descriptor);

#endif
