/// Counts the heap allocations of all threads while it is armed.
///
/// Linked into an executable it takes the place of the C library's functions, so nothing escapes
/// it: not the Swift runtime, not Foundation.
#ifndef MALLOC_COUNTER_H
#define MALLOC_COUNTER_H

/// Whether allocations can be counted on this system.
int mc_is_supported(void);
/// Starts counting from 0.
void mc_arm(void);
/// Stops, and returns how many allocations there were.
long mc_disarm(void);

#endif
