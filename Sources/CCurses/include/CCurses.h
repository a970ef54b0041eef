#ifndef CCURSES_H
#define CCURSES_H

// The wide API and plain functions instead of macros, so that Swift can see them.
#define NCURSES_WIDECHAR 1
#define NCURSES_NOMACROS 1
#include <ncurses.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <wchar.h>

#include "cc_guard.h"

// What Swift cannot import from ncurses: global variables, macros, sentinels.

WINDOW *cc_screen(void);
int cc_lines(void);
int cc_columns(void);
int cc_colors(void);
int cc_color_pairs(void);

attr_t cc_bold(void);
attr_t cc_dim(void);
attr_t cc_reverse(void);
attr_t cc_underline(void);

int cc_key_function(int number);

/// What setupterm found; never ends the process.
typedef enum {
  CC_TERMINAL_KNOWN,
  CC_TERMINAL_UNKNOWN,
  CC_TERMINAL_PRINTS_ON_PAPER,
  CC_NO_TERMINAL_DATABASE,
} cc_terminal_kind;
cc_terminal_kind cc_find_terminal(const char *name, int descriptor);

/// The text of a string capability, or NULL if the terminal has none.
const char *cc_capability(const char *name);
/// Whether the terminal has a flag.
bool cc_flag(const char *name);
/// A number of the terminal; negative if it has none of this name.
int cc_number(const char *name);
/// What sets a colour by its number, in the form of a capability; NULL without it. Valid until the
/// next call.
const char *cc_color_sequence(const char *capability, int number);

/// Fills one cell: a base character and at most four combining ones, zero-ended.
void cc_fill_cell(cchar_t *cell, const uint32_t *text, attr_t attributes, int pair);

/// Makes blanks in the colours of a pair what the screen is cleared with.
void cc_set_background(int pair);

/// How many columns curses gives a character; negative if it cannot be printed.
int cc_width(uint32_t scalar);

// Locale.

/// Takes the locale of the environment, numbers always with a decimal point. Returns false if the
/// environment names one that is not installed.
bool cc_take_locale(void);
/// Falls back to UTF-8 without a language; false if the system has none.
bool cc_take_utf8_locale(void);
/// Whether characters leave this process as UTF-8.
bool cc_locale_is_utf8(void);

// Streams.

/// A copy of a descriptor that programs started from here do not inherit; -1 on failure.
int cc_private_copy(int descriptor);
/// An unnamed file in memory (or an unlinked one) that appends; -1 on failure.
int cc_scratch_file(void);
/// Gives up the memory of a scratch file before a position.
void cc_forget_before(int file, off_t position);
/// Hands everything that waits in stdout's buffer to its descriptor.
void cc_flush_stdout(void);
void cc_flush_stderr(void);
/// Makes stdout hand over every line, although it no longer leads to a terminal.
void cc_buffer_stdout_by_line(void);
/// The size of the terminal behind a descriptor; false if it does not say.
bool cc_terminal_size(int descriptor, int *rows, int *columns);

#endif
