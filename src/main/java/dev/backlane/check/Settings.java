package dev.backlane.check;

/** Everything that a caller can choose, checked. */
record Settings(
        Mode mode,
        long seed,
        double relativeTolerance,
        double absoluteTolerance,
        double maxInconclusive,
        double step,
        int directions,
        int sample,
        int worst,
        Only only) {

    /** A restriction to one coordinate. */
    record Only(String input, int row, int column) {}
}
