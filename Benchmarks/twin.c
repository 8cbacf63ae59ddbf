// The C twin of holdfast-hook: what `make bench` holds the Swift executable against. Dynamically linked, hiredis, the
// same system calls where they count, the same scripts in the same single round trip, the same note, the same detached
// capturer. It measures, it is not installed: it knows Redis on a Unix socket only, and SessionStart, Stop and
// SessionEnd only.
//
// Nothing is freed: a hook lives for a millisecond.
//
//   cc -O2 -DSCRIPTS='"Sources/Storage/Scripts"' Benchmarks/twin.c -lhiredis

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// ---- The registry's scripts, byte for byte as they stand in the Swift executables --------------------------------

#define SCRIPT(name)                                                                                    \
  __asm__(".section .rodata\n.global " #name "_lua\n" #name "_lua:\n.incbin \"" SCRIPTS "/" #name       \
          ".lua\"\n.byte 0\n.previous\n");                                                              \
  extern const char name##_lua[];

SCRIPT(prelude)
SCRIPT(session)
SCRIPT(start_session)
SCRIPT(use_session)
SCRIPT(end_session)
SCRIPT(clear_session)

// ---- Text ---------------------------------------------------------------------------------------------------------

static char *format(const char *pattern, ...) {
  va_list arguments;
  char *text = NULL;
  va_start(arguments, pattern);
  if (vasprintf(&text, pattern, arguments) < 0) abort();
  va_end(arguments);
  return text;
}

static bool has_prefix(const char *text, const char *prefix) { return strncmp(text, prefix, strlen(prefix)) == 0; }

static bool has_suffix(const char *text, const char *suffix) {
  size_t all = strlen(text), end = strlen(suffix);
  return all >= end && strcmp(text + all - end, suffix) == 0;
}

static uint64_t fnv1a(const char *text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (; *text; text++) hash = (hash ^ (uint8_t)*text) * 0x00000100000001b3;
  return hash;
}

static const char *environment(const char *name, const char *otherwise) {
  const char *value = getenv(name);
  return value && *value ? value : otherwise;
}

// FIPS 180-4. The Swift hook computes the hash of its script at each start, so does this one.
static char *sha1(const char *text) {
  size_t length = strlen(text), padded = (length + 9 + 63) / 64 * 64;
  uint8_t *message = calloc(1, padded);
  memcpy(message, text, length);
  message[length] = 0x80;
  for (int index = 0; index < 8; index++) message[padded - 1 - index] = (uint8_t)((uint64_t)length * 8 >> (8 * index));
  uint32_t state[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0}, words[80];
#define ROTATED(word, by) ((word) << (by) | (word) >> (32 - (by)))
  for (size_t block = 0; block < padded; block += 64) {
    for (int index = 0; index < 16; index++) {
      const uint8_t *at = message + block + index * 4;
      words[index] = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    }
    for (int index = 16; index < 80; index++)
      words[index] = ROTATED(words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16], 1);
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
    for (int index = 0; index < 80; index++) {
      uint32_t mix = index < 20   ? ((b & c) | (~b & d)) + 0x5A827999
                     : index < 40 ? (b ^ c ^ d) + 0x6ED9EBA1
                     : index < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8F1BBCDC
                                  : (b ^ c ^ d) + 0xCA62C1D6;
      uint32_t next = ROTATED(a, 5) + mix + e + words[index];
      e = d, d = c, c = ROTATED(b, 30), b = a, a = next;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e;
  }
  return format("%08x%08x%08x%08x%08x", state[0], state[1], state[2], state[3], state[4]);
}

// ---- JSON: the members of one object, by name ----------------------------------------------------------------------

struct member {
  const char *name;
  char *raw;  // the value as it stands in the text, quotes and all; NULL when there is none
};

static const char *skip_space(const char *at) { return at + strspn(at, " \t\r\n"); }

static const char *skip_string(const char *at) {  // from quote to behind quote
  for (at++; *at && *at != '"'; at++)
    if (*at == '\\' && at[1]) at++;
  return *at ? at + 1 : at;
}

