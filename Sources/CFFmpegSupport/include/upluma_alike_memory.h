// Memory that is the same whenever it is allocated.
#ifndef UPLUMA_ALIKE_MEMORY_H
#define UPLUMA_ALIKE_MEMORY_H

/// Lets all memory that this process allocates from now on begin with the same bytes, where the C library can (glibc).
/// Returns whether it does.
int upluma_alike_memory(void);

#endif
