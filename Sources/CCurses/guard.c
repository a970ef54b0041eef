#define _GNU_SOURCE
#include "cc_guard.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

// Everything a handler reads is written before the handlers are installed.

static struct termios modes;
static char restore_bytes[512];
static size_t restore_count;
static cc_guard_setup setup;
static int wake_pipe[2] = {-1, -1};
static int nowhere = -1;

static atomic_bool resized, continued, asked_to_stop;
static atomic_flag is_dying = ATOMIC_FLAG_INIT;

// Every signal that ends a process which does nothing about it, but for SIGKILL, which nobody can
// prepare for, and those of a crash. The real-time signals of Linux are added when installing.
static const int end_signals[] = {
    SIGHUP,  SIGINT,  SIGQUIT,   SIGTERM, SIGPIPE, SIGALRM, SIGUSR1,
    SIGUSR2, SIGXCPU, SIGVTALRM, SIGPROF, SIGXFSZ, SIGSYS,
#ifdef __linux__
    SIGPOLL, SIGSTKFLT, SIGPWR,
#endif
};
static const int crash_signals[] = {SIGSEGV, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE};
static const int note_signals[] = {SIGWINCH, SIGCONT, SIGTSTP};
#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

#define SIGNAL_LIMIT 65
static struct sigaction former[SIGNAL_LIMIT];
static stack_t former_stack;
static void *own_stack;
static bool is_installed, is_listening_for_exit;

// MARK: - Restoring

bool cc_guard_remember_modes(int terminal) { return tcgetattr(terminal, &modes) == 0; }

void cc_guard_restore_modes(int terminal) {
  // A process in the background would be stopped by SIGTTOU here.
  sigset_t background, before;
  sigemptyset(&background);
  sigaddset(&background, SIGTTOU);
  pthread_sigmask(SIG_BLOCK, &background, &before);
  while (tcsetattr(terminal, TCSANOW, &modes) != 0 && errno == EINTR) {
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
}

bool cc_guard_set_restore_bytes(const char *bytes, size_t count) {
  if (count > sizeof(restore_bytes)) return false;
  memcpy(restore_bytes, bytes, count);
  restore_count = count;
  return true;
}

/// Waits a second at most for a file that does not wait by itself.
static bool has_room(int descriptor) {
  struct pollfd wanted = {.fd = descriptor, .events = POLLOUT};
  int count = poll(&wanted, 1, 1000);
  return count > 0 || (count < 0 && errno == EINTR);
}

static void write_all(int descriptor, const char *bytes, size_t count) {
  while (count > 0) {
    ssize_t written = write(descriptor, bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EAGAIN && has_room(descriptor)) continue;
    if (written <= 0) return;
    bytes += written;
    count -= (size_t)written;
  }
}

/// What was written to standard error often says why the process ends.
void cc_guard_tell_caught(int caught, int real) {
  char chunk[1024];
  struct stat status;
  if (fstat(caught, &status) != 0) return;
  off_t kept = CC_CAUGHT_KEPT;
  off_t at = status.st_size > kept ? status.st_size - kept : 0;
  for (;;) {
    ssize_t count = pread(caught, chunk, sizeof(chunk), at);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    write_all(real, chunk, (size_t)count);
    at += count;
  }
}

static void give_terminal_back(void) {
  // Another thread may still draw: from here on that leads nowhere.
  if (nowhere >= 0) dup2(nowhere, setup.curses_output);
  write_all(setup.terminal, restore_bytes, restore_count);
  cc_guard_restore_modes(setup.terminal);
  dup2(setup.real_output, STDOUT_FILENO);
  dup2(setup.real_error, STDERR_FILENO);
  cc_guard_tell_caught(setup.caught, setup.real_error);
}

// MARK: - Handlers

static void wake(void) {
  char byte = 0;
  ssize_t ignored = write(wake_pipe[1], &byte, 1);
  (void)ignored;
}

static void die_by(int signal_number) {
  struct sigaction plain;
  memset(&plain, 0, sizeof(plain));
  plain.sa_handler = SIG_DFL;
  sigaction(signal_number, &plain, NULL);
  sigset_t this_one;
  sigemptyset(&this_one);
  sigaddset(&this_one, signal_number);
  raise(signal_number);
  pthread_sigmask(SIG_UNBLOCK, &this_one, NULL);
  _exit(128 + signal_number);
}

/// A second thread that dies meanwhile waits for the first one to end the process.
static void enter_death(void) {
  while (atomic_flag_test_and_set(&is_dying)) pause();
}

static void on_crash(int signal_number, siginfo_t *information, void *context) {
  enter_death();
  give_terminal_back();
  // The Swift runtime's handler may ask a question and wait for a key: it gets no keyboard.
  if (nowhere >= 0) dup2(nowhere, STDIN_FILENO);
  struct sigaction *before = &former[signal_number];
  sigaction(signal_number, before, NULL);
  if ((before->sa_flags & SA_SIGINFO) && before->sa_sigaction) {
    before->sa_sigaction(signal_number, information, context);
  } else if (before->sa_handler != SIG_DFL && before->sa_handler != SIG_IGN) {
    before->sa_handler(signal_number);
  }
  die_by(signal_number);
}

static void on_end(int signal_number) {
  enter_death();
  give_terminal_back();
  die_by(signal_number);
}

static void on_note(int signal_number) {
  int error = errno;
  atomic_bool *flag = signal_number == SIGWINCH  ? &resized
                      : signal_number == SIGCONT ? &continued
                                                 : &asked_to_stop;
  // One wake-up is enough for a storm of the same signal.
  if (!atomic_exchange(flag, true)) wake();
  errno = error;
}

/// Some other part of the program may find that it cannot go on, and call exit.
static void on_exit_of_process(void) {
  if (is_installed && !atomic_flag_test_and_set(&is_dying)) give_terminal_back();
}

// MARK: - Installing

static void handle(int signal_number, struct sigaction action) {
  sigaction(signal_number, &action, &former[signal_number]);
}

/// Calls a function for every signal that ends the process.
static void for_each_end_signal(void (*body)(int signal_number, void *context), void *context) {
  for (size_t i = 0; i < COUNT(end_signals); i++) body(end_signals[i], context);
#ifdef SIGRTMIN
  // SIGRTMIN leaves out what the thread library keeps for itself.
  for (int number = SIGRTMIN; number <= SIGRTMAX && number < SIGNAL_LIMIT; number++)
    body(number, context);
#endif
}

static void handle_end(int signal_number, void *action) {
  handle(signal_number, *(struct sigaction *)action);
}

static void add_to_set(int signal_number, void *set) { sigaddset(set, signal_number); }

static void unhandle(int signal_number) { sigaction(signal_number, &former[signal_number], NULL); }

static void unhandle_end(int signal_number, void *ignored) {
  (void)ignored;
  unhandle(signal_number);
}

/// Where the limit of processor time is hard, as `ulimit -t` makes it, the system would kill
/// without a warning: a second before that SIGXCPU can still be answered.
static void ask_for_warning(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_CPU, &limit) != 0 || limit.rlim_max == RLIM_INFINITY) return;
  if (limit.rlim_cur < limit.rlim_max || limit.rlim_max < 2) return;
  limit.rlim_cur = limit.rlim_max - 1;
  setrlimit(RLIMIT_CPU, &limit);
}

