// Measures holdfast-hook and holdfast as whole processes, from spawn to exit, beside a C twin, a Python hook and
// redis-cli, and holds the medians against the bars. bench.sh prepares the scratch folder and the servers.
//
// All programs of a series take turns, in a new order each round: one that always followed the Python hook would always
// find cold caches. A hook leaves a capturer behind that would compete with the next run, so each run starts when
// the last one's capturer is gone; being the subreaper, we get to wait for it.

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WARM_UP = 3, MOST_RUNS = 10000 };
enum event { SESSION_START, STOP, SESSION_END };
enum redis_state { UP, REFUSED, HUNG };
enum { HOLDFAST, TWIN, PYTHON, REDIS_CLI, PROGRAMS };

static const char *const events[] = {"SessionStart", "Stop", "SessionEnd"};
static const char *const states[] = {"up", "refused", "hung"};
static const char *const sockets[] = {"up.sock", "none.sock", "hung.sock"};
static const char *const names[] = {"holdfast", "C twin", "Python hook", "redis-cli"};

static int runs;
static const char *scratch;
static pid_t hung_server;
static int output;  // what the program under test printed; a hook prints nothing

struct program {
  char *arguments[8];
  char *environment[16];
  char *input;
  char *spool;  // NULL for a program that is no hook
  int failures;
  double times[MOST_RUNS];
};

