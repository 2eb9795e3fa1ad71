// Resampling with displaced taps for any vector width. The including file has set the target of the functions, has
// included vectors of that width (vectors_avx2.h, vectors_avx512.h) and defines:
//
//   mask                     of a vector's lanes
//   whole_part, truncated    floats to floats, the floor; whole floats to lanes
//   all, count_from          lanes of one number; lanes n, n + step, n + 2 · step, …
//   plus, times, least, most on lanes
//   is_less, both            masks
//   chosen                   of two vectors: the second where the mask holds
//   kept                     0 where the mask does not hold
//   subtract                 on floats
//   gather_pairs             the two floats at and behind each of LANES places
//
// Two pixels side by side are gathered at once, which is why the last column is looked up from the one before it.
#ifndef UPLUMA_DISPLACED_TEMPLATE_H
#define UPLUMA_DISPLACED_TEMPLATE_H

/// The most planes that share the work of finding places.
enum { MOST_PLANES = 3 };

/// One axis of LANES samples.
struct axis {
    lanes pixel;  ///< That before the position, wherever it lies.
    mask before_counts, behind_counts;
    floats fraction;
};

INLINE struct axis find(
    const upluma_displaced_taps *taps, float place, floats displacement, lanes origin, int32_t count,
    const int is_zero) {
    floats position = multiply_add(displacement, broadcast(taps->unit), broadcast(place));
    position = limit(position, broadcast(-UPLUMA_DISPLACED_FARTHEST), broadcast(UPLUMA_DISPLACED_FARTHEST));
    const floats whole = whole_part(position);
    const lanes index = truncated(whole);
    struct axis axis = {.pixel = plus(origin, index), .fraction = subtract(position, whole)};
    if (is_zero) {
        const lanes before = all(-1), behind = all(-2), end = all(count), last = all(count - 1);
        axis.before_counts = both(is_less(before, axis.pixel), is_less(axis.pixel, end));
        axis.behind_counts = both(is_less(behind, axis.pixel), is_less(axis.pixel, last));
        if (taps->window) {
            const lanes window_end = all(taps->window), window_last = all(taps->window - 1);
            axis.before_counts = both(axis.before_counts, both(is_less(before, index), is_less(index, window_end)));
            axis.behind_counts = both(axis.behind_counts, both(is_less(behind, index), is_less(index, window_last)));
        }
    }
    return axis;
}

INLINE lanes limited(lanes value, lanes low, lanes high) { return least(most(value, low), high); }

INLINE floats between(floats a, floats b, floats fraction) { return multiply_add(fraction, subtract(b, a), a); }

/// LANES samples along rows: `places` holds the pairs from the column `first` on.
INLINE floats along(const float *plane, lanes places, lanes first, const struct axis *columns, const int is_zero) {
    floats left, right;
    gather_pairs(plane, places, &left, &right);
    floats before = chosen(is_less(first, columns->pixel), left, right), behind = right;
    if (is_zero) {
        behind = kept(columns->behind_counts, chosen(is_less(columns->pixel, first), right, left));
        before = kept(columns->before_counts, before);
    }
    return between(before, behind, columns->fraction);
}

/// `planes` planes from `plane` on, LANES results from x on.
INLINE void block(
    const upluma_displaced_taps *taps, const upluma_displaced_source *source, int32_t origin,
    upluma_displaced_values weights, upluma_displaced_values horizontal, upluma_displaced_values vertical,
    const float *plane, const int planes, float *const *targets, ptrdiff_t x, const int is_zero) {
    const lanes zero = all(0), last_row = all(source->height - 1), last_pair = all(source->width - 2);
    const lanes start = count_from((int32_t)x * taps->step + taps->start, taps->step);
    const lanes row = all(origin), stride = all(source->stride);
    floats sums[MOST_PLANES];
    for (int p = 0; p < planes; p++) sums[p] = broadcast(0);
#pragma clang loop unroll(disable)
    for (int32_t t = 0; t < taps->taps; t++) {
        const struct axis columns = find(
            taps, taps->across[t], load(horizontal.first + t * horizontal.stride + x), start, source->width, is_zero);
        const struct axis rows = find(
            taps, taps->down[t], load(vertical.first + t * vertical.stride + x), row, source->height, is_zero);
        const lanes first = limited(columns.pixel, zero, last_pair);
        const lanes above = limited(rows.pixel, zero, last_row);
        // Where the edge counts, the row behind is that behind the one before it, even where that was moved.
        const lanes below = limited(plus(is_zero ? rows.pixel : above, all(1)), zero, last_row);
        const lanes above_places = plus(times(above, stride), first), below_places = plus(times(below, stride), first);
        const floats weight = load(weights.first + t * weights.stride + x);
        for (int p = 0; p < planes; p++) {
            const float *pixels = plane + p * source->plane_stride;
            floats top = along(pixels, above_places, first, &columns, is_zero);
            floats bottom = along(pixels, below_places, first, &columns, is_zero);
            if (is_zero) {
                top = kept(rows.before_counts, top);
                bottom = kept(rows.behind_counts, bottom);
            }
            sums[p] = multiply_add(weight, between(top, bottom, rows.fraction), sums[p]);
        }
    }
    for (int p = 0; p < planes; p++) store(targets[p] + x, sums[p]);
}

INLINE void resample_planes(
    const upluma_displaced_taps *taps, const upluma_displaced_source *source, int32_t origin,
    upluma_displaced_values weights, upluma_displaced_values horizontal, upluma_displaced_values vertical,
    float *const *targets, ptrdiff_t width, const int is_zero) {
    const float *plane = source->planes;
    int32_t left = source->count;
    for (; left >= MOST_PLANES; left -= MOST_PLANES, targets += MOST_PLANES) {
        for (ptrdiff_t x = 0; x < width; x += LANES) {
            block(taps, source, origin, weights, horizontal, vertical, plane, MOST_PLANES, targets, x, is_zero);
        }
        plane += MOST_PLANES * source->plane_stride;
    }
    for (; left > 0; left--, targets++) {
        for (ptrdiff_t x = 0; x < width; x += LANES) {
            block(taps, source, origin, weights, horizontal, vertical, plane, 1, targets, x, is_zero);
        }
        plane += source->plane_stride;
    }
}

static void resample(
    const upluma_displaced_taps *taps, const upluma_displaced_source *source, int32_t origin,
    upluma_displaced_values weights, upluma_displaced_values horizontal, upluma_displaced_values vertical,
    float *const *targets, ptrdiff_t width) {
    if (source->width < 2) {
        // No two pixels side by side.
        upluma_displaced_resample_portable(taps, source, origin, weights, horizontal, vertical, targets, width);
    } else if (taps->is_zero_outside) {
        resample_planes(taps, source, origin, weights, horizontal, vertical, targets, width, 1);
    } else {
        resample_planes(taps, source, origin, weights, horizontal, vertical, targets, width, 0);
    }
}

#endif
