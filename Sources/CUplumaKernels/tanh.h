// The rational function that every level computes tanh with: the same operations in the same order.
//
// tanh(x) = x · P(x²) / Q(x²) up to a relative 9.5e-10 for |x| below the limit, beyond which tanh rounds to 1. (Minimax
// by Remez exchange, all coefficients positive, so nothing cancels.) Both polynomials go from the highest power down by
// fused multiply-adds.
#ifndef UPLUMA_TANH_H
#define UPLUMA_TANH_H

#define UPLUMA_TANH_LIMIT 9.02f

static const float upluma_tanh_p[5] = {5.07622610713e-8f, 3.1589069099e-5f, 4.00850910249e-3f, 0.137853640688f, 1.0f};
static const float upluma_tanh_q[6] = {7.37444420109e-10f, 1.6174861265e-6f, 4.20740787877e-4f,
                                       2.77375124906e-2f,  0.471186964727f,  1.0f};

#endif
