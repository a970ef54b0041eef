#define _GNU_SOURCE
#include "CCurses.h"

#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

WINDOW *cc_screen(void) { return stdscr; }
int cc_lines(void) { return LINES; }
int cc_columns(void) { return COLS; }
int cc_colors(void) { return COLORS; }
int cc_color_pairs(void) { return COLOR_PAIRS; }

attr_t cc_bold(void) { return WA_BOLD; }
attr_t cc_dim(void) { return WA_DIM; }
attr_t cc_reverse(void) { return WA_REVERSE; }
attr_t cc_underline(void) { return WA_UNDERLINE; }

int cc_key_function(int number) { return KEY_F(number); }

_Static_assert(sizeof(wchar_t) == sizeof(uint32_t), "a wide character is a Unicode scalar");

void cc_fill_cell(cchar_t *cell, const uint32_t *text, attr_t attributes, int pair) {
  setcchar(cell, (const wchar_t *)text, attributes, (short)pair, NULL);
}

void cc_set_background(int pair) {
  cchar_t blank;
  setcchar(&blank, L" ", WA_NORMAL, (short)pair, NULL);
  wbkgrndset(stdscr, &blank);
}

int cc_width(uint32_t scalar) { return wcwidth((wchar_t)scalar); }

bool cc_take_locale(void) {
  bool known = setlocale(LC_ALL, "") != NULL;
  setlocale(LC_NUMERIC, "C");
  return known;
}

bool cc_take_utf8_locale(void) {
  return setlocale(LC_CTYPE, "C.UTF-8") != NULL || setlocale(LC_CTYPE, "UTF-8") != NULL
         || setlocale(LC_CTYPE, "en_US.UTF-8") != NULL;
}

bool cc_locale_is_utf8(void) { return strcasecmp(nl_langinfo(CODESET), "UTF-8") == 0; }

int cc_private_copy(int descriptor) { return fcntl(descriptor, F_DUPFD_CLOEXEC, 3); }

int cc_scratch_file(void) {
#ifdef __linux__
  int file = memfd_create("caught-output", MFD_CLOEXEC);
#else
  char path[] = "/tmp/caught-output-XXXXXX";
  int file = mkstemp(path);
  if (file >= 0) {
    unlink(path);
    fcntl(file, F_SETFD, FD_CLOEXEC);
  }
#endif
  if (file >= 0) fcntl(file, F_SETFL, O_APPEND);
  return file;
}

void cc_forget_before(int file, off_t position) {
#ifdef __linux__
  fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, position);
#else
  (void)file;
  (void)position;
#endif
}

void cc_flush_stdout(void) { fflush(stdout); }
void cc_flush_stderr(void) { fflush(stderr); }
void cc_buffer_stdout_by_line(void) { setvbuf(stdout, NULL, _IOLBF, 0); }

bool cc_terminal_size(int descriptor, int *rows, int *columns) {
  struct winsize size;
  if (ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return false;
  *rows = size.ws_row;
  *columns = size.ws_col;
  return true;
}
