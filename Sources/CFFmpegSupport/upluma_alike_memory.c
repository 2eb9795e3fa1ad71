#include <stdlib.h>
#include "upluma_alike_memory.h"

#if defined(__GLIBC__)
#include <malloc.h>

int upluma_alike_memory(void) {
    // New memory is filled with the complement of the value: zeros.
    return mallopt(M_PERTURB, 0xFF);
}
#else
int upluma_alike_memory(void) { return 0; }
#endif