static const char *skip_value(const char *at) {
  int depth = 0;
  while (*at) {
    if (*at == '"') {
      at = skip_string(at);
      if (depth == 0) return at;
      continue;
    }
    if (depth == 0 && strchr(",}] \t\r\n", *at)) return at;
    if (*at == '{' || *at == '[') depth++;
    if ((*at == '}' || *at == ']') && --depth == 0) return at + 1;
    at++;
  }
  return at;
}

static void scan(const char *json, struct member *members, int count) {
  const char *at = json ? skip_space(json) : "";
  if (*at++ != '{') return;
  while (*(at = skip_space(at)) == '"') {
    const char *name = at + 1;
    at = skip_string(at);
    size_t length = (size_t)(at - name - 1);
    at = skip_space(at);
    if (*at++ != ':') return;
    const char *value = skip_space(at);
    at = skip_value(value);
    for (int index = 0; index < count; index++)
      if (strlen(members[index].name) == length && memcmp(members[index].name, name, length) == 0)
        members[index].raw = strndup(value, (size_t)(at - value));
    at = skip_space(at);
    if (*at++ != ',') return;
  }
}

static char *put_scalar(char *out, uint32_t scalar) {
  if (scalar < 0x80) *out++ = (char)scalar;
  else if (scalar < 0x800) *out++ = (char)(0xC0 | scalar >> 6), *out++ = (char)(0x80 | (scalar & 63));
  else if (scalar < 0x10000)
    *out++ = (char)(0xE0 | scalar >> 12), *out++ = (char)(0x80 | (scalar >> 6 & 63)), *out++ = (char)(0x80 | (scalar & 63));
  else
    *out++ = (char)(0xF0 | scalar >> 18), *out++ = (char)(0x80 | (scalar >> 12 & 63)),
    *out++ = (char)(0x80 | (scalar >> 6 & 63)), *out++ = (char)(0x80 | (scalar & 63));
  return out;
}

// The text of a JSON string; "" for anything else.
static char *unquoted(const char *raw) {
  if (!raw || *raw != '"') return "";
  char *text = malloc(strlen(raw) + 1), *out = text;
  for (const char *at = raw + 1; *at && *at != '"'; at++) {
    if (*at != '\\') {
      *out++ = *at;
      continue;
    }
    if (!*++at) break;
    uint32_t scalar, low;
    int used;
    if (*at == 'u' && sscanf(at + 1, "%4x%n", &scalar, &used) == 1) {
      at += used;
      if (scalar >> 10 == 0x36 && sscanf(at + 1, "\\u%4x%n", &low, &used) == 1 && low >> 10 == 0x37) {
        scalar = 0x10000 + ((scalar & 0x3FF) << 10 | (low & 0x3FF));
        at += used;
      }
      out = put_scalar(out, scalar);
    } else {
      const char *letters = "bfnrt", *letter = strchr(letters, *at);
      *out++ = letter ? "\b\f\n\r\t"[letter - letters] : *at;
    }
  }
  *out = 0;
  return text;
}

static char *quoted(const char *text) {
  char *raw = malloc(strlen(text) * 6 + 3), *out = raw;
  *out++ = '"';
  for (; *text; text++) {
    if (*text == '"' || *text == '\\') *out++ = '\\', *out++ = *text;
    else if ((uint8_t)*text < 32) out += sprintf(out, "\\u%04x", *text);
    else *out++ = *text;
  }
  *out++ = '"';
  *out = 0;
  return raw;
}

// ---- Files and processes ----------------------------------------------------------------------------------------------

static char *read_descriptor(int descriptor, size_t limit) {
  size_t length = 0, room = 4096;
  char *text = malloc(room + 1);
  while (length < limit) {
    if (length == room) text = realloc(text, (room *= 4) + 1);
    ssize_t count = read(descriptor, text + length, room - length);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    length += (size_t)count;
  }
  text[length] = 0;
  return text;
}

static char *read_file(const char *path) {
  int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return NULL;
  char *text = read_descriptor(descriptor, 16 << 20);
  close(descriptor);
  return text;
}

