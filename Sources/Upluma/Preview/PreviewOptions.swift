/// Which frames a preview shows.
public enum PreviewMoments: Sendable, Equatable {
    /// Those on the screen at these times, in seconds from the beginning of the file.
    case times([Double])
    /// By number in the whole job, from 0.
    case frames([Int])
    /// One after every so many seconds, from the beginning on.
    case every(Double)
    /// So many that differ most from each other, and have detail.
    case scenes(Int)
}

/// How the pictures of a sheet are arranged; the raw values are those of the command line.
public enum PreviewView: String, CaseIterable, Sendable {
    /// All versions beside each other, whole.
    case sides
    /// One picture: the baseline on its left, the last version on its right.
    case split
    /// The parts in which versions differ most, several times enlarged.
    case crops
    /// Where each version is lighter or darker than the baseline.
    case difference
    /// A row for each moment and a column for each version, reduced.
    case grid
    /// The picture alone, each sample as the job makes it: one moment, one model.
    case single
}

/// How a picture is written to standard output; the raw values are those of the command line.
public enum TerminalFormat: String, CaseIterable, Sendable {
    case kitty, iterm2, sixel
    /// The file itself, for another program.
    case png
}
