#ifndef CC_GUARD_H
#define CC_GUARD_H

#include <stdbool.h>
#include <stddef.h>

// Whatever ends this process, the terminal goes back to what it was. Signal handlers may call very
// few functions, so all that they need is prepared here beforehand.

/// What the guard must know. Descriptors stay the caller's; they must outlive the guard.
typedef struct {
  /// The terminal, for nothing but the guard.
  int terminal;
  /// The descriptor curses writes to; after a crash it leads nowhere.
  int curses_output;
  /// Where standard output and standard error really lead.
  int real_output;
  int real_error;
  /// What was written to these two meanwhile.
  int caught;
} cc_guard_setup;

/// Remembers the terminal's modes as they are now. Call before curses starts.
bool cc_guard_remember_modes(int terminal);
/// Gives the terminal the remembered modes.
void cc_guard_restore_modes(int terminal);

/// Keeps what makes the screen normal again; false if it is too long.
bool cc_guard_set_restore_bytes(const char *bytes, size_t count);

/// How many of the last caught bytes are shown when the screen is gone.
#define CC_CAUGHT_KEPT 65536
/// Copies the end of what was caught from one descriptor to another.
void cc_guard_tell_caught(int caught, int real);

/// Installs all handlers; false if a pipe could not be made.
bool cc_guard_install(cc_guard_setup setup);
/// Puts the former handlers back.
void cc_guard_remove(void);

/// Becomes readable when a signal waits to be looked at; -1 without a guard.
int cc_guard_wake_descriptor(void);
/// Empties the wake descriptor.
void cc_guard_drain(void);

/// Whether the window changed its size since the last call.
bool cc_guard_take_resize(void);
/// Whether the process was continued after a stop since the last call.
bool cc_guard_take_continue(void);
/// Whether someone asked the process to stop (SIGTSTP) since the last call.
bool cc_guard_take_stop(void);

/// Stops this process, and its whole group if asked, as Ctrl-Z does; returns when it continues.
void cc_guard_stop(bool whole_group);

#endif
