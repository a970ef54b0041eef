// Apart from the rest, because <term.h> turns plain words such as "columns" into macros.
#include "CCurses.h"

#include <term.h>

cc_terminal_kind cc_find_terminal(const char *name, int descriptor) {
  int error = 0;
  if (setupterm((char *)name, descriptor, &error) == OK) return CC_TERMINAL_KNOWN;
  return error > 0    ? CC_TERMINAL_PRINTS_ON_PAPER
         : error == 0 ? CC_TERMINAL_UNKNOWN
                      : CC_NO_TERMINAL_DATABASE;
}

const char *cc_capability(const char *name) {
  const char *text = tigetstr((char *)name);
  return text == (const char *)-1 ? NULL : text;
}

bool cc_flag(const char *name) { return tigetflag((char *)name) > 0; }

int cc_number(const char *name) { return tigetnum((char *)name); }

const char *cc_color_sequence(const char *capability, int number) {
  const char *text = cc_capability(capability);
  return text ? tiparm(text, number) : NULL;
}