/// Whoever starts this process may have blocked signals: it could then not be ended.
static void unblock_signals(void) {
  sigset_t wanted;
  sigemptyset(&wanted);
  for_each_end_signal(add_to_set, &wanted);
  for (size_t i = 0; i < COUNT(note_signals); i++) sigaddset(&wanted, note_signals[i]);
  pthread_sigmask(SIG_UNBLOCK, &wanted, NULL);
}

/// Swift gives the main thread a stack for handlers; where there is none, overflow needs one.
static void provide_stack(void) {
  if (sigaltstack(NULL, &former_stack) != 0 || !(former_stack.ss_flags & SS_DISABLE)) return;
  size_t size = 64 * 1024;
  own_stack = malloc(size);
  if (!own_stack) return;
  stack_t stack = {.ss_sp = own_stack, .ss_size = size, .ss_flags = 0};
  sigaltstack(&stack, NULL);
}

static bool open_pipe(void) {
  if (pipe(wake_pipe) != 0) return false;
  for (int end = 0; end < 2; end++) {
    fcntl(wake_pipe[end], F_SETFD, FD_CLOEXEC);
    fcntl(wake_pipe[end], F_SETFL, O_NONBLOCK);
  }
  return true;
}

bool cc_guard_install(cc_guard_setup wanted) {
  if (is_installed || !open_pipe()) return false;
  setup = wanted;
  nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
  atomic_store(&resized, false);
  atomic_store(&continued, false);
  atomic_store(&asked_to_stop, false);
  provide_stack();

  struct sigaction action;
  memset(&action, 0, sizeof(action));
  sigfillset(&action.sa_mask);
  action.sa_flags = SA_ONSTACK | SA_SIGINFO;
  action.sa_sigaction = on_crash;
  for (size_t i = 0; i < COUNT(crash_signals); i++) handle(crash_signals[i], action);
  action.sa_flags = SA_ONSTACK | SA_RESTART;
  action.sa_handler = on_end;
  for_each_end_signal(handle_end, &action);
  action.sa_handler = on_note;
  for (size_t i = 0; i < COUNT(note_signals); i++) handle(note_signals[i], action);
  unblock_signals();
  ask_for_warning();
  is_installed = true;
  if (!is_listening_for_exit) is_listening_for_exit = atexit(on_exit_of_process) == 0;
  return true;
}

void cc_guard_remove(void) {
  if (!is_installed) return;
  for (size_t i = 0; i < COUNT(crash_signals); i++) unhandle(crash_signals[i]);
  for_each_end_signal(unhandle_end, NULL);
  for (size_t i = 0; i < COUNT(note_signals); i++) unhandle(note_signals[i]);
  if (own_stack) {
    sigaltstack(&former_stack, NULL);
    free(own_stack);
    own_stack = NULL;
  }
  close(wake_pipe[0]);
  close(wake_pipe[1]);
  wake_pipe[0] = wake_pipe[1] = -1;
  if (nowhere >= 0) close(nowhere);
  nowhere = -1;
  is_installed = false;
}

// MARK: - Looking

int cc_guard_wake_descriptor(void) { return wake_pipe[0]; }

void cc_guard_drain(void) {
  char bytes[64];
  while (read(wake_pipe[0], bytes, sizeof(bytes)) > 0) {
  }
}

bool cc_guard_take_resize(void) { return atomic_exchange(&resized, false); }
bool cc_guard_take_continue(void) { return atomic_exchange(&continued, false); }
bool cc_guard_take_stop(void) { return atomic_exchange(&asked_to_stop, false); }

void cc_guard_stop(bool whole_group) {
  struct sigaction before, action;
  memset(&action, 0, sizeof(action));
  action.sa_handler = SIG_IGN;
  sigaction(SIGTSTP, &action, &before);
  // The others of the group first; then this thread itself, so that it stops right here.
  if (whole_group) kill(0, SIGTSTP);
  action.sa_handler = SIG_DFL;
  sigaction(SIGTSTP, &action, NULL);
  raise(SIGTSTP);
  sigaction(SIGTSTP, &before, NULL);
}