// Whole or not at all: temporary name, then rename.
static bool write_file(const char *path, const char *text) {
  char *temporary = format("%s.%d.tmp", path, getpid());
  int descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return false;
  size_t length = strlen(text);
  bool whole = write(descriptor, text, length) == (ssize_t)length;
  close(descriptor);
  if (whole && rename(temporary, path) == 0) return true;
  unlink(temporary);
  return false;
}

static void append_line(const char *path, const char *line, off_t limit) {
  int descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return;
  char *whole = format("%s\n", line);
  if (write(descriptor, whole, strlen(whole)) > 0 && limit && lseek(descriptor, 0, SEEK_END) > limit)
    rename(path, format("%s.1", path));
  close(descriptor);
}

static bool is_regular(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static int64_t milliseconds(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

struct process {
  int pid, parent;
  unsigned long long start;
  char name[64];
};

static bool read_process(int pid, struct process *process) {
  char *text = pid > 0 ? read_file(format("/proc/%d/stat", pid)) : NULL;
  // The name stands in brackets and may hold anything, brackets too.
  char *open = text ? strchr(text, '(') : NULL, *close = text ? strrchr(text, ')') : NULL;
  char state;
  if (!open || !close || sscanf(close + 1, " %c %d %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu",
                                &state, &process->parent, &process->start) != 3 ||
      state == 'Z' || state == 'X')
    return false;
  process->pid = pid;
  snprintf(process->name, sizeof process->name, "%.*s", (int)(close - open - 1), open + 1);
  return true;
}

static char *process_json(const struct process *process) {
  return format("{\"pid\":%d,\"start_ticks\":%llu}", process->pid, process->start);
}

// CLAUDE_PID, else the parent, past a shell.
static bool find_client(struct process *client) {
  if (read_process(atoi(environment("CLAUDE_PID", "0")), client)) return true;
  if (!read_process(getppid(), client)) return false;
  static const char *const shells[] = {"sh", "bash", "dash", "zsh"};
  for (int index = 0; index < 4; index++)
    if (strcmp(client->name, shells[index]) == 0) return read_process(client->parent, client);
  return true;
}

static char *ancestors_json(const struct process *client) {
  char *list = "";
  struct process next = *client;
  for (int count = 0; count < 12 && next.parent > 1 && read_process(next.parent, &next); count++)
    list = format("%s%s%s", list, *list ? "," : "", process_json(&next));
  return format("[%s]", list);
}

// Double fork, new session, standard streams on /dev/null, no other descriptor, default signals.
static bool detach(const char *path, char *const arguments[]) {
  pid_t middle = fork();
  if (middle < 0) return false;
  if (middle == 0) {
    setsid();
    if (fork() != 0) _exit(0);
    int null = open("/dev/null", O_RDWR);
    for (int stream = 0; stream < 3; stream++) dup2(null, stream);
    syscall(SYS_close_range, 3U, ~0U, 0);
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(path, arguments, environ);
    _exit(127);
  }
  while (waitpid(middle, NULL, 0) < 0)
    if (errno != EINTR) return false;
  return true;
}

// ---- News: what a hook tells, as the members of its JSON object ----------------------------------------------------------

enum {
  KIND, SESSION_ID, DISPATCH_KEY, MOMENT, HOST, MAX_AGE, CONFIG_DIR, CWD, TRANSCRIPT_PATH, TRANSCRIPT, PROJECTS_FOLDER,
  PROCESS, ANCESTORS, OUTER_SESSION, SOURCE, REASON, MODEL, NOT_PENDING, IS_KEPT, NEWS_COUNT
};

#define EMPTY_NEWS                                                                                                     \
  {{"kind", 0}, {"session_id", 0}, {"dispatch_key", 0}, {"moment", 0}, {"host", 0}, {"max_session_age_ms", 0},         \
   {"config_dir", 0}, {"cwd", 0}, {"transcript_path", 0}, {"transcript", 0}, {"projects_folder", 0}, {"process", 0},   \
   {"ancestors", 0}, {"outer_session", 0}, {"source", 0}, {"reason", 0}, {"model", 0}, {"start_is_not_pending", 0},    \
   {"is_kept", 0}}

static char *news_json(const struct member *news) {
  char *json = NULL;
  size_t length;
  FILE *stream = open_memstream(&json, &length);
  char before = '{';
  for (int index = 0; index < NEWS_COUNT; index++) {
    if (!news[index].raw) continue;
    fprintf(stream, "%c\"%s\":%s", before, news[index].name, news[index].raw);
    before = ',';
  }
  fputc('}', stream);
  fclose(stream);
  return json;
}

struct moment {
  int64_t wall, boot;
  const char *boot_id;
};

static struct moment now(void) {
  char *boot_id = read_file("/proc/sys/kernel/random/boot_id");
  if (!boot_id) boot_id = "unknown";
  else boot_id[strcspn(boot_id, "\n")] = 0;
  return (struct moment){milliseconds(CLOCK_REALTIME), milliseconds(CLOCK_BOOTTIME), boot_id};
}

static int64_t age(const struct member *news, struct moment at) {
  struct member moment[] = {{"wall_ms", 0}, {"boot_id", 0}, {"boot_ms", 0}};
  scan(news[MOMENT].raw, moment, 3);
  bool same_boot = strcmp(unquoted(moment[1].raw), at.boot_id) == 0;
  int64_t age = same_boot ? at.boot - atoll(moment[2].raw) : at.wall - atoll(moment[0].raw);
  return age > 0 ? age : 0;
}

// ---- Settings and state folder ----------------------------------------------------------------------------------------------

struct settings {
  const char *state, *socket, *max_age;
};

static const char *folder(const char *own, const char *base, const char *standard) {
  if (getenv(own)) return getenv(own);
  if (getenv(base)) return format("%s/holdfast", getenv(base));
  return format("%s/%s/holdfast", environment("HOME", "/"), standard);
}

static struct settings load_settings(void) {
  const char *config = folder("HOLDFAST_CONFIG_DIR", "XDG_CONFIG_HOME", ".config");
  struct settings settings = {.state = folder("HOLDFAST_STATE_DIR", "XDG_STATE_HOME", ".local/state")};
  struct member top[] = {{"redis", 0}, {"companion", 0}}, redis[] = {{"url", 0}}, agents[] = {{"max_session_age_ms", 0}};
  scan(read_file(format("%s/holdfast.json", config)), top, 2);
  scan(top[0].raw, redis, 1);
  scan(read_file(format("%s/agents.json", config)), agents, 1);
  const char *url = environment("HOLDFAST_REDIS_URL", unquoted(redis[0].raw));
  settings.socket = has_prefix(url, "unix:") ? url + 5 : format("%s/redis/redis.sock", settings.state);
  settings.max_age = environment("MAX_SESSION_AGE_MS", agents[0].raw ? agents[0].raw : "86400000");
  return settings;
}

static void write_log(const struct settings *settings, int64_t at, const char *message) {
  char time[32];
  time_t seconds = at / 1000;
  strftime(time, sizeof time, "%Y-%m-%dT%H:%M:%S", gmtime(&seconds));
  mkdir(format("%s/log", settings->state), 0700);
  append_line(format("%s/log/hook.log", settings->state), format("%s.%03dZ %s", time, (int)(at % 1000), message), 256 << 10);
}

static char *host_name(const char *state) {
  char *file = format("%s/host", state), *name = read_file(file);
  if (name && *name) return name;
  char hostname[256] = "";
  gethostname(hostname, 255);
  char *own = format("%s.%d", file, getpid());
  write_file(own, format("%s-%08x", hostname, (unsigned)(fnv1a(own) ^ (uint64_t)milliseconds(CLOCK_REALTIME))));
  // Two hooks may come here at once: the first link wins, both read it.
  if (link(own, file) < 0 && errno != EEXIST) return NULL;
  unlink(own);
  return read_file(file);
}

static void prepare_state(const char *state) {
  if (access(format("%s/log", state), F_OK) == 0) return;
  mkdir(state, 0700);
  static const char *const folders[] = {"spool", "bindings", "locks", "redis", "log"};
  for (int index = 0; index < 5; index++) mkdir(format("%s/%s", state, folders[index]), 0700);
}

static bool is_tracked(const struct settings *settings, const char *key, const char *project) {
  char *rules = read_file(format("%s/tracking.json", settings->state));
  return !rules || (!strstr(rules, quoted(key)) && !strstr(rules, quoted(project)));
}

static bool has_pending_start(const char *state, const char *session) {
  DIR *spool = opendir(format("%s/spool", state));
  char *part = format("-%s-started.note", session);
  bool found = false;
  for (struct dirent *entry; spool && !found && (entry = readdir(spool));) found = strstr(entry->d_name, part) != NULL;
  if (spool) closedir(spool);
  return found;
}

static char *write_note(const char *state, const struct member *news, int64_t wall) {
  char *json = news_json(news);
  char *path = format("%s/spool/%013lld-%d-%s-%s.note", state, (long long)wall, getpid(), unquoted(news[SESSION_ID].raw),
                      unquoted(news[KIND].raw));
  return write_file(path, format("holdfast-note 1 %016llx\n%s", (unsigned long long)fnv1a(json), json)) ? path : NULL;
}

static char *mirror_path(const char *state, const struct member *news) {
  return format("%s/bindings/%016llx.json", state, (unsigned long long)fnv1a(unquoted(news[DISPATCH_KEY].raw)));
}

static void save_mirror(const char *state, const struct member *news) {
  struct member moment[] = {{"wall_ms", 0}};
  scan(news[MOMENT].raw, moment, 1);
  write_file(mirror_path(state, news),
             format("{\"dispatch_key\":%s,\"session_id\":%s,\"last_used_ms\":%s,\"host\":%s,\"config_dir\":%s,\"cwd\":%s,"
                    "\"transcript_path\":%s}",
                    news[DISPATCH_KEY].raw, news[SESSION_ID].raw, moment[0].raw, news[HOST].raw, news[CONFIG_DIR].raw,
                    news[CWD].raw, news[TRANSCRIPT_PATH].raw));
}

// With Redis away the mirror is all a lookup has: what is surely right for the binding goes in.
static void mirror_blindly(const char *state, const struct member *news) {
  bool started = strcmp(unquoted(news[KIND].raw), "started") == 0;
  if (started ? strcmp(unquoted(news[SOURCE].raw), "resume") != 0 : strcmp(unquoted(news[TRANSCRIPT].raw), "found") != 0) return;
  struct member old[] = {{"session_id", 0}, {"dispatch_key", 0}};
  if (!started) scan(read_file(mirror_path(state, news)), old, 2);
  if (!old[0].raw || strcmp(unquoted(old[0].raw), unquoted(news[SESSION_ID].raw)) == 0) save_mirror(state, news);
}

// ---- Redis ------------------------------------------------------------------------------------------------------------------

// Both deadlines are set: with the one for connecting alone hiredis waits for a stopped server for ever.
static redisContext *reach(const char *socket, int connect_ms, int reply_ms) {
  redisContext *redis = redisConnectUnixWithTimeout(socket, (struct timeval){connect_ms / 1000, connect_ms % 1000 * 1000});
  if (redis && !redis->err) redisSetTimeout(redis, (struct timeval){reply_ms / 1000, reply_ms % 1000 * 1000});
  return redis;
}

// The script's text as the Swift twin composes it: its #!lua line, the two preludes, the rest.
static char *script_text(const char *kind) {
  const char *body = strcmp(kind, "started") == 0   ? start_session_lua
                     : strcmp(kind, "ended") == 0   ? end_session_lua
                     : strcmp(kind, "cleared") == 0 ? clear_session_lua
                                                    : use_session_lua;
  const char *rest = strchr(body, '\n');
  return format("%.*s\n%s%s%s", (int)(rest - body), body, prelude_lua, session_lua, rest);
}

// One round trip; a second only for a server that has not seen the script. Answers what the key has then, or NULL.
static char *tell(redisContext *redis, const struct member *news, struct moment at, const char **trouble) {
  if (!redis || redis->err) {
    *trouble = redis ? redis->errstr : "out of memory";
    return NULL;
  }
  const char *space = environment("HOLDFAST_NAMESPACE", "holdfast");
  char *text = script_text(unquoted(news[KIND].raw));
  const char *arguments[8] = {"EVALSHA", sha1(text), news[DISPATCH_KEY].raw ? "2" : "1"};
  int count = 3;
  arguments[count++] = format("{%s}:session:%s", space, unquoted(news[SESSION_ID].raw));
  if (news[DISPATCH_KEY].raw) arguments[count++] = format("{%s}:binding:%s", space, unquoted(news[DISPATCH_KEY].raw));
  arguments[count++] = "";
  arguments[count++] = format("%lld", (long long)age(news, at));
  arguments[count++] = news_json(news);
  redisReply *reply = redisCommandArgv(redis, count, arguments, NULL);
  if (reply && reply->type == REDIS_REPLY_ERROR && has_prefix(reply->str, "NOSCRIPT")) {
    arguments[0] = "EVAL";
    arguments[1] = text;
    reply = redisCommandArgv(redis, count, arguments, NULL);
  }
  if (reply && reply->type == REDIS_REPLY_ARRAY && reply->elements == 3) return reply->element[0]->str;
  *trouble = !reply ? redis->errstr : reply->type == REDIS_REPLY_ERROR ? reply->str : "an answer of another shape";
  return NULL;
}

// ---- The hook ------------------------------------------------------------------------------------------------------------------

static char *projects_folder(const char *projects) {
  struct stat status;
  if (stat(projects, &status) < 0) return quoted("");
  return format("\"%llu:%llu\"", (unsigned long long)status.st_dev, (unsigned long long)status.st_ino);
}

// This session's file under the config folder's projects, a regular file of this user after resolving links.
static bool is_trusted(const char *path, const char *projects, const char *session) {
  if (!has_prefix(path, projects) || !has_suffix(path, format("/%s.jsonl", session))) return false;
  char *real = realpath(path, NULL), *real_projects = realpath(projects, NULL);
  struct stat status;
  return real && real_projects && has_prefix(real, format("%s/", real_projects)) && lstat(real, &status) == 0 &&
         S_ISREG(status.st_mode) && status.st_uid == getuid();
}

// At the end all slugs are searched: a client may name a path under the wrong one.
static const char *search(const char *projects, const char *session, char **path) {
  DIR *slugs = opendir(projects);
  if (!slugs) return "unknown";
  const char *presence = "absent";
  for (struct dirent *entry; (entry = readdir(slugs));) {
    if (entry->d_name[0] == '.') continue;
    struct stat status;
    char *candidate = format("%s%s/%s.jsonl", projects, entry->d_name, session);
    if (stat(candidate, &status) == 0 && S_ISREG(status.st_mode)) {
      *path = candidate;
      presence = "found";
      break;
    }
    if (errno != ENOENT && errno != ENOTDIR) presence = "unknown";
  }
  closedir(slugs);
  return presence;
}

static int run_hook(const struct settings *settings, struct moment at) {
  struct member input[] = {{"session_id", 0}, {"hook_event_name", 0}, {"transcript_path", 0}, {"cwd", 0},
                           {"source", 0},     {"reason", 0},          {"model", 0},           {"agent_id", 0}};
  scan(read_descriptor(STDIN_FILENO, 16 << 20), input, 8);
  char *session = unquoted(input[0].raw), *event = unquoted(input[1].raw), *path = unquoted(input[2].raw);
  size_t plain = strspn(session, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");
  bool starts = strcmp(event, "SessionStart") == 0, ends = strcmp(event, "SessionEnd") == 0;
  if (!plain || session[plain] || plain > 128 || (!starts && !ends && strcmp(event, "Stop") != 0)) {
    write_log(settings, at.wall, "input not used");
    return 0;
  }

  const char *home = environment("CLAUDE_CONFIG_DIR", NULL);
  if (!home) home = format("%s/.claude", environment("HOME", ""));
  const char *projects = format("%s/projects/", home);
  const char *named = environment("CLAUDE_PROJECT_DIR", unquoted(input[3].raw)), *project = realpath(named, NULL);
  if (!project) project = named;
  const char *key = environment("HOLDFAST_KEY", NULL);
  if (!key) key = format("dir:%s", project);
  if (!is_tracked(settings, key, project)) return 0;
  prepare_state(settings->state);
  char *host = host_name(settings->state);
  if (!host) {
    write_log(settings, at.wall, format("session %s not recorded", session));
    return 0;
  }

  struct member news[NEWS_COUNT] = EMPTY_NEWS;
  bool cleared = ends && strcmp(unquoted(input[5].raw), "clear") == 0;
  news[KIND].raw = quoted(starts ? "started" : cleared ? "cleared" : ends ? "ended" : "stopped");
  news[SESSION_ID].raw = quoted(session);
  news[DISPATCH_KEY].raw = quoted(key);
  news[MOMENT].raw = format("{\"wall_ms\":%lld,\"boot_id\":\"%s\",\"boot_ms\":%lld}", (long long)at.wall, at.boot_id,
                            (long long)at.boot);
  news[HOST].raw = quoted(host);
  news[MAX_AGE].raw = (char *)settings->max_age;
  news[CONFIG_DIR].raw = quoted(home);
  news[CWD].raw = input[3].raw ? input[3].raw : "\"\"";
  news[SOURCE].raw = input[4].raw ? input[4].raw : "\"\"";
  news[REASON].raw = input[5].raw ? input[5].raw : "\"\"";
  news[MODEL].raw = input[6].raw ? input[6].raw : "\"\"";
  const char *outer = environment("HOLDFAST_OUTER_SESSION", session);
  if (strcmp(outer, session) != 0) news[OUTER_SESSION].raw = quoted(outer);
  struct process client;
  news[ANCESTORS].raw = "[]";
  if (find_client(&client)) {
    news[PROCESS].raw = process_json(&client);
    news[ANCESTORS].raw = ancestors_json(&client);
  }
  const char *presence = "unknown";
  if (is_trusted(path, projects, session)) {
    presence = "found";
  } else {
    if (!has_prefix(path, projects) || !has_suffix(path, format("/%s.jsonl", session)) || strstr(path, "/../")) path = "";
    if (ends) presence = search(projects, session, &path);
  }
  news[TRANSCRIPT].raw = quoted(presence);
  news[TRANSCRIPT_PATH].raw = quoted(path);
  news[PROJECTS_FOLDER].raw = strcmp(presence, "found") == 0 ? projects_folder(projects) : "\"\"";
  news[NOT_PENDING].raw = ends && !cleared && !has_pending_start(settings->state, session) ? "true" : "false";
  news[IS_KEPT].raw = "false";

  if (starts && getenv("CLAUDE_ENV_FILE"))
    append_line(getenv("CLAUDE_ENV_FILE"), format("export HOLDFAST_OUTER_SESSION=%s", session), 0);
  char *note = starts || input[7].raw ? NULL : write_note(settings->state, news, at.wall);
  if (note) {
    char *own = realpath("/proc/self/exe", NULL);
    if (!own || !detach(own, (char *[]){own, "capture", note, NULL}))
      write_log(settings, at.wall, format("no capturer for %s", note));
  }
  const char *trouble = "";
  char *bound = tell(reach(settings->socket, 20, 20), news, at, &trouble);
  if (bound) {
    if (strcmp(bound, session) == 0) save_mirror(settings->state, news);
    return 0;
  }
  write_log(settings, at.wall, format("%s of session %s is noted only: cannot reach Redis at unix:%s (%s)",
                                      unquoted(news[KIND].raw), session, settings->socket, trouble));
  if (!note) write_note(settings->state, news, at.wall);
  if (!news[OUTER_SESSION].raw && !cleared) mirror_blindly(settings->state, news);
  return 0;
}

// ---- The detached capturer --------------------------------------------------------------------------------------------------------

struct claim {
  char *path, *original;
};

// Takes a note by renaming it to our pid and start time; the claim of a process that has died is free.
static bool take(const char *state, const char *name, struct claim *claim, struct member *news) {
  struct process own, owner;
  if (!read_process(getpid(), &own)) return false;
  char *plain = strdup(name), *mark = strstr(plain, ".note.");
  if (mark) {
    int pid;
    unsigned long long start;
    if (sscanf(mark, ".note.%d-%llu.claim", &pid, &start) != 2) return false;
    if (read_process(pid, &owner) && owner.start == start) return false;
    mark[strlen(".note")] = 0;
  }
  claim->original = format("%s/spool/%s", state, plain);
  claim->path = format("%s.%d-%llu.claim", claim->original, own.pid, own.start);
  if (rename(format("%s/spool/%s", state, name), claim->path) < 0) return false;
  char *text = read_file(claim->path), *json = text ? strchr(text, '\n') : NULL;
  if (!json || strncmp(text, format("holdfast-note 1 %016llx\n", (unsigned long long)fnv1a(json + 1)), (size_t)(json + 1 - text)) != 0) {
    rename(claim->path, format("%s.corrupt", claim->original));
    return false;
  }
  scan(json + 1, news, NEWS_COUNT);
  return true;
}

// The last answer reaches the file up to 100 ms after Stop starts; five times that, then without.
static void wait_for_transcript(struct member *news) {
  char *path = unquoted(news[TRANSCRIPT_PATH].raw);
  if (strcmp(unquoted(news[TRANSCRIPT].raw), "unknown") != 0 || !*path) return;
  for (int64_t end = milliseconds(CLOCK_MONOTONIC) + 500; milliseconds(CLOCK_MONOTONIC) < end; usleep(20000)) {
    if (!is_regular(path)) continue;
    news[TRANSCRIPT].raw = "\"found\"";
    news[PROJECTS_FOLDER].raw = projects_folder(format("%s/projects", unquoted(news[CONFIG_DIR].raw)));
    return;
  }
}

static int compare_names(const void *left, const void *right) { return strcmp(*(char *const *)left, *(char *const *)right); }

static void replay_older(const struct settings *settings, redisContext *redis) {
  char *names[1024];
  int count = 0;
  DIR *spool = opendir(format("%s/spool", settings->state));
  for (struct dirent *entry; spool && count < 1024 && (entry = readdir(spool));)
    if (has_suffix(entry->d_name, ".note") || has_suffix(entry->d_name, ".claim")) names[count++] = strdup(entry->d_name);
  if (spool) closedir(spool);
  qsort(names, (size_t)count, sizeof *names, compare_names);
  for (int index = 0; index < count && index < 8; index++) {
    struct claim claim;
    struct member news[NEWS_COUNT] = EMPTY_NEWS;
    const char *trouble;
    if (!take(settings->state, names[index], &claim, news)) continue;
    if (tell(redis, news, now(), &trouble)) unlink(claim.path);
    else rename(claim.path, claim.original);
  }
}

static int run_capture(const struct settings *settings, const char *note) {
  const char *name = strrchr(note, '/');
  struct claim claim;
  struct member news[NEWS_COUNT] = EMPTY_NEWS;
  if (!name || !take(settings->state, name + 1, &claim, news)) return 0;
  wait_for_transcript(news);
  redisContext *redis = reach(settings->socket, 500, 1000);
  // A socket accepts before the server can serve.
  redisReply *heard = redis && !redis->err ? redisCommand(redis, "PING") : NULL;
  const char *trouble = redis ? redis->errstr : "out of memory";
  char *bound = heard && heard->type != REDIS_REPLY_ERROR ? tell(redis, news, now(), &trouble) : NULL;
  if (!bound) {
    rename(claim.path, claim.original);
    write_log(settings, milliseconds(CLOCK_REALTIME), format("capture: note kept: %s", trouble));
    return 0;
  }
  unlink(claim.path);
  if (strcmp(bound, unquoted(news[SESSION_ID].raw)) == 0) save_mirror(settings->state, news);
  replay_older(settings, redis);
  return 0;
}

int main(int count, char **arguments) {
  signal(SIGPIPE, SIG_IGN);
  struct moment at = now();
  struct settings settings = load_settings();
  if (count == 3 && strcmp(arguments[1], "capture") == 0) return run_capture(&settings, arguments[2]);
  if (strcmp(environment("HOLDFAST_DISABLED", ""), "1") == 0) return 0;
  return run_hook(&settings, at);
}