static char *format(const char *pattern, ...) {
  va_list arguments;
  char *text = NULL;
  va_start(arguments, pattern);
  if (vasprintf(&text, pattern, arguments) < 0) abort();
  va_end(arguments);
  return text;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

// ---- One run --------------------------------------------------------------------------------------------------------

static double microseconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

// Answers how long it took; `status` as wait(2) has it.
static double run(const struct program *program, int *status) {
  int input[2];
  pid_t child;
  posix_spawn_file_actions_t streams;
  if (pipe2(input, O_CLOEXEC) < 0) fail("pipe");
  // Less than a pipe holds; written before the start, so that nobody waits for us.
  if (program->input && write(input[1], program->input, strlen(program->input)) < 0) fail("pipe");
  close(input[1]);
  if (ftruncate(output, 0) < 0) fail("output");
  lseek(output, 0, SEEK_SET);
  posix_spawn_file_actions_init(&streams);
  posix_spawn_file_actions_adddup2(&streams, input[0], 0);
  posix_spawn_file_actions_adddup2(&streams, output, 1);
  posix_spawn_file_actions_adddup2(&streams, output, 2);
  double start = microseconds();
  errno = posix_spawn(&child, program->arguments[0], &streams, NULL, program->arguments, program->environment);
  if (errno != 0) fail(program->arguments[0]);
  while (wait4(child, status, 0, NULL) < 0)
    if (errno != EINTR) fail("wait4");
  double end = microseconds();
  posix_spawn_file_actions_destroy(&streams);
  close(input[0]);
  return end - start;
}

// At a hung server a capturer waits for a second, asleep; nothing is lost by ending it. It was orphaned to us, so our
// children are the capturers and nobody else.
static void kill_capturers(void) {
  DIR *processes = opendir("/proc");
  for (struct dirent *entry; processes && (entry = readdir(processes));) {
    pid_t pid = atoi(entry->d_name);
    char text[512] = "";
    int descriptor = pid > 0 ? open(format("/proc/%d/stat", pid), O_RDONLY | O_CLOEXEC) : -1;
    if (descriptor < 0) continue;
    ssize_t count = read(descriptor, text, sizeof text - 1);
    close(descriptor);
    char *close_bracket = count > 0 ? strrchr(text, ')') : NULL;
    int parent;
    if (close_bracket && sscanf(close_bracket + 1, " %*c %d", &parent) == 1 && parent == getpid()) kill(pid, SIGKILL);
  }
  if (processes) closedir(processes);
}

static void settle(enum redis_state state) {
  if (state == HUNG) kill_capturers();
  while (waitpid(-1, NULL, 0) > 0 || errno == EINTR) {}
}

// Answers how many notes lay in the spool.
static int empty_spool(const char *spool) {
  int notes = 0;
  DIR *folder = opendir(spool);
  for (struct dirent *entry; folder && (entry = readdir(folder));) {
    if (entry->d_name[0] == '.') continue;
    if (strstr(entry->d_name, ".note")) notes++;
    unlink(format("%s/%s", spool, entry->d_name));
  }
  if (folder) closedir(folder);
  return notes;
}

// A program that is fast because it did nothing must not pass: with Redis up no note may be left, otherwise one must.
static bool did_its_work(const struct program *program, int status, enum redis_state state) {
  if (status != 0) return false;
  if (!program->spool) return true;
  int notes = empty_spool(program->spool);
  return lseek(output, 0, SEEK_END) == 0 && (state == UP ? notes == 0 : notes > 0);
}

// ---- The hung server ------------------------------------------------------------------------------------------------------

static void freeze(bool frozen) {
  kill(hung_server, frozen ? SIGSTOP : SIGCONT);
  for (char state = 0; frozen && state != 'T'; usleep(100)) {
    FILE *stat = fopen(format("/proc/%d/stat", hung_server), "r");
    if (!stat || fscanf(stat, "%*d (%*[^)]) %c", &state) != 1) fail("the server that is to hang");
    fclose(stat);
  }
}

// Connections to a stopped server pile up until it refuses more, which is another scenario. So it runs between rounds,
// until it has seen them all.
static void drain_hung_server(void) {
  freeze(false);
  redisContext *redis = redisConnectUnix(format("%s/hung.sock", scratch));
  redisReply *reply = redis && !redis->err ? redisCommand(redis, "PING") : NULL;
  if (!reply) fail("the server that is to hang");
  freeReplyObject(reply);
  redisFree(redis);
  freeze(true);
}

// ---- Series -------------------------------------------------------------------------------------------------------------------

static char *session_id(enum event event, int program) {
  return format("00000000-0000-4000-8000-%06d%06d", (int)event, program);
}

static char *transcript(const char *session) { return format("%s/claude/projects/-bench-project/%s.jsonl", scratch, session); }

// What the client sends, and what is on the disk then: no transcript at the start, one at Stop and at the end.
static char *payload(enum event event, const char *session) {
  static const char *const rest[] = {
      "\"source\":\"startup\"",
      "\"permission_mode\":\"default\",\"effort\":{\"level\":\"medium\"},\"stop_hook_active\":false,"
      "\"last_assistant_message\":\"All 214 tests pass now.\\n\\nThe spool was read twice: \\\"names()\\\" also lists "
      "claims. I filter them in `replay` and added a test that replays a note while its claim is held.\","
      "\"background_tasks\":[],\"session_crons\":[]",
      "\"reason\":\"other\"",
  };
  return format("{\"session_id\":\"%s\",\"transcript_path\":\"%s\",\"cwd\":\"%s/project\","
                "\"prompt_id\":\"0fd86a39-a18b-4a8f-ad99-71d6e6d9a225\",\"hook_event_name\":\"%s\",%s}\n",
                session, transcript(session), scratch, events[event], rest[event]);
}

static void prepare(struct program *program, int index, enum event event, enum redis_state state) {
  char *session = session_id(event, index);
  if (event != SESSION_START) {
    FILE *file = fopen(transcript(session), "w");
    if (!file) fail(transcript(session));
    fputs("{\"type\":\"user\",\"message\":{\"role\":\"user\",\"content\":\"Why is the spool read twice?\"}}\n", file);
    fclose(file);
  }
  char *own = format("%s/state%d", scratch, index);
  mkdir(own, 0700);
  program->spool = format("%s/spool", own);
  program->input = payload(event, session);
  program->failures = 0;
  int count = 0;
  char **environment = program->environment;
  environment[count++] = format("PATH=%s", getenv("PATH"));
  environment[count++] = format("HOME=%s", scratch);
  environment[count++] = "LANG=C.UTF-8";
  environment[count++] = format("HOLDFAST_STATE_DIR=%s", own);
  environment[count++] = format("HOLDFAST_CONFIG_DIR=%s/config", scratch);
  environment[count++] = format("HOLDFAST_REDIS_URL=unix:%s/%s", scratch, sockets[state]);
  environment[count++] = format("HOLDFAST_KEY=bench/%d-%d", (int)event, index);
  environment[count++] = format("HOLDFAST_SCRIPTS=%s", getenv("HOLDFAST_SCRIPTS"));
  environment[count++] = format("CLAUDE_CONFIG_DIR=%s/claude", scratch);
  environment[count++] = format("CLAUDE_PROJECT_DIR=%s/project", scratch);
  environment[count++] = format("CLAUDE_PID=%d", getpid());
  environment[count++] = format("CLAUDE_ENV_FILE=%s/environment", scratch);
  environment[count] = NULL;
}

// The end of a session that its process never had says nothing of it, and a hook has less to do.
static void begin_session(struct program *program, int index, enum event event) {
  char *ending = program->input;
  int status;
  program->input = payload(SESSION_START, session_id(event, index));
  run(program, &status);
  settle(UP);
  empty_spool(program->spool);
  program->input = ending;
}

static int compare_times(const void *left, const void *right) {
  double difference = *(const double *)left - *(const double *)right;
  return difference < 0 ? -1 : difference > 0;
}

static uint32_t random_below(uint32_t limit) {
  static uint32_t state = 2463534242;  // xorshift with a fixed seed: every bench has the same orders
  state ^= state << 13, state ^= state >> 17, state ^= state << 5;
  return state % limit;
}

static void measure(struct program *const programs[], int count, enum redis_state state, double *medians) {
  int order[PROGRAMS];
  for (int index = 0; index < count; index++) order[index] = index;
  if (state == HUNG) drain_hung_server();
  for (int round = -WARM_UP; round < runs; round++) {
    for (int index = count - 1; index > 0; index--) {
      int other = (int)random_below((uint32_t)index + 1), kept = order[index];
      order[index] = order[other], order[other] = kept;
    }
    for (int index = 0; index < count; index++) {
      struct program *program = programs[order[index]];
      int status;
      double time = run(program, &status);
      settle(state);
      if (!did_its_work(program, status, state)) program->failures++;
      if (round >= 0) program->times[round] = time;
    }
    if (truncate(format("%s/environment", scratch), 0) < 0 && errno != ENOENT) fail("environment");
    if (state == HUNG) drain_hung_server();
  }
  if (state == HUNG) freeze(false);
  for (int index = 0; index < count; index++) {
    qsort(programs[index]->times, (size_t)runs, sizeof(double), compare_times);
    medians[index] = (programs[index]->times[runs / 2] + programs[index]->times[(runs - 1) / 2]) / 2;
  }
}

static void tell_failures(const struct program *program, const char *name, const char *series) {
  if (program->failures > 0)
    printf("NOTE  %s: %d of %d runs of %s did not do their work\n", series, program->failures, runs + WARM_UP, name);
}

// Looks into Redis whether the session of each hook is there as the event leaves it.
static void check_records(enum event event) {
  static const char *const expected[] = {"idle", "idle", "ended"};
  redisContext *redis = redisConnectUnix(format("%s/up.sock", scratch));
  for (int index = 0; redis && !redis->err && index <= PYTHON; index++) {
    redisReply *reply = redisCommand(redis, "HGET {holdfast}:session:%s state", session_id(event, index));
    if (!reply || !reply->str || strcmp(reply->str, expected[event]) != 0)
      printf("NOTE  %s: the session of %s is not in Redis\n", events[event], names[index]);
    if (reply) freeReplyObject(reply);
  }
  if (redis) redisFree(redis);
}

// ---- Bars -------------------------------------------------------------------------------------------------------------------------

static int bars, missed;

static void hold_at_most(double bar, double measured, const char *what) {
  bars++;
  if (measured > bar) missed++;
  printf("%-5s %-52s bar %5.2f, measured %5.2f\n", measured > bar ? "over" : "ok", what, bar, measured);
}

static void hold_at_least(double bar, double measured, const char *what) {
  bars++;
  if (measured < bar) missed++;
  printf("%-5s %-52s bar %5.2f, measured %5.2f\n", measured < bar ? "under" : "ok", what, bar, measured);
}

static void print_row(const char *what, const char *redis, const double *medians) {
  printf("%-16s %-8s", what, redis);
  for (int index = 0; index < PROGRAMS; index++)
    if (medians[index] > 0) printf(" %11.0f", medians[index]);
    else printf(" %11s", "-");
  for (int index = TWIN; index < PROGRAMS; index++) {
    // Python's as a multiple of ours, the others the other way round, as the bars have it.
    double ratio = index == PYTHON ? medians[index] / medians[HOLDFAST] : medians[HOLDFAST] / medians[index];
    if (medians[index] > 0) printf(" %11.2f", ratio);
    else printf(" %11s", "-");
  }
  printf("\n");
  fflush(stdout);
}

int main(int count, char **arguments) {
  if (count != 10 || (runs = atoi(arguments[1])) < 1 || runs > MOST_RUNS) {
    fprintf(stderr, "usage: bench RUNS SCRATCH HUNG_PID HOOK HOLDFAST TWIN PYTHON HOOK.PY REDIS_CLI\n");
    return 64;
  }
  scratch = arguments[2];
  hung_server = atoi(arguments[3]);
  output = memfd_create("output", MFD_CLOEXEC);
  if (output < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0) fail("bench");

  static struct program hook, twin, python, redis_cli, lookup;
  struct program *const programs[] = {&hook, &twin, &python, &redis_cli}, *const lookups[] = {&lookup, &redis_cli};
  hook.arguments[0] = arguments[4];
  twin.arguments[0] = arguments[6];
  python.arguments[0] = arguments[7], python.arguments[1] = arguments[8];
  char *socket = format("%s/up.sock", scratch);
  memcpy(redis_cli.arguments, (char *[]){arguments[9], "-s", socket, "PING", NULL}, 5 * sizeof(char *));
  redis_cli.environment[0] = format("PATH=%s", getenv("PATH"));

  printf("Medians of %d interleaved runs, in µs from spawn to exit; then what holdfast takes to the\n"
         "C twin, the Python hook to holdfast, and holdfast to redis-cli.\n\n", runs);
  double load;
  if (getloadavg(&load, 1) == 1 && load > 0.5) printf("NOTE  the machine is busy (load %.1f): expect noise\n\n", load);
  printf("%-16s %-8s %11s %11s %11s %11s %11s %11s %11s\n", "", "Redis", names[0], names[1], names[2], names[3], "/ C twin",
         "Python /", "/ redis-cli");
  static double medians[3][3][PROGRAMS];
  for (int event = SESSION_START; event <= SESSION_END; event++) {
    for (int state = UP; state <= HUNG; state++) {
      for (int index = HOLDFAST; index <= PYTHON; index++) {
        prepare(programs[index], index, event, state);
        if (event == SESSION_END && state == UP) begin_session(programs[index], index, event);
      }
      // redis-cli PING beside one series is enough.
      int competitors = event == SESSION_START && state == UP ? PROGRAMS : REDIS_CLI;
      double *row = medians[event][state];
      measure(programs, competitors, state, row);
      print_row(events[event], states[state], row);
      for (int index = HOLDFAST; index < competitors; index++)
        tell_failures(programs[index], names[index], format("%s, %s", events[event], states[state]));
      if (state == UP) check_records(event);
    }
  }

  // The last session of the Swift hook has ended and its transcript is there: it can be resumed.
  prepare(&lookup, HOLDFAST, SESSION_END, UP);
  lookup.spool = lookup.input = NULL;
  memcpy(lookup.arguments, (char *[]){arguments[5], "lookup", format("bench/%d-%d", SESSION_END, HOLDFAST), NULL}, 4 * sizeof(char *));
  redis_cli.arguments[3] = "GET", redis_cli.arguments[4] = "x";
  int status;
  char said[256] = "";
  run(&lookup, &status);
  if (pread(output, said, sizeof said - 1, 0) < 0 || !strstr(said, session_id(SESSION_END, HOLDFAST)))
    printf("NOTE  lookup did not answer %s but \"%.80s\"\n", session_id(SESSION_END, HOLDFAST), said);
  double both[2], row[PROGRAMS] = {0};
  measure(lookups, 2, UP, both);
  row[HOLDFAST] = both[0], row[REDIS_CLI] = both[1];
  print_row("lookup", "up", row);
  tell_failures(&lookup, "holdfast", "lookup");

  printf("\nSessionStart stands beside redis-cli PING, lookup beside redis-cli GET.\n\n");
  for (int event = SESSION_START; event <= STOP; event++) {
    for (int state = UP; state <= HUNG; state++)
      hold_at_most(state == UP ? 1.5 : 2, medians[event][state][HOLDFAST] / medians[event][state][TWIN],
                   format("%s, Redis %s, to the C twin", events[event], states[state]));
    hold_at_least(20, medians[event][UP][PYTHON] / medians[event][UP][HOLDFAST],
                  format("%s, the Python hook to it", events[event]));
  }
  hold_at_most(1, medians[SESSION_START][UP][HOLDFAST] / medians[SESSION_START][UP][REDIS_CLI],
               "SessionStart, to redis-cli PING");
  hold_at_most(1.5, both[0] / both[1], "lookup, to redis-cli GET");
  printf("\n%d of %d bars met\n", bars - missed, bars);
  return 0;
}
