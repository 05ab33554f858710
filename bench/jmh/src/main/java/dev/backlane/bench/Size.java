package dev.backlane.bench;

import java.util.List;

/** How much is measured, and how long. */
enum Size {
    /** Whether everything runs: figures without meaning. */
    SMOKE(1, 1, 1, 100),
    /** Half an hour; the warm-up of two seconds is what C2 needs for the tiles. */
    QUICK(1, 4, 3, 500),
    /** About three hours with all peers. */
    FULL(3, 6, 5, 500);

    final int forks;
    final int warmups;
    final int iterations;
    final int millis;

    Size(int forks, int warmups, int iterations, int millis) {
        this.forks = forks;
        this.warmups = warmups;
        this.iterations = iterations;
        this.millis = millis;
    }

    /** Matrix products, MxNxK. */
    List<String> products() {
        return switch (this) {
            case SMOKE -> List.of("64x128x784");
            case QUICK ->
                List.of("256", "512", "1024", "64x128x784", "64x10x128", "128x512x784", "1x512x784", "33x129x785");
            case FULL ->
                List.of(
                        "64",
                        "128",
                        "256",
                        "512",
                        "1024",
                        "2048",
                        "4096",
                        "64x128x784",
                        "64x10x128",
                        "128x512x784",
                        "128x512x512",
                        "784x512x128",
                        "1x512x784",
                        "8x512x784",
                        "31x512x784",
                        "33x129x785");
        };
    }

    /** Dense layers, batch x out x in. */
    List<String> layers() {
        return this == FULL
                ? List.of("64x128x784", "64x10x128", "128x512x784", "128x512x512", "256x1024x1024")
                : List.of("64x128x784");
    }

    /** Lengths of vectors: the first cache, the second, the third or memory, memory. */
    List<Integer> vectors() {
        return switch (this) {
            case SMOKE -> List.of(1 << 12);
            case QUICK -> List.of(1 << 12, 1 << 20);
            case FULL -> List.of(1 << 12, 1 << 16, 1 << 20, 1 << 24);
        };
    }
}
