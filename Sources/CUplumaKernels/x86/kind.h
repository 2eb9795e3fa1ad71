// The sample types of planes as compile-time constants: a kernel for all of them is written once, and inlined for each.
#ifndef UPLUMA_KIND_H
#define UPLUMA_KIND_H

#define INLINE static inline __attribute__((always_inline))

/// Bytes of a sample.
enum kind { KIND_U8 = 1, KIND_U16 = 2, KIND_F32 = 4 };

#endif
